import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const main = join(fileURLToPath(new URL('../..', import.meta.url)), 'apps/worker/src/main.ts')
const drainMs = 5000
/** Beyond its drain: calls that are cut off, and what it says to the project as it leaves, on a machine that is busy. */
const patienceMs = drainMs + 15_000
const slots = 8

/** The long-task workers of a stage, each known by its name through all its lives. */
export interface Workers {
  workers: Map<string, ChildProcess>
  /** Starts it, unless it runs. */
  startWorker(id: string): void
  /** Asks it to leave, as an orchestrator does, and resolves when it has. */
  dismissWorker(id: string): Promise<void>
  /** Those that no fault kills or dismisses: what is measured of a process it must live for. */
  spared: Set<string>
  /** Those that left although nobody killed or dismissed them, or did not leave as they should, with the last they said. */
  oddExits: string[]
  /** Jobs that dismissed workers gave back in the middle of a step. */
  givenBack(): number
}

const isAlive = (process: ChildProcess | undefined) => process !== undefined && process.exitCode === null && process.signalCode === null

export function createWorkers(options: { folder: string; environment: Record<string, string> }): Workers & { end(): void } {
  const workers = new Map<string, ChildProcess>()
  const dismissed = new WeakSet<ChildProcess>()
  const oddExits: string[] = []
  let givenBack = 0
  let ending = false

  function startWorker(id: string): void {
    const last = workers.get(id)
    // One that was killed a moment ago may not be known to be dead yet.
    const isDying = last?.killed && !dismissed.has(last)
    if (ending || (isAlive(last) && !isDying)) return
    const worker = spawn(process.execPath, [main], {
      cwd: options.folder,
      env: {
        PATH: process.env.PATH,
        NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
        AGON_WORKER_ID: id,
        AGON_SLOTS: String(slots),
        AGON_SWEEP_MS: '1000',
        AGON_DRAIN_MS: String(drainMs),
        ...options.environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    workers.set(id, worker)
    let said = ''
    let started = false
    const hear = (data: Buffer) => {
      started ||= data.includes('worker_started')
      said = `${said}${data}`.slice(-4000)
    }
    worker.stdout?.on('data', hear)
    worker.stderr?.on('data', hear)
    worker.on('close', (code, signal) => {
      givenBack += Number(/"cut_off":(\d+)/.exec(said)?.[1] ?? 0)
      // One whose answer was lost on the way may have been done, for as many jobs as a worker has slots.
      givenBack += slots * (said.match(/"lease_not_given_back"/g)?.length ?? 0)
      // Before it has started it knows of no SIGTERM, and has nothing to give back.
      const asAsked = dismissed.has(worker) && (code === 0 || (signal === 'SIGTERM' && !started))
      if (!ending && signal !== 'SIGKILL' && !asAsked)
        oddExits.push(`${id} left with ${signal ?? code}: ${said.trim().split('\n').slice(-5).join(' ')}`)
    })
  }

  async function dismissWorker(id: string): Promise<void> {
    const worker = workers.get(id)
    if (!worker || !isAlive(worker)) return
    dismissed.add(worker)
    const left = once(worker, 'close')
    worker.kill('SIGTERM')
    await Promise.race([left, delay(patienceMs, undefined, { ref: false })])
    if (!isAlive(worker)) return
    oddExits.push(`${id} had not left ${patienceMs} ms after it was asked to`)
    givenBack += slots // of what it gave back before, it says nothing any more
    worker.kill('SIGKILL')
    await left // or it would pass for alive, and its successor not be started
  }

  return {
    workers,
    startWorker,
    dismissWorker,
    spared: new Set(),
    oddExits,
    givenBack: () => givenBack,
    end() {
      ending = true
      for (const worker of workers.values()) worker.kill('SIGKILL')
    },
  }
}
