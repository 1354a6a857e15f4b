import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ManagementApi, startManagementApi } from './management-api.ts'

export const repository = fileURLToPath(new URL('../..', import.meta.url))

const cli = join(dirname(createRequire(import.meta.url).resolve('supabase/package.json')), 'dist/supabase.js')

export interface Deployment extends Pick<ManagementApi, 'uploads' | 'live' | 'unknown'> {
  exitCode: number | null
  output: string
}

/** Runs the real CLI in the repository, with a home of its own, against a Management API of ours, and keeps what it uploaded. */
export async function deploy(): Promise<Deployment> {
  const ref = 'abcdefghijklmnopqrst'
  const accessToken = `sbp_${'0123456789'.repeat(4)}`
  const home = await mkdtemp(join(tmpdir(), 'agon-deploy-'))
  const api = await startManagementApi(ref, accessToken)
  try {
    const profile = join(home, 'profile.yaml')
    await writeFile(profile, `name: local\napi_url: ${api.url}\ndashboard_url: ${api.url}\nproject_host: 127.0.0.1\n`)
    // --remote=<ref> is what v3 calls --project-ref, which it deprecates.
    const args = ['functions', 'deploy', '--use-api', `--remote=${ref}`, '--yes', '--profile', profile]
    const { exitCode, output } = await run(process.execPath, [cli, ...args], {
      cwd: repository,
      env: { PATH: process.env.PATH, HOME: home, SUPABASE_ACCESS_TOKEN: accessToken, DO_NOT_TRACK: '1', NO_COLOR: '1' },
    })
    return { exitCode, output, uploads: api.uploads, live: api.live, unknown: api.unknown }
  } finally {
    await api.close()
    await rm(home, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** Runs a program to its end; the output is both streams, as a terminal shows them. */
export function run(program: string, args: string[], options: { cwd: string; env: NodeJS.ProcessEnv }) {
  return new Promise<{ exitCode: number | null; output: string; stdout: string }>((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    let stdout = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    child.once('error', reject)
    child.once('close', (exitCode) => resolve({ exitCode, output, stdout }))
  })
}
