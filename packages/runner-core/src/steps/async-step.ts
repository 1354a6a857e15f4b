import { recordOutcome } from '../engine/record-outcome.ts'
import { settleFailure } from '../engine/settle-failure.ts'
import type { ActBounds, StepOutcome, StepReport, StepWorld } from '../engine/step.ts'
import { completed, failed } from '../engine/step.ts'
import type { StepError } from '../errors.ts'
import { isRetryable, stepError } from '../errors.ts'
import { estimateCostUsd } from '../models/cost-estimate.ts'
import { enforceHandicap } from '../models/handicap.ts'
import { findModel, type Model } from '../models/models.ts'
import type { AsyncJob, CallOptions, MediaResult, OpenTask, Provider, SubmissionOutput, TaskJob } from '../ports/index.ts'
import { textSubmission } from './battle-step.ts'
import { cancelTask, providerTask, recordOfErrand } from './cancel-task.ts'
import { pollAfterMs } from './poll-cadence.ts'
import { providerFor } from './provider-for.ts'
import { rateLimitsOf } from './rate-limits.ts'
import { renderTask } from './task-prompt.ts'

/** Kept back of an act to copy what was made. */
export const copyMs = (timeoutMs: number): number => Math.min(15_000, timeoutMs / 2)

/** With these the provider has ended the task; every other failure of a poll is the poll's own. */
export const taskIsOver = ({ code }: StepError): boolean =>
  code === 'provider_task_failed' || code === 'provider_task_gone' || code === 'content_refused' || code === 'provider_rejected'

type Media = Exclude<Model['kind'], 'text'>
const modalities = { text: 'text', image: 'image', audio: 'audio', music: 'audio', video: 'video' } as const

/** Submits a contender's task, asks for it, or tells its provider that nobody waits for it any more; and records how that went. */
export async function asyncStep(job: AsyncJob, world: StepWorld, bounds: ActBounds): Promise<StepReport> {
  if (job.cancels) return cancelTask(job, world, bounds, recordOfErrand(job, world))
  const found = findModel(job.modelKey)
  if (!found.ok) return settleFailure(job, found.error, world)
  const provider = await providerFor(job, found.value.provider, world)
  if (!provider.ok) return settleFailure(job, provider.error, world)
  const limits = rateLimitsOf(job, world)
  const act: Act = {
    world,
    model: found.value,
    provider: provider.value,
    bounds,
    startedAt: world.clock.now(),
    onRateLimit: limits.onRateLimit,
  }
  const outcome = await (job.task ? ask(job, job.task, act) : submit(job, act))
  await limits.reported()
  return recordOutcome(job, outcome, modalities[found.value.kind], world)
}

interface Act {
  world: StepWorld
  model: Model
  provider: Provider
  bounds: ActBounds
  startedAt: number
  onRateLimit: NonNullable<CallOptions['onRateLimit']>
}

const callOf = ({ bounds, onRateLimit }: Act, timeoutMs: number, idempotencyKey: string): CallOptions => ({
  signal: bounds.signal,
  timeoutMs,
  idempotencyKey,
  onRateLimit,
})

async function submit(job: TaskJob, act: Act): Promise<StepOutcome<SubmissionOutput>> {
  const { world, model, provider, bounds } = act
  const { kind } = model
  if (job.deadlineMs !== null && job.deadlineMs <= 0) return failed(timeBudgetSpent)
  if (kind === 'text') return failed(stepError('internal', `${job.modelKey} answers in text, and nothing of it is kept by its provider`))
  if (!provider.generateMedia || !world.media) return failed(stepError('adapter_missing', `This driver makes no ${kind}.`))
  const prompt = await renderTask(job)
  if (!prompt.ok) return failed(prompt.error)
  const allowed = enforceHandicap({ maxTokens: job.maxTokens, prompt: prompt.value, modelTier: model.tier }, job.handicap)
  if (!allowed.ok) return failed(allowed.error)

  const timeoutMs = Math.min(bounds.timeoutMs - copyMs(bounds.timeoutMs), job.deadlineMs ?? Number.POSITIVE_INFINITY)
  // The same for every attempt at one task: a driver that dies before it could say what the provider took leads the next one to it.
  const key = job.endedTasks === 0 ? `agon-job-${job.jobId}` : `agon-job-${job.jobId}-${job.endedTasks}`
  const made = await provider.generateMedia(
    {
      wireModel: model.wireModel,
      kind,
      prompt: allowed.value.prompt,
      ...(world.callbackUrl && { callbackUrl: `${world.callbackUrl}/${model.provider}` }),
    },
    callOf(act, timeoutMs, key),
  )
  if (!made.ok) {
    const outOfTime = made.error.code === 'provider_timeout' && timeoutMs === job.deadlineMs
    return failed(outOfTime ? timeBudgetSpent : made.error)
  }
  if (made.value.kind === 'done') return keep(job, made.value.media, kind, act)
  const { task } = made.value
  return { kind: 'pending', task, pollAfterMs: pollAfterMs(kind, 0, world.random, task.pollAfterMs) }
}

async function ask(job: TaskJob, task: OpenTask, act: Act): Promise<StepOutcome<SubmissionOutput>> {
  const { world, model, provider, bounds } = act
  const { kind } = model
  if (!provider.pollTask) return failed(stepError('adapter_missing', `This driver cannot ask ${model.provider} for its tasks.`))
  const again = (waitMs: number, progress?: number): StepOutcome<never> => {
    // The last look is at the deadline: what the provider has then, counts.
    if (job.deadlineMs !== null && job.deadlineMs <= 0) return failed(timeBudgetSpent)
    return { kind: 'pending', pollAfterMs: waitMs, ...(progress === undefined ? {} : { progress }) }
  }
  const waitMs = (hintMs?: number) => pollAfterMs(kind, task.polls + 1, world.random, hintMs)
  const waitAfter = ({ retryAfterMs }: StepError) => Math.max(waitMs(), retryAfterMs ?? 0)
  const state = await provider.pollTask(
    providerTask(task, model),
    callOf(act, bounds.timeoutMs - copyMs(bounds.timeoutMs), `agon-job-${job.jobId}`),
  )
  if (!state.ok) return isOwn(state.error) ? again(waitAfter(state.error)) : failed(state.error)
  if (state.value.kind === 'running') return again(waitMs(state.value.pollAfterMs), state.value.progress)
  if (state.value.kind === 'text_done') return completed(textSubmission(state.value.completion, model, latencyOf(act, task)))
  if (kind === 'text') return failed(stepError('provider_malformed', `${model.provider} answered a text task with media`))
  const kept = await keep(job, state.value.media, kind, act, task)
  // The provider still has it: it is fetched again at the next poll, and not made again.
  if (kept.kind === 'failed' && isOwn(kept.error) && kept.error.code !== 'media_expired') return again(waitAfter(kept.error))
  return kept
}

/** A failure that another poll can mend, and that says nothing of the task. */
export const isOwn = (error: StepError): boolean => isRetryable(error) && !taskIsOver(error) && error.code !== 'lease_lost'

/** Copies what was made to where it stays. */
async function keep(job: TaskJob, media: MediaResult, kind: Media, act: Act, task?: OpenTask): Promise<StepOutcome<SubmissionOutput>> {
  const { world, bounds, startedAt } = act
  if (!world.media) return failed(stepError('adapter_missing', `This driver keeps no ${kind}.`))
  const timeoutMs = Math.max(5_000, bounds.timeoutMs - (world.clock.now() - startedAt))
  const stored = await world.media.copy(media, { path: `${job.battleId}/${job.contenderId}`, kind }, { signal: bounds.signal, timeoutMs })
  if (!stored.ok) return failed(stored.error)
  // Few providers say what a file cost them: then it is the list price of what was asked for.
  const cost = media.costUsd ?? estimateCostUsd(act.model, { texts: [job.taskPrompt], maxTokens: job.maxTokens })
  return completed({
    mediaUrl: stored.value.url,
    mimeType: stored.value.mimeType,
    outputModality: modalities[kind],
    wireModel: media.wireModel,
    finishReason: 'stop',
    latencyMs: latencyOf(act, task),
    ...(media.inputTokens === undefined ? {} : { inputTokens: media.inputTokens }),
    ...(media.outputTokens === undefined ? {} : { outputTokens: media.outputTokens }),
    ...(cost === undefined ? {} : { costUsd: cost }),
  })
}

const latencyOf = ({ world, startedAt }: Act, task?: OpenTask): number => Math.round((task?.ageMs ?? 0) + world.clock.now() - startedAt)

const timeBudgetSpent = stepError('deadline_exceeded', 'The time budget ended before the contender had answered')
