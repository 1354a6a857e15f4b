import { persist } from '../engine/persist.ts'
import { settleFailure } from '../engine/settle-failure.ts'
import type { ActBounds, StepReport, StepWorld } from '../engine/step.ts'
import { type StepError, stepError } from '../errors.ts'
import { type JudgeCall, judgePrompt, judgingPlan, labelsOf, parseRubric, parseVerdict, rubricPrompt, stillToAsk } from '../judge/index.ts'
import { findModel } from '../models/models.ts'
import type { Answer, CallRecord, JudgingJob, RubricCriterion, VerdictRecord } from '../ports/index.ts'
import { fail, ok, type Result } from '../result.ts'
import { type Asked, judgeCall } from './judge-call.ts'
import { providerFor } from './provider-for.ts'
import { rateLimitsOf } from './rate-limits.ts'
import { shownAnswers } from './shown-answers.ts'
import { sliceCalls } from './slice-calls.ts'
import { renderTask } from './task-prompt.ts'

/** A judge that cannot be read is asked so often, and then abstains; an outage may take more attempts. */
const maxUnreadable = 3

/**
 * Lets one judge of a battle judge: makes each call that is not yet paid for, records each the moment it returns, and finalises the battle
 * when this judge is the last. Dying anywhere costs at most the calls in flight. What the slice has no time for is left to the next.
 */
export async function judgingStep(job: JudgingJob, world: StepWorld, bounds: ActBounds): Promise<StepReport> {
  const { store, clock, log } = world
  const model = findModel(job.judgeModelKey)
  if (!model.ok) return settleFailure(job, model.error, world)
  const provider = await providerFor(job, model.value.provider, world)
  if (!provider.ok) return settleFailure(job, provider.error, world)
  const task = await renderTask(job)
  if (!task.ok) return settleFailure(job, task.error, world)
  const limits = rateLimitsOf(job, world)
  const judge = { model: model.value, provider: provider.value, clock, signal: bounds.signal, onRateLimit: limits.onRateLimit }
  const begunAt = clock.now()

  const shown = await shownAnswers(job, judge, world, bounds)
  if (!shown.ok) return settleFailure(job, shown.error, world)
  const rubric = job.generateRubric
    ? await writeRubric(
        job,
        task.value,
        { ...judge, timeoutMs: bounds.timeoutMs, idempotencyKey: `agon-judging-${job.jobId}-rubric` },
        world,
      )
    : ok(job.rubric)
  if (!rubric.ok) {
    await limits.reported()
    return settleFailure(job, rubric.error, world)
  }

  const plan = judgingPlan({ seed: job.judgeId, mode: job.mode, slots: job.answers.map((answer) => answer.slot), rubric: rubric.value })
  const ended = await sliceCalls(
    stillToAsk(plan, job.recorded),
    async (call, timeoutMs) => {
      const asked = { ...judge, timeoutMs, idempotencyKey: `agon-judging-${job.jobId}-${call.part}-${call.presentation}` }
      const verdict = await ask(job, call, { task: task.value, rubric: rubric.value, shown: shown.value }, asked)
      return verdict.ok ? persist(clock, () => store.recordVerdict(job.jobId, job.leaseToken, verdict.value)) : verdict
    },
    { clock, timeoutMs: bounds.timeoutMs - (clock.now() - begunAt), alone: model.value.local },
  )
  await limits.reported()
  if (ended.kind === 'failed') return settleFailure(job, ended.error, world)
  if (ended.kind === 'lost') {
    log({ level: 'info', event: 'lease_lost', job_id: job.jobId })
    return {}
  }
  if (ended.kind === 'out_of_time') {
    const left = await persist(clock, () => store.yieldJob(job.jobId, job.leaseToken))
    log({ level: 'info', event: left.ok && left.value ? 'judging_goes_on' : 'lease_lost', job_id: job.jobId })
    return { dueInMs: 0 }
  }
  return close(job, world)
}

async function close(job: JudgingJob, { store, clock, log }: StepWorld): Promise<StepReport> {
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
  if (job.autoAnalyse && finalized.ok && finalized.value === 'closed') {
    const started = await store.startAnalyses()
    if (!started.ok) log({ level: 'warn', event: 'analyses_not_started', message: started.error.message })
  }
  return {}
}

/** The rubric the battle has from now on. A judge that cannot write one judges without: [] is kept, so that nobody asks again. */
async function writeRubric(
  job: JudgingJob,
  taskPrompt: string,
  asked: Asked,
  { store, clock }: StepWorld,
): Promise<Result<RubricCriterion[] | null, StepError>> {
  const called = await judgeCall(rubricPrompt({ seed: job.judgeId, taskPrompt, referenceAnswer: job.referenceAnswer }), asked)
  if (!called.ok) return called
  const { completion, record } = called.value
  const written = parseRubric(completion)
  if (!written.ok && job.attempts + 1 < maxUnreadable)
    return fail({ ...written.error, ...(record.costUsd !== undefined && { costUsd: record.costUsd }) })
  const kept = await persist(clock, () => store.recordRubric(job.jobId, job.leaseToken, written.ok ? written.value : [], record))
  if (!kept.ok) return kept
  return kept.value === null ? fail(stepError('lease_lost', 'Another driver writes the rubric')) : kept
}

interface Shown {
  task: string
  rubric: RubricCriterion[] | null
  shown: ReadonlyMap<string, Parameters<typeof judgePrompt>[0]['answers'][number]>
}

async function ask(
  job: JudgingJob,
  call: JudgeCall,
  { task, rubric, shown }: Shown,
  asked: Asked,
): Promise<Result<VerdictRecord, StepError>> {
  const answers = call.slots.map((slot): Answer => job.answers.find((answer) => answer.slot === slot)!)
  const labels = labelsOf(answers.length)
  const question = judgePrompt({
    seed: `${job.judgeId}/${call.part}`,
    taskPrompt: task,
    answers: call.slots.map((slot) => shown.get(slot)!),
    rubric,
    ...(call.criterion && { criterion: call.criterion }),
    referenceAnswer: job.referenceAnswer,
  })
  const about = { part: call.part, presentation: call.presentation, weight: call.weight, slotOrder: call.slots.join('') }
  const abstention = (record: CallRecord, why: string): VerdictRecord => ({
    ...about,
    ...record,
    outcome: 'abstain',
    reasoning: why,
    scores: [],
  })
  // The last attempt abstains: an unreadable verdict is never a tie, and never lost.
  const mayAskAgain = job.unreadableVerdicts + 1 < maxUnreadable && job.attempts + 1 < job.maxAttempts

  const called = await judgeCall(question, asked)
  if (!called.ok) {
    if (called.error.code !== 'content_refused') return called
    // Declined by the provider or the model: as good as a reply that says so.
    if (mayAskAgain) return fail(stepError('verdict_unparseable', called.error.message))
    const { system, prompt } = question
    return ok(abstention({ systemPrompt: system, prompt, rawText: '', parameters: {}, latencyMs: 0 }, called.error.message))
  }
  const { completion, record } = called.value
  const verdict = parseVerdict(completion.text, completion.finishReason, labels)
  if (!verdict.ok)
    return mayAskAgain
      ? fail({ ...verdict.error, ...(record.costUsd !== undefined && { costUsd: record.costUsd }) })
      : ok(abstention(record, verdict.error.message))
  const byLabel = new Map(labels.map((label, index) => [label, answers[index]!.contenderId]))
  return ok({
    ...about,
    ...record,
    outcome: verdict.value.outcome,
    reasoning: verdict.value.reasoning,
    scores: verdict.value.scores.map(({ label, score, place }) => ({ contenderId: byLabel.get(label)!, score, place })),
    ...(verdict.value.winnerLabel === undefined ? {} : { winnerContenderId: byLabel.get(verdict.value.winnerLabel)! }),
  })
}
