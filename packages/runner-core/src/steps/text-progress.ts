import type { StepWorld } from '../engine/step.ts'
import type { StepError } from '../errors.ts'
import type { SavedText, TextCheckpoint, TextProgress } from '../ports/index.ts'
import type { Result } from '../result.ts'

/** A shorter answer costs no call but its own end. */
const firstMs = 1_000
/** Text grows slower than it is rewritten: what is shown every second up to 64 KB is shown every ten at 640. */
const cadenceMs = (characters: number): number => Math.max(firstMs, characters / 64)

/** Without the first half of a character whose second half is still to come: the database takes whole ones. */
const whole = (text: string): string => (/[\ud800-\udbff]$/.test(text) ? text.slice(0, -1) : text)

/** A job whose text grows over several steps. */
export interface GrowingText {
  jobId: number
  checkpoint: SavedText | null
  /** Shows what is new of it, and keeps where it stands. False: the lease was lost. */
  show: (progress: TextProgress) => Promise<Result<boolean, StepError>>
}

export interface ProgressReport {
  take(checkpoint: TextCheckpoint): void
  /** Aborted when the database says that the job is another driver's. */
  lost: AbortSignal
  /** No more is shown. Resolves when what is on its way has arrived. */
  stop(): Promise<void>
  /** What the database does not hold yet, of this checkpoint or of the latest taken. */
  unsaved(checkpoint?: TextCheckpoint): TextProgress | undefined
}

/** Shows an answer while it grows, about once a second, and keeps its checkpoint: a driver that is killed loses no more than that. */
export function reportProgress(job: GrowingText, { clock, log }: Pick<StepWorld, 'clock' | 'log'>, startedAt: number): ProgressReport {
  let held = job.checkpoint?.text.length ?? 0
  let latest: TextCheckpoint | undefined
  const stopped = new AbortController()
  const lost = new AbortController()

  const unsaved = (checkpoint = latest): TextProgress | undefined => {
    if (!checkpoint) return undefined
    const text = whole(checkpoint.text)
    const saved: SavedText = { ...checkpoint, text, elapsedMs: Math.round((job.checkpoint?.elapsedMs ?? 0) + clock.now() - startedAt) }
    return { checkpoint: saved, delta: { offset: held, text: text.slice(held) } }
  }

  async function show(): Promise<void> {
    const progress = unsaved()
    if (!progress || progress.delta.text === '') return
    const shown = await job.show(progress)
    if (!shown.ok) log({ level: 'warn', event: 'progress_not_shown', job_id: job.jobId, message: shown.error.message })
    else if (shown.value) held = progress.checkpoint.text.length
    else lost.abort()
  }

  async function run(): Promise<void> {
    while (!lost.signal.aborted) {
      await clock.sleep(cadenceMs(latest?.text.length ?? 0), stopped.signal)
      if (stopped.signal.aborted) return
      await show()
    }
  }
  const running = run()

  return {
    take: (checkpoint) => {
      latest = checkpoint
    },
    lost: lost.signal,
    stop: async () => {
      stopped.abort()
      await running
    },
    unsaved,
  }
}
