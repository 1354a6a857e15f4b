import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from './deploy.ts'
import type { Upload } from './management-api.ts'

const deno = join(dirname(createRequire(import.meta.url).resolve('deno/package.json')), process.platform === 'win32' ? 'deno.exe' : 'deno')
const preload = fileURLToPath(new URL('./preload.ts', import.meta.url))

/** No package.json may help, as none is uploaded; nothing of the machine's configuration reaches the function. */
const denoEnvironment = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => /^(PATH|HOME|TMPDIR|DENO_DIR|(NO|HTTPS?)_PROXY|SSL_CERT_\w+)$/i.test(name)),
  ),
  DENO_NO_PACKAGE_JSON: '1',
  DENO_NO_UPDATE_CHECK: '1',
  DENO_TLS_CA_STORE: 'system,mozilla',
  NO_COLOR: '1',
}

/** An upload, alone in a folder of its own. */
export interface UnpackedFunction {
  slug: string
  folder: string
  entrypoint: string
  denoJson: string
  remove(): Promise<void>
}

export async function unpack({ slug, metadata, files }: Upload): Promise<UnpackedFunction> {
  // The real path: Deno reports module paths with symbolic links resolved, and /tmp is one on macOS.
  const folder = await realpath(await mkdtemp(join(tmpdir(), `agon-${slug}-`)))
  for (const [name, content] of files) {
    const path = resolve(folder, name)
    if (!path.startsWith(folder + sep)) throw new Error(`the upload of ${slug} names a file outside its folder: ${name}`)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, content)
  }
  return {
    slug,
    folder,
    entrypoint: join(folder, metadata.entrypoint_path),
    denoJson: join(folder, metadata.import_map_path ?? 'none'),
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }),
  }
}

export interface ServedFunction {
  url: string
  output(): string
  stop(): Promise<void>
}

/** Serves the function with the real Deno, which may read nothing but modules and reach nothing but this machine. Rejects when it does not boot. */
export async function serve(
  { slug, folder, entrypoint, denoJson }: UnpackedFunction,
  variables: Record<string, string>,
): Promise<ServedFunction> {
  const permissions = ['--no-prompt', '--allow-env', '--allow-net=127.0.0.1']
  const child = spawn(deno, ['run', ...permissions, '--no-lock', '--config', denoJson, '--preload', preload, entrypoint], {
    cwd: folder,
    env: { ...denoEnvironment, DENO_SERVE_ADDRESS: 'tcp:127.0.0.1:0', SUPABASE_FUNCTION_SLUG: slug, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const ended = new Promise<void>((settle) => child.once('close', () => settle()))
  const url = await new Promise<string>((listening, failed) => {
    const hear = (text: string) => {
      output += text
      const address = /Listening on (http:\S+?)\/?\s/.exec(output)?.[1]
      if (address) listening(address)
    }
    child.stdout.setEncoding('utf8').on('data', hear)
    child.stderr.setEncoding('utf8').on('data', hear)
    child.once('error', failed)
    child.once('close', (code) => failed(new Error(`${slug} did not boot (exit code ${code}):\n${output}`)))
  })
  return {
    url,
    output: () => output,
    stop: async () => {
      child.kill()
      await ended
    },
  }
}

export interface ModuleGraph {
  /** Imports that lead nowhere, static and dynamic. */
  broken: string[]
  /** Every npm package of the graph, with the folder that holds it in Deno's cache. */
  packages: { name: string; folder: string }[]
}

/** What the function consists of, as Deno resolves it. */
export async function moduleGraph({ folder, entrypoint, denoJson }: UnpackedFunction): Promise<ModuleGraph> {
  const args = ['info', '--json', '--no-lock', '--config', denoJson, entrypoint]
  const { exitCode, output, stdout } = await run(deno, args, { cwd: folder, env: denoEnvironment })
  if (exitCode !== 0) throw new Error(`deno info failed:\n${output}`)
  const graph: {
    modules: { specifier: string; error?: string }[]
    npmPackages: Record<string, { name: string; version: string; localPath: string }>
  } = JSON.parse(stdout)
  return {
    broken: graph.modules.flatMap(({ specifier, error }) => (error ? [`${specifier}: ${error}`] : [])),
    packages: Object.values(graph.npmPackages).map(({ name, version, localPath }) => ({ name: `${name}@${version}`, folder: localPath })),
  }
}
