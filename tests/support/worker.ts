import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { type Arena, projectDir } from './arena.ts'

export interface RunningWorker {
  worker: ChildProcess
  /** What it has written so far. */
  output: () => string
}

/** The worker as a user runs it, on an arena's project. What starts it ends it. */
export function startWorkerOf(arena: Arena, id: string, settings: Record<string, string> = {}): RunningWorker {
  const worker = spawn(process.execPath, [join(projectDir, 'apps/worker/src/main.ts')], {
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      SUPABASE_URL: arena.platform.url,
      AGON_WORKER_KEY: arena.platform.secretKeys.worker!,
      AGON_DATABASE_URL: arena.platform.dbUrl,
      AGON_WORKER_ID: id,
      SPARRING_BASE_URL: `${arena.provider.url}/v1`,
      SPARRING_ANTHROPIC_BASE_URL: arena.provider.url,
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [worker.stdout, worker.stderr])
    stream?.on('data', (data) => {
      output += data
    })
  return { worker, output: () => output }
}
