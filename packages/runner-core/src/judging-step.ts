import type { StepError } from './errors.ts'
import { judgePrompt, labelsOf, MAX_VERDICT_TOKENS, parseVerdict, presentations } from './judge/index.ts'
import type { Model } from './models.ts'
import { costUsd, findModel } from './models.ts'
import { persist } from './persist.ts'
import type { Answer, CallOptions, JudgingJob, Provider, VerdictRecord } from './ports.ts'
import { providerFor } from './provider-for.ts'
import { rateLimitsOf } from './rate-limits.ts'
import type { Result } from './result.ts'
import { fail, ok } from './result.ts'
import { settleFailure } from './settle-failure.ts'
import type { ActBounds, StepReport, StepWorld } from './step.ts'
import { renderTask } from './task-prompt.ts'

/** A judge that cannot be read is asked so often, and then abstains; an outage may take more attempts. */
const maxUnreadable = 3

/**
 * Judges one battle: asks for each of the two presentations not yet paid for, records each verdict the moment it arrives, and
 * closes the battle when both are there. Dying anywhere costs at most the call in flight.
 */
export async function judgingStep(job: JudgingJob, world: StepWorld, bounds: ActBounds): Promise<StepReport> {
  const { store, clock, log } = world
  const model = findModel(job.judgeModelKey)
  if (!model.ok) return settleFailure(job, model.error, world)
  const provider = await providerFor(job, model.value.provider, world)
  if (!provider.ok) return settleFailure(job, provider.error, world)
  const task = await renderTask(job)
  if (!task.ok) return settleFailure(job, task.error, world)

  const orders = presentations(
    job.battleId,
    job.answers.map((answer) => answer.slot),
  )
  const judgeIn = async (presentation: 0 | 1): Promise<Result<string, StepError>> => {
    const answers = orders[presentation].map((slot) => job.answers.find((answer) => answer.slot === slot)!)
    const question = { job, task: task.value, presentation, answers, model: model.value, provider: provider.value, clock }
    const verdict = await ask({ ...question, onRateLimit: limits.onRateLimit }, bounds)
    return verdict.ok ? persist(clock, () => store.recordVerdict(job.jobId, job.leaseToken, verdict.value)) : verdict
  }
  const limits = rateLimitsOf(job, world)
  const missing = ([0, 1] as const).filter((presentation) => !job.recordedPresentations.includes(presentation))
  const asked: Result<string, StepError>[] = []
  // One machine serves one call at a time; a provider takes both at once.
  if (model.value.local) for (const presentation of missing) asked.push(await judgeIn(presentation))
  else asked.push(...(await Promise.all(missing.map(judgeIn))))
  await limits.reported()
  const failures = asked.flatMap((result) => (result.ok ? [] : [result.error]))
  if (failures[0]) {
    const costUsd = failures.reduce((sum, failure) => sum + (failure.costUsd ?? 0), 0)
    return settleFailure(job, costUsd > 0 ? { ...failures[0], costUsd } : failures[0], world)
  }
  if (asked.some((result) => result.ok && result.value === 'lost')) {
    log({ level: 'info', event: 'lease_lost', job_id: job.jobId })
    return {}
  }
  const closed = await persist(clock, () => store.completeBattleJudging(job.jobId, job.leaseToken))
  if (!closed.ok || !closed.value) {
    log({ level: closed.ok ? 'info' : 'error', event: closed.ok ? 'lease_lost' : 'judging_not_recorded', job_id: job.jobId })
    return {}
  }
  // In a transaction of its own: should it fail, the verdicts stand and the schedule finalises the battle.
  const finalized = await persist(clock, () => store.finalizeBattle(job.battleId))
  log({
    level: finalized.ok ? 'info' : 'error',
    event: 'battle_finalized',
    battle_id: job.battleId,
    outcome: finalized.ok ? finalized.value : finalized.error.message,
  })
  return {}
}

interface Question {
  job: JudgingJob
  task: string
  presentation: 0 | 1
  answers: Answer[]
  model: Model
  provider: Provider
  clock: StepWorld['clock']
  onRateLimit: NonNullable<CallOptions['onRateLimit']>
}

async function ask(question: Question, bounds: ActBounds): Promise<Result<VerdictRecord, StepError>> {
  const { job, task, presentation, answers, model, provider, clock, onRateLimit } = question
  const labels = labelsOf(answers.length)
  const { system, prompt, jsonSchema } = judgePrompt({
    seed: job.battleId,
    taskPrompt: task,
    answers: answers.map((answer) => answer.contentText),
    rubric: job.rubric,
    referenceAnswer: job.referenceAnswer,
  })
  const temperature = model.acceptsTemperature ? { temperature: 0 } : {}
  const parameters = { ...temperature, max_tokens: MAX_VERDICT_TOKENS, wire_model: model.wireModel }
  const startedAt = clock.now()
  const completion = await provider.generateText(
    { wireModel: model.wireModel, system, prompt, maxTokens: MAX_VERDICT_TOKENS, ...temperature, jsonSchema },
    { signal: bounds.signal, timeoutMs: bounds.timeoutMs, idempotencyKey: `agon-judging-${job.jobId}-${presentation}`, onRateLimit },
  )
  if (!completion.ok) return completion
  const { text, finishReason, inputTokens, outputTokens } = completion.value
  const cost = inputTokens === undefined || outputTokens === undefined ? undefined : costUsd(model, inputTokens, outputTokens)
  const asked = {
    presentation,
    slotOrder: answers.map((answer) => answer.slot).join(''),
    systemPrompt: system,
    prompt,
    rawText: text,
    parameters: { ...parameters, answered_by: completion.value.wireModel },
    latencyMs: Math.round(clock.now() - startedAt),
    ...(inputTokens === undefined ? {} : { inputTokens }),
    ...(outputTokens === undefined ? {} : { outputTokens }),
    ...(cost === undefined ? {} : { costUsd: cost }),
  }
  const verdict = parseVerdict(text, finishReason, labels)
  if (!verdict.ok) {
    // The last attempt abstains: an unreadable verdict is never a tie, and never lost.
    if (job.unreadableVerdicts + 1 < maxUnreadable && job.attempts + 1 < job.maxAttempts)
      return fail({ ...verdict.error, ...(cost === undefined ? {} : { costUsd: cost }) })
    return ok({ ...asked, outcome: 'abstain', reasoning: verdict.error.message, scores: [] })
  }
  const byLabel = new Map(labels.map((label, index) => [label, answers[index]!.contenderId]))
  return ok({
    ...asked,
    outcome: verdict.value.outcome,
    reasoning: verdict.value.reasoning,
    scores: verdict.value.scores.map(({ label, score, place }) => ({ contenderId: byLabel.get(label)!, score, place })),
    ...(verdict.value.winnerLabel === undefined ? {} : { winnerContenderId: byLabel.get(verdict.value.winnerLabel)! }),
  })
}
