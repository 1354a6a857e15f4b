import type { Line } from '../engine/dispatcher.ts'
import { persist } from '../engine/persist.ts'
import { settleFailure } from '../engine/settle-failure.ts'
import type { ActBounds, StepReport, StepWorld } from '../engine/step.ts'
import { type StepError, stepError } from '../errors.ts'
import type { Claim, Lease, MediaTools, StoredFrame } from '../ports/index.ts'
import type { Result } from '../result.ts'

/** A film that waits for the pictures its judges will see. */
export interface KeyframesJob extends Lease {
  battleId: string
  contenderId: string
  contentUrl: string
}

/** What of the database only those need who can take films apart. */
export interface KeyframeStore {
  claim(driver: string, most: number): Promise<Result<Claim<KeyframesJob>, StepError>>
  /** False: the lease was lost, nothing changed. */
  complete(jobId: number, leaseToken: number, frames: readonly StoredFrame[]): Promise<Result<boolean, StepError>>
  /** Says what this driver can do beyond what every driver can. */
  announce(driver: string, capabilities: readonly string[], details?: Record<string, unknown>): Promise<Result<unknown, StepError>>
}

const frameCount = 8
const frameWidth = 768
const MiB = 1024 * 1024
/** A film weighs 50 MiB at most; its pictures a fraction of one each. */
const mostBytes = { maxInputBytes: 50 * MiB, maxOutputBytes: 20 * MiB }
/** Longest a film may take to be fetched, read and taken apart. */
const mostMs = 120_000

/** Takes the pictures out of a film, keeps them beside it and records where. Done again, it overwrites what it had kept. */
export async function keyframesStep(
  job: KeyframesJob,
  world: StepWorld,
  bounds: ActBounds,
  { frames, tools }: { frames: KeyframeStore; tools: MediaTools },
): Promise<StepReport> {
  const { clock, log, media } = world
  if (!media) return settleFailure(job, stepError('adapter_missing', 'This driver keeps no media.'), world)
  const begunAt = clock.now()
  const timeoutMs = Math.min(bounds.timeoutMs, mostMs)
  const taken = await tools.keyframes(
    { url: job.contentUrl },
    { count: frameCount, maxWidth: frameWidth },
    { signal: bounds.signal, timeoutMs, ...mostBytes },
  )
  if (!taken.ok) return settleFailure(job, taken.error, world)
  const kept: StoredFrame[] = []
  for (const [nth, { bytes, mimeType, atMs }] of taken.value.entries()) {
    const stored = await media.copy(
      { source: { bytes }, mimeType, wireModel: 'ffmpeg' },
      { path: `${job.battleId}/${job.contenderId}-frame-${nth + 1}`, kind: 'image' },
      { signal: bounds.signal, timeoutMs: Math.max(5_000, timeoutMs - (clock.now() - begunAt)) },
    )
    if (!stored.ok) return settleFailure(job, stored.error, world)
    kept.push({ url: stored.value.url, atMs })
  }
  const recorded = await persist(clock, () => frames.complete(job.jobId, job.leaseToken, kept))
  log({
    level: recorded.ok ? 'info' : 'error',
    event: recorded.ok ? (recorded.value ? 'keyframes_taken' : 'lease_lost') : 'keyframes_not_recorded',
    job_id: job.jobId,
    count: kept.length,
  })
  return {}
}

/** Apart from the other lines: of the drivers only a worker can have the tools. */
export const battleKeyframes = (frames: KeyframeStore, tools: MediaTools): Line<KeyframesJob> => ({
  kind: 'battle_keyframes',
  claim: (_store, driver, most) => frames.claim(driver, most),
  step: (job, world, bounds) => keyframesStep(job, world, bounds, { frames, tools }),
})
