import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = new URL('../../', import.meta.url)

export interface DenoProgram {
  /** Packages of the workspace it imports, by folder. */
  packages: string[]
  program: string
  env?: Record<string, string>
}

/** Runs a program in Deno, as an application there would have it: our packages by name, theirs from npm. Returns the JSON it prints. */
export async function inDeno<T>({ packages, program, env = {} }: DenoProgram): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'agon-in-deno-'))
  try {
    const imports: Record<string, string> = {}
    for (const name of packages) {
      const { dependencies = {}, exports = {} } = JSON.parse(await readFile(new URL(`packages/${name}/package.json`, root), 'utf8'))
      for (const [path, file] of Object.entries(exports as Record<string, string>))
        if (!path.includes('*')) imports[`@agon/${name}${path.slice(1)}`] = new URL(`packages/${name}/${file.slice(2)}`, root).href
      for (const [dependency, version] of Object.entries(dependencies)) {
        if (!dependency.startsWith('@agon/')) imports[dependency] = `npm:${dependency}@${version}`
      }
    }
    await writeFile(join(folder, 'deno.json'), JSON.stringify({ imports }))
    await writeFile(join(folder, 'main.ts'), program)
    const deno = fileURLToPath(new URL('node_modules/.bin/deno', root))
    const { stdout } = await promisify(execFile)(
      deno,
      ['run', '-A', '--no-lock', '--no-check', '--config', join(folder, 'deno.json'), join(folder, 'main.ts')],
      { cwd: folder, timeout: 110_000, env: { ...process.env, DENO_NO_PACKAGE_JSON: '1', DENO_TLS_CA_STORE: 'system,mozilla', ...env } },
    )
    return JSON.parse(stdout) as T
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
