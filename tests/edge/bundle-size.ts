import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import type { Upload } from './management-api.ts'
import type { ModuleGraph } from './uploaded-function.ts'

/** What the platform takes when it bundles (https://supabase.com/docs/guides/functions/limits); 20 MB when the CLI does, which needs Docker. */
export const serverSideBundleLimit = 5_000_000

export interface BundleSize {
  slug: string
  files: number
  uploadedBytes: number
  rawBytes: number
  /** The estimate to hold against the limit. */
  brotliBytes: number
  packages: { name: string; rawBytes: number; brotliBytes: number }[]
}

/** One package is in several functions; compressing it once saves seconds. */
const measured = new Map<string, Promise<{ content: Buffer; brotliBytes: number }>>()

/**
 * An estimate of the eszip the platform makes: it embeds the whole folder of every npm package in the graph, imported or not
 * (edge-runtime crates/deno_facade/eszip/vfs.rs, add_dir_recursive), and compresses with brotli at quality 6. Whether the limit is taken
 * before or after compression is not documented.
 */
export async function bundleSize({ slug, files }: Upload, { packages }: ModuleGraph): Promise<BundleSize> {
  const sources = [...files.values()]
  const weighed = await Promise.all(packages.map(async (one) => ({ ...one, ...(await weigh(one.folder)) })))
  const everything = Buffer.concat([...sources, ...weighed.map(({ content }) => content)])
  return {
    slug,
    files: files.size,
    uploadedBytes: sources.reduce((sum, source) => sum + source.byteLength, 0),
    rawBytes: everything.byteLength,
    brotliBytes: compressed(everything),
    packages: weighed
      .map(({ name, content, brotliBytes }) => ({ name, rawBytes: content.byteLength, brotliBytes }))
      .sort((a, b) => b.brotliBytes - a.brotliBytes),
  }
}

function weigh(folder: string) {
  let weight = measured.get(folder)
  if (!weight) {
    weight = contentOf(folder).then((content) => ({ content, brotliBytes: compressed(content) }))
    measured.set(folder, weight)
  }
  return weight
}

async function contentOf(folder: string): Promise<Buffer> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Buffer.concat(await Promise.all(paths.sort().map((path) => readFile(path))))
}

const compressed = (content: Buffer) =>
  brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 6, [constants.BROTLI_PARAM_SIZE_HINT]: content.byteLength } })
    .byteLength

/** The sizes as a table: a line a function, then a line for every package that weighs something. */
export function sizeTable(sizes: BundleSize[]): string {
  const mb = (bytes: number) => `${(bytes / 1_000_000).toFixed(2).padStart(6)} MB`
  const lines = sizes.flatMap(({ slug, files, uploadedBytes, rawBytes, brotliBytes, packages }) => {
    const heavy = packages.filter((one) => one.brotliBytes >= 20_000)
    const light = packages.filter((one) => one.brotliBytes < 20_000)
    const sum = (field: 'rawBytes' | 'brotliBytes') => light.reduce((total, one) => total + one[field], 0)
    return [
      `${slug.padEnd(40)} ${mb(rawBytes)} raw  ${mb(brotliBytes)} brotli  (${files} files, ${uploadedBytes} bytes uploaded)`,
      ...heavy.map((one) => `  ${one.name.padEnd(38)} ${mb(one.rawBytes)} raw  ${mb(one.brotliBytes)} brotli`),
      `  ${`${light.length} smaller packages`.padEnd(38)} ${mb(sum('rawBytes'))} raw  ${mb(sum('brotliBytes'))} brotli`,
    ]
  })
  return lines.join('\n')
}
