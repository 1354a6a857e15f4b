import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const example = fileURLToPath(new URL('./example', import.meta.url))

/** Bundles an entry for browsers into a folder, each SDK in a chunk of its own that the first call loads; the files, by name. */
export async function bundleForBrowser(folder: string, entry = join(example, 'main.ts')): Promise<Map<string, string>> {
  const bundle = await rolldown({ input: entry, platform: 'browser', logLevel: 'warn' })
  try {
    const { output } = await bundle.write({ dir: folder, format: 'esm', minify: true, entryFileNames: 'main.js' })
    return new Map(output.map((file) => [file.fileName, file.type === 'chunk' ? file.code : String(file.source)]))
  } finally {
    await bundle.close()
  }
}
