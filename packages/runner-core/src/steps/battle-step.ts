import { recordOutcome } from '../engine/record-outcome.ts'
import type { ActBounds, StepOutcome, StepReport, StepWorld } from '../engine/step.ts'
import { completed, failed } from '../engine/step.ts'
import { stepError } from '../errors.ts'
import { enforceHandicap } from '../models/handicap.ts'
import { costUsd, findModel, type Model } from '../models/models.ts'
import type { BattleJob, CallOptions, SubmissionOutput, TextCompletion, TextRequest } from '../ports/index.ts'
import { pollAfterMs } from './poll-cadence.ts'
import { providerFor } from './provider-for.ts'
import { rateLimitsOf } from './rate-limits.ts'
import { streamedText } from './streamed-text.ts'
import { renderTask } from './task-prompt.ts'

/** An answer that may be longer is better kept by its provider, where a slice would cut it again and again. */
export const longAnswerTokens = 8192

/** Lets one contender answer, or go on answering, and records how it went. */
export async function battleStep(job: BattleJob, world: StepWorld, bounds: ActBounds): Promise<StepReport> {
  const limits = rateLimitsOf(job, world)
  const outcome = await answer(job, world, bounds, limits.onRateLimit)
  await limits.reported()
  const report = await recordOutcome(job, outcome, 'text', world)
  return outcome.kind === 'pending' ? {} : report // another line asks for it
}

async function answer(
  job: BattleJob,
  world: StepWorld,
  bounds: ActBounds,
  onRateLimit: NonNullable<CallOptions['onRateLimit']>,
): Promise<StepOutcome<SubmissionOutput>> {
  const { clock, random } = world
  if (job.deadlineMs !== null && job.deadlineMs <= 0) return failed(timeBudgetSpent)
  const found = findModel(job.modelKey)
  if (!found.ok) return failed(found.error)
  const model = found.value
  if (model.kind !== 'text') return failed(stepError('internal', `${job.modelKey} makes ${model.kind}, and this is a queue of text`))
  const prompt = await renderTask(job)
  if (!prompt.ok) return failed(prompt.error)
  const allowed = enforceHandicap({ maxTokens: job.maxTokens, prompt: prompt.value, modelTier: model.tier }, job.handicap)
  if (!allowed.ok) return failed(allowed.error)
  const provider = await providerFor(job, model.provider, world)
  if (!provider.ok) return failed(provider.error)

  const timeoutMs = Math.min(bounds.timeoutMs, job.deadlineMs ?? Number.POSITIVE_INFINITY)
  const startedAt = clock.now()
  const request: TextRequest = {
    wireModel: model.wireModel,
    prompt: allowed.value.prompt,
    maxTokens: allowed.value.maxTokens,
    ...(job.systemPrompt === null ? {} : { system: job.systemPrompt }),
    ...(job.temperature === null || !model.acceptsTemperature ? {} : { temperature: job.temperature }),
  }
  const call: CallOptions = { signal: bounds.signal, timeoutMs, idempotencyKey: `agon-job-${job.jobId}`, onRateLimit }

  const isLong = request.maxTokens > longAnswerTokens
  if (provider.value.startText && model.background && world.sliced && isLong && !job.checkpoint) {
    const started = await provider.value.startText(request, call)
    if (!started.ok) return failed(started.error)
    return { kind: 'pending', task: started.value, pollAfterMs: pollAfterMs('text', 0, random, started.value.pollAfterMs) }
  }

  const ended = provider.value.streamText
    ? await streamedText(
        {
          job: {
            jobId: job.jobId,
            checkpoint: job.checkpoint,
            show: (progress) => world.store.showProgress(job.jobId, job.leaseToken, progress),
          },
          world,
          request,
          call,
          pauseAfterMs: bounds.timeoutMs - pauseLeadMs(bounds.timeoutMs),
          startedAt,
        },
        (...args) => provider.value.streamText!(...args),
      )
    : await provider.value.generateText(request, call)
  if ('kind' in ended) return ended
  if (!ended.ok) {
    const outOfTime = ended.error.code === 'provider_timeout' && timeoutMs === job.deadlineMs
    return failed(outOfTime ? timeBudgetSpent : ended.error)
  }
  const latencyMs = Math.round((job.checkpoint?.elapsedMs ?? 0) + clock.now() - startedAt)
  return completed(textSubmission(ended.value, model, latencyMs))
}

/** How long before an act's end a stream is paused: time to hear of the pause and to write down what there is. */
export const pauseLeadMs = (timeoutMs: number): number => Math.min(5_000, timeoutMs / 4)

/** A text answer as it is recorded. */
export function textSubmission(completion: TextCompletion, model: Model, latencyMs: number): SubmissionOutput {
  const { text, finishReason, wireModel, inputTokens, outputTokens } = completion
  const listed = inputTokens === undefined || outputTokens === undefined ? undefined : costUsd(model, inputTokens, outputTokens)
  const cost = completion.costUsd ?? listed
  return {
    contentText: text,
    outputModality: 'text',
    wireModel,
    finishReason,
    latencyMs,
    ...(inputTokens === undefined ? {} : { inputTokens }),
    ...(outputTokens === undefined ? {} : { outputTokens }),
    ...(cost === undefined ? {} : { costUsd: cost }),
  }
}

const timeBudgetSpent = stepError('deadline_exceeded', 'The time budget ended before the contender had answered')
