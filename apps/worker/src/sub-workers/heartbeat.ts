import { hostname } from 'node:os'
import { version } from '../version.ts'
import { calls, type Kit, type SubWorker } from './sub-worker.ts'

/** How often it says what it can do: the database believes it for ten minutes. */
const announceMs = 60_000

export const heartbeat: SubWorker = {
  name: 'heartbeat',
  does: 'says that this worker lives, how it is and what it can do: `agon worker status` shows it',
  loops(kit) {
    const { configuration, log, stopped, world } = kit
    return [
      { everyMs: configuration.AGON_HEARTBEAT_MS, act: calls(log, { heartbeat_not_written: () => beat(kit) }) },
      {
        everyMs: announceMs,
        async act() {
          while (!stopped.aborted) {
            const announced = await announce(kit)
            if (announced.ok) return kit.wake() // what waited for one that can
            log({ level: 'warn', event: 'capabilities_not_announced', message: announced.error.message })
            await world.clock.sleep(2_000, stopped)
          }
        },
      },
    ]
  },
}

const startedAt = new Date().toISOString()

/** Writes how this worker is now. */
export function beat({ configuration, workers, facts }: Kit) {
  const { state, running, subWorkers, kinds, capabilities } = facts()
  return workers.heartbeat(configuration.AGON_WORKER_ID, 'agon-worker', {
    host: hostname(),
    pid: process.pid,
    version,
    started_at: startedAt,
    interval_ms: configuration.AGON_HEARTBEAT_MS,
    state,
    slots: configuration.AGON_SLOTS,
    running,
    sub_workers: subWorkers,
    kinds,
    capabilities: Object.keys(capabilities),
    node: process.versions.node,
    memory_mb: Math.round(process.memoryUsage.rss() / 1_048_576),
  })
}

/** Says what this worker can do, so that work which needs it is accepted; with nothing, takes it back. */
export function announce({ frames, configuration, facts }: Kit, none = false) {
  const { capabilities } = facts()
  if (none) return frames.announce(configuration.AGON_WORKER_ID, [])
  // Of most there is nothing to know.
  const details = Object.fromEntries(Object.entries(capabilities).filter(([, known]) => Object.keys(known ?? {}).length > 0))
  return frames.announce(configuration.AGON_WORKER_ID, Object.keys(capabilities), details)
}
