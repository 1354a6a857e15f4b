import { persist } from '../engine/persist.ts'
import type { StepOutcome, StepWorld } from '../engine/step.ts'
import { failed } from '../engine/step.ts'
import type { StepError } from '../errors.ts'
import { isRetryable, stepError } from '../errors.ts'
import type { CallOptions, Provider, TextCheckpoint, TextCompletion, TextRequest } from '../ports/index.ts'
import { fail, ok, type Result } from '../result.ts'
import { pollAfterMs } from './poll-cadence.ts'
import { type GrowingText, reportProgress } from './text-progress.ts'

/** A provider that keeps an answer may think this long before a word of it, over however many slices. */
const longestSilenceMs = 3_600_000

export interface Chunk {
  job: GrowingText
  world: StepWorld
  request: TextRequest
  call: CallOptions
  /** When the slice wants to be over. */
  pauseAfterMs: number
  startedAt: number
}

/**
 * One chunk of an answer: it is shown while it grows, and paused when the slice is nearly over. The whole answer where it came to its
 * end, a failure, or an outcome that another step goes on from.
 */
export async function streamedText(
  { job, world, request, call, pauseAfterMs, startedAt }: Chunk,
  stream: NonNullable<Provider['streamText']>,
): Promise<Result<TextCompletion, StepError> | StepOutcome<never>> {
  const { clock, random } = world
  const resume = job.checkpoint
  const progress = reportProgress(job, world, startedAt)
  const pause = new AbortController()
  const over = new AbortController()
  void clock.sleep(pauseAfterMs, over.signal).then(() => {
    if (!over.signal.aborted) pause.abort()
  })
  const ended = await stream(
    { ...request, ...(resume && { resume: textCheckpoint(resume) }) },
    { ...call, signal: AbortSignal.any([call.signal, progress.lost]), pause: pause.signal, onText: progress.take },
  )
  over.abort()
  await progress.stop()
  if (progress.lost.aborted) return failed(stepError('lease_lost', 'Another driver goes on with the answer'))

  if (!ended.ok) {
    const rest = progress.unsaved()
    // What was paid for is where the next attempt begins, with the provider's place forgotten where the adapter gave it up.
    if (rest && isRetryable(ended.error) && ended.error.code !== 'lease_lost') {
      await persist(clock, () => job.show(rest))
    }
    return fail(ended.error)
  }
  const { value } = ended
  if (value.kind === 'done') return ok(value)
  if (value.kind === 'pending') return { ...value, pollAfterMs: pollAfterMs('text', 0, random, value.task.pollAfterMs) }

  const rest = progress.unsaved(value.checkpoint)!
  const grew = value.checkpoint.text.length > (resume?.text.length ?? 0)
  const isKept = value.checkpoint.cursor !== undefined && rest.checkpoint.elapsedMs < longestSilenceMs
  // A slice that brought nothing, of a provider that keeps nothing, would be paid for again and again.
  if (!grew && !isKept) return failed(stepError('provider_timeout', 'The slice ended before a word of the answer came'))
  return { kind: 'partial', progress: rest }
}

/** A checkpoint as the provider made it. */
function textCheckpoint({ elapsedMs: _ours, ...checkpoint }: TextCheckpoint & { elapsedMs: number }): TextCheckpoint {
  return checkpoint
}
