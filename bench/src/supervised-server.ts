import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

interface ServerOptions {
  binary: string
  dataDir: string
  port: number
  owner: { uid: number; gid: number } | undefined
  settings: Record<string, string>
}

/** Starts `postgres` and returns when it accepts connections. The local platform's own start fixes its settings; a benchmark needs others. */
export async function superviseServer({ binary, dataDir, port, owner, settings }: ServerOptions): Promise<{ stop(): Promise<void> }> {
  const logFile = join(dataDir, 'bench.log')
  const log = openSync(logFile, 'w')
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = spawn(binary, ['-D', dataDir, '-p', String(port), ...flags], {
    ...owner,
    cwd: tmpdir(),
    stdio: ['ignore', 'ignore', log],
  })
  closeSync(log)
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.once('error', () => undefined)
  const onExit = () => child.kill('SIGINT')
  process.once('exit', onExit)

  const isReady = () => {
    try {
      return readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n')[7]?.trim() === 'ready'
    } catch {
      return false
    }
  }
  const deadline = Date.now() + 60_000
  while (!isReady()) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill('SIGQUIT')
      throw new Error(`PostgreSQL did not start:\n${readFileSync(logFile, 'utf8').slice(-2000)}`)
    }
    await delay(10)
  }
  return {
    async stop() {
      process.off('exit', onExit)
      child.kill('SIGINT')
      const slow = setTimeout(() => child.kill('SIGQUIT'), 20_000)
      await exited
      clearTimeout(slow)
    },
  }
}
