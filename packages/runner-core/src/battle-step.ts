import { stepError } from './errors.ts'
import { enforceHandicap } from './handicap.ts'
import { costUsd, findModel } from './models.ts'
import { persist } from './persist.ts'
import type { BattleJob, SubmissionOutput } from './ports.ts'
import { providerFor } from './provider-for.ts'
import { settleFailure } from './settle-failure.ts'
import type { ActBounds, StepOutcome, StepReport, StepWorld } from './step.ts'
import { completed, failed } from './step.ts'
import { renderTask } from './task-prompt.ts'

/** Lets one contender answer, and records how it went. */
export async function battleStep(job: BattleJob, world: StepWorld, bounds: ActBounds): Promise<StepReport> {
  const outcome = await answer(job, world, bounds)
  if (outcome.kind === 'failed') return settleFailure(job, outcome.error, world)
  const recorded = await persist(world.clock, () => world.store.completeBattleJob(job.jobId, job.leaseToken, outcome.value))
  if (!recorded.ok) world.log({ level: 'error', event: 'submission_not_recorded', job_id: job.jobId, message: recorded.error.message })
  else world.log({ level: 'info', event: recorded.value ? 'submission_recorded' : 'lease_lost', job_id: job.jobId, slot: job.slot })
  return {}
}

async function answer(job: BattleJob, world: StepWorld, bounds: ActBounds): Promise<StepOutcome<SubmissionOutput>> {
  if (job.deadlineMs !== null && job.deadlineMs <= 0) return failed(timeBudgetSpent)
  const model = findModel(job.modelKey)
  if (!model.ok) return failed(model.error)
  if (model.value.kind !== 'text')
    return failed(stepError('model_unknown', `${job.modelKey} makes ${model.value.kind}, and battles take text models so far`))
  const prompt = await renderTask(job)
  if (!prompt.ok) return failed(prompt.error)
  const allowed = enforceHandicap({ maxTokens: job.maxTokens, prompt: prompt.value, modelTier: model.value.tier }, job.handicap)
  if (!allowed.ok) return failed(allowed.error)
  const provider = await providerFor(job, model.value.provider, world)
  if (!provider.ok) return failed(provider.error)

  const timeoutMs = Math.min(bounds.timeoutMs, job.deadlineMs ?? Number.POSITIVE_INFINITY)
  const { clock } = world
  const startedAt = clock.now()
  const completion = await provider.value.generateText(
    {
      wireModel: model.value.wireModel,
      prompt: allowed.value.prompt,
      maxTokens: allowed.value.maxTokens,
      ...(job.systemPrompt === null ? {} : { system: job.systemPrompt }),
      ...(job.temperature === null || !model.value.acceptsTemperature ? {} : { temperature: job.temperature }),
    },
    { signal: bounds.signal, timeoutMs, idempotencyKey: `agon-job-${job.jobId}` },
  )
  if (!completion.ok) {
    const outOfTime = completion.error.code === 'provider_timeout' && timeoutMs === job.deadlineMs
    return failed(outOfTime ? timeBudgetSpent : completion.error)
  }
  const { text, finishReason, wireModel, inputTokens, outputTokens } = completion.value
  const cost = inputTokens === undefined || outputTokens === undefined ? undefined : costUsd(model.value, inputTokens, outputTokens)
  return completed({
    contentText: text,
    outputModality: 'text',
    wireModel,
    finishReason,
    latencyMs: Math.round(clock.now() - startedAt),
    ...(inputTokens === undefined ? {} : { inputTokens }),
    ...(outputTokens === undefined ? {} : { outputTokens }),
    ...(cost === undefined ? {} : { costUsd: cost }),
  })
}

const timeBudgetSpent = stepError('deadline_exceeded', 'The time budget ended before the contender had answered')
