import type { CodingTools } from '@agon/coding'
import type { Keyring } from '@agon/providers/sealed-keys'
import type { Line, LogEntry, MediaTools, StepError, StepWorld } from '@agon/runner-core'
import type { BridgeKit } from '@agon/runner-core/bridge-step'
import type { KeyframeStore } from '@agon/runner-core/keyframes-step'
import type { BoardStore } from '@agon/runner-core/refresh-step'
import type { Result } from '@agon/runner-core/result'
import type { TriggerStore } from '@agon/runner-core/triggers'
import type { HousekeepingStore, TickStore, WorkerStore } from '@agon/store'
import type { WorkerConfiguration } from '../configuration.ts'

/** What sub-workers are made of; each takes what it needs. */
export interface Kit {
  configuration: WorkerConfiguration
  world: StepWorld
  boards: BoardStore & { refreshDue(): Promise<Result<unknown, StepError>> }
  triggers: TriggerStore
  frames: KeyframeStore
  housekeeping: HousekeepingStore
  /** The clocks of battles, runs and the queue: what pg_cron does where it is. */
  tick: TickStore
  workers: WorkerStore
  /** Undefined: no ffmpeg runs here. */
  tools?: MediaTools
  /** Undefined: no AGON_BACKENDS names a command. */
  coding?: CodingTools
  /** Undefined: contenders answer here. */
  bridge?: Pick<BridgeKit, 'bridge' | 'store'>
  keyring: Result<Keyring, StepError>
  log: (entry: LogEntry) => void
  /** How this worker is, as its heartbeat tells it. */
  facts(): WorkerFacts
  /** Looks for work now. */
  wake(): void
  stopped: AbortSignal
}

export interface WorkerFacts {
  state: 'running' | 'draining' | 'stopped'
  running: number
  subWorkers: string[]
  /** Of jobs, that it takes. */
  kinds: string[]
  /** By name, with what is to be known of each. */
  capabilities: Record<string, unknown>
}

/** Something done again and again, with ±500 ms of jitter. */
export interface Loop {
  everyMs: number
  act(): Promise<void>
}

/** One of the worker's jobs, switched by AGON_WORKERS: the lines it drains and the loops it runs. */
export interface SubWorker {
  name: string
  /** For the documentation and `--help`. */
  does: string
  // biome-ignore lint/suspicious/noExplicitAny: lines of different jobs stand side by side; each is closed over its own type
  lines?(kit: Kit): Line<any>[]
  loops?(kit: Kit): Loop[]
  /** What it can do that not every driver can, as those who make work ask for it, with what is to be known of each. */
  capabilities?(kit: Kit): Record<string, unknown>
}

/** A loop's act that calls RPCs one after the other, each of which may fail by itself. */
export function calls(log: Kit['log'], acts: Record<string, () => Promise<Result<unknown, StepError>>>): () => Promise<void> {
  return async () => {
    for (const [event, act] of Object.entries(acts)) {
      const done = await act()
      if (!done.ok) log({ level: 'warn', event, message: done.error.message })
    }
  }
}
