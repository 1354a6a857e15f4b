import { persist } from '../engine/persist.ts'
import { settleFailure } from '../engine/settle-failure.ts'
import type { ActBounds, StepReport, StepWorld } from '../engine/step.ts'
import { type StepError, stepError } from '../errors.ts'
import {
  type Digest,
  digestPrompt,
  digestText,
  examinationPrompt,
  type Finding,
  type JudgeCall,
  type JudgePrompt,
  judgeDecisions,
  judgePrompt,
  judgingPlan,
  labelsOf,
  panelOutcome,
  parseDigest,
  parseFindings,
  parseVerdict,
  type RecordedVerdict,
} from '../judge/index.ts'
import { findModel } from '../models/models.ts'
import type { AnalysisJob, TextCompletion } from '../ports/index.ts'
import { fail, ok, type Result } from '../result.ts'
import { judgeCall } from './judge-call.ts'
import { providerFor } from './provider-for.ts'
import { rateLimitsOf } from './rate-limits.ts'
import { sliceCalls } from './slice-calls.ts'
import { renderTask } from './task-prompt.ts'

/** One call of an analysis. Its name is what it is recorded under, once. */
interface Stage {
  name: string
  prompt: JudgePrompt
  /** Whether its reply can be used: one that cannot is not recorded, and asked for again. */
  check(completion: Completion): Result<unknown, StepError>
}
type Completion = Pick<TextCompletion, 'text' | 'finishReason'>

/** What was recorded was whole. */
const whole = (text: string): Completion => ({ text, finishReason: 'stop' })

/**
 * Makes an analysis of a battle that is over: digests each answer and judges the digests, or cross-examines the answers and their verdict.
 * Each call is recorded the moment it returns, so that dying anywhere costs at most the calls in flight; it decides nothing.
 */
export async function analysisStep(job: AnalysisJob, world: StepWorld, bounds: ActBounds): Promise<StepReport> {
  const { store, clock, log } = world
  const model = findModel(job.modelKey)
  if (!model.ok) return settleFailure(job, model.error, world)
  const provider = await providerFor(job, model.value.provider, world)
  if (!provider.ok) return settleFailure(job, provider.error, world)
  const task = await renderTask(job)
  if (!task.ok) return settleFailure(job, task.error, world)

  const limits = rateLimitsOf(job, world)
  const calls = { ...job.calls }
  const begunAt = clock.now()
  for (;;) {
    const stages = (job.kind === 'digest_judge' ? digestStages : examinationStages)(job, task.value, calls)
    if (!stages.ok) return settleFailure(job, stages.error, world)
    const missing = stages.value.filter(({ name }) => calls[name] === undefined)
    if (missing.length === 0) break
    const ended = await sliceCalls(
      missing,
      async ({ name, prompt, check }, timeoutMs) => {
        const asked = {
          model: model.value,
          provider: provider.value,
          clock,
          signal: bounds.signal,
          timeoutMs,
          onRateLimit: limits.onRateLimit,
        }
        const called = await judgeCall(prompt, { ...asked, idempotencyKey: `agon-analysis-${job.jobId}-${name}` })
        if (!called.ok) return called
        const checked = check(called.value.completion)
        const { costUsd } = called.value.record
        if (!checked.ok) return fail({ ...checked.error, ...(costUsd !== undefined && { costUsd }) })
        const recorded = await persist(clock, () =>
          store.recordAnalysisCall(job.jobId, job.leaseToken, { stage: name, ...called.value.record }),
        )
        if (recorded.ok && recorded.value !== 'lost') calls[name] = called.value.record.rawText
        return recorded
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
      log({ level: 'info', event: left.ok && left.value ? 'analysis_goes_on' : 'lease_lost', job_id: job.jobId })
      return { dueInMs: 0 }
    }
  }
  const result = (job.kind === 'digest_judge' ? digestResult : examinationResult)(job, task.value, calls)
  if (!result.ok) return settleFailure(job, result.error, world)
  const done = await persist(clock, () => store.completeBattleAnalysis(job.jobId, job.leaseToken, result.value))
  log({
    level: done.ok ? 'info' : 'error',
    event: done.ok && done.value ? 'analysis_completed' : 'analysis_not_recorded',
    job_id: job.jobId,
  })
  return {}
}

const textOf = ({ contentText, transcript, modality }: AnalysisJob['answers'][number]): string =>
  contentText ?? transcript ?? `(The answer is ${modality}, which is not shown here.)`

// ---------------------------------------------------------------- digest, then judge

const planOf = (job: AnalysisJob): JudgeCall[] =>
  judgingPlan({ seed: job.analysisId, mode: 'listwise', slots: job.answers.map(({ slot }) => slot) })

function digestsOf(job: AnalysisJob, calls: Record<string, string>): Result<Map<string, Digest> | null, StepError> {
  const digests = new Map<string, Digest>()
  for (const { slot } of job.answers) {
    const said = calls[`digest:${slot}`]
    if (said === undefined) return ok(null)
    const digest = parseDigest(whole(said))
    if (!digest.ok) return digest
    digests.set(slot, digest.value)
  }
  return ok(digests)
}

function digestStages(job: AnalysisJob, taskPrompt: string, calls: Record<string, string>): Result<Stage[], StepError> {
  const digesting = job.answers.map(
    (answer): Stage => ({
      name: `digest:${answer.slot}`,
      prompt: digestPrompt({ seed: `${job.analysisId}/${answer.slot}`, taskPrompt, answer: textOf(answer) }),
      check: parseDigest,
    }),
  )
  const digests = digestsOf(job, calls)
  if (!digests.ok) return digests
  // One answer alone has nothing to be compared with.
  if (digests.value === null || job.answers.length < 2) return ok(digesting)
  const judging = planOf(job).map(
    ({ presentation, slots }): Stage => ({
      name: `judge:${presentation}`,
      prompt: judgePrompt({
        seed: `${job.analysisId}/judge`,
        taskPrompt,
        answers: slots.map((slot) => digestText(digests.value!.get(slot)!)),
        rubric: job.rubric,
        referenceAnswer: job.referenceAnswer,
      }),
      check: ({ text, finishReason }) => parseVerdict(text, finishReason, labelsOf(slots.length)),
    }),
  )
  return ok([...digesting, ...judging])
}

function digestResult(job: AnalysisJob, _task: string, calls: Record<string, string>): Result<Record<string, unknown>, StepError> {
  const digests = digestsOf(job, calls)
  if (!digests.ok) return digests
  const contenders = [...digests.value!].map(([slot, digest]) => ({ slot, ...digest }))
  if (job.answers.length < 2) return ok({ contenders, outcome: null, winner_slot: null, judgements: [] })
  const verdicts: RecordedVerdict[] = []
  const judgements: Record<string, unknown>[] = []
  for (const { part, presentation, slots, weight } of planOf(job)) {
    const verdict = parseVerdict(calls[`judge:${presentation}`]!, 'stop', labelsOf(slots.length))
    if (!verdict.ok) return verdict
    const { outcome, scores, reasoning } = verdict.value
    const bySlot = scores.map(({ label, score, place }) => ({ contenderId: slots[label - 1]!, score, place }))
    verdicts.push({ part, presentation, weight, outcome, scores: bySlot })
    judgements.push({
      slot_order: slots.join(''),
      outcome,
      reasoning,
      scores: Object.fromEntries(bySlot.map(({ contenderId, score }) => [contenderId, score])),
    })
  }
  const all = panelOutcome(
    job.answers.map(({ slot }) => slot),
    judgeDecisions('listwise', verdicts),
  )
  return ok({ contenders, outcome: all.outcome, winner_slot: all.outcome === 'winner' ? all.winnerId : null, judgements })
}

// ---------------------------------------------------------------- cross-examination

interface Case {
  slots: string[]
  answers: string[]
  verdict: string
}

/** The answers in the order of the first verdict, so that its words fit the labels; of any other, the labels are put into that order. */
function caseOf({ answers, verdicts, outcome, winnerSlot }: AnalysisJob): Case {
  const given = answers.map(({ slot }) => slot)
  const first = verdicts.find(({ slotOrder }) => slotOrder.length === given.length && [...slotOrder].every((slot) => given.includes(slot)))
  const slots = first ? [...first.slotOrder] : given
  const labelOf = (slot: string) => slots.indexOf(slot) + 1
  const named = (slot: string | null) => (slot === null || labelOf(slot) === 0 ? 'nobody' : `Answer ${labelOf(slot)}`)
  const account = verdicts.map(({ slotOrder, outcome: said, winnerSlot: winner, reasoning, scores }, nth) => {
    const inCase = reasoning.replace(/\b(answer\s+)(\d{1,2})\b/gi, (whole, word: string, label: string) => {
      const slot = slotOrder[Number(label) - 1]
      return slot && labelOf(slot) > 0 ? `${word}${labelOf(slot)}` : whole
    })
    const marks = Object.entries(scores).map(([slot, score]) => `${named(slot)} ${score}`)
    return `Judgement ${nth + 1}: ${said === 'winner' ? `${named(winner)} wins` : said}. Scores: ${marks.join(', ') || 'none'}. ${inCase}`
  })
  const verdict = [`The battle ended: ${outcome}${winnerSlot === null ? '' : `, ${named(winnerSlot)}`}.`, ...account].join('\n\n')
  return { slots, answers: slots.map((slot) => textOf(answers.find((answer) => answer.slot === slot)!)), verdict }
}

function examinationStages(job: AnalysisJob, taskPrompt: string): Result<Stage[], StepError> {
  const { answers, verdict } = caseOf(job)
  if (answers.length === 0) return fail(stepError('battle_state', 'There is no answer to examine'))
  const examined = { seed: job.analysisId, taskPrompt, answers, verdict, referenceAnswer: job.referenceAnswer }
  return ok([{ name: 'examine', prompt: examinationPrompt(examined), check: (completion) => parseFindings(completion, examined) }])
}

function examinationResult(
  job: AnalysisJob,
  taskPrompt: string,
  calls: Record<string, string>,
): Result<Record<string, unknown>, StepError> {
  const { slots, answers, verdict } = caseOf(job)
  const found = parseFindings(whole(calls.examine!), { taskPrompt, answers, verdict })
  if (!found.ok) return found
  const findings = found.value.map(({ label, ...finding }: Finding) => ({ slot: label === null ? null : slots[label - 1], ...finding }))
  return ok({ findings })
}
