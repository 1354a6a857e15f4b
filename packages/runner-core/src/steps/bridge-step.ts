import type { Line } from '../engine/dispatcher.ts'
import { battleJobs } from '../engine/lines.ts'
import { persist } from '../engine/persist.ts'
import { recordOutcome } from '../engine/record-outcome.ts'
import { settleFailure } from '../engine/settle-failure.ts'
import type { ActBounds, StepOutcome, StepReport, StepWorld } from '../engine/step.ts'
import { completed, failed } from '../engine/step.ts'
import { type StepError, stepError } from '../errors.ts'
import { enforceHandicap } from '../models/handicap.ts'
import { findModel, type Model } from '../models/models.ts'
import type { ExecutionBridge, ExecutionState } from '../ports/bridge.ts'
import type { BattleJob, BridgeJob, CallOptions, Claim, DelegatedJob, OpenTask, SubmissionOutput } from '../ports/index.ts'
import type { Result } from '../result.ts'
import { isOwn } from './async-step.ts'
import { battleStep, textSubmission } from './battle-step.ts'
import { recordOfErrand, runErrand } from './cancel-task.ts'
import { pollAfterMs } from './poll-cadence.ts'
import { rateLimitsOf } from './rate-limits.ts'
import { renderTask } from './task-prompt.ts'

/** What of the database only those need who have an execution bridge. */
export interface BridgeStore {
  /** From here on the job is for drivers with a bridge alone. False: the lease was lost, nothing changed. */
  delegate(jobId: number, leaseToken: number): Promise<Result<boolean, StepError>>
  claim(driver: string, most: number): Promise<Result<Claim<BridgeJob>, StepError>>
}

export interface BridgeKit {
  store: BridgeStore
  bridge: ExecutionBridge
  /** A job was delegated, and waits to be asked for. */
  parked(): void
}

/** The rate limit that the bridge's 429 draws on, as the database's queue for it is named. */
const limitKey = 'bridge'
/** What an execution may take; the database holds to the same. */
const longestMs = 300_000
/** How often the bridge is asked, where it does not say. */
const pollMs = 2_000
const soonestMs = 250
/** The bridge takes an execution, and does not wait for its end. */
const submitMs = 30_000
const askMs = 15_000

/** Contenders' answers, of which the bridge gives those it takes. */
export const delegatingBattleJobs = (kit: BridgeKit): Line<BattleJob> => ({
  ...battleJobs,
  step: (job, world, bounds) => (isDelegated(job, kit.bridge) ? delegate(job, world, bounds, kit) : battleStep(job, world, bounds)),
})

/** What the bridge has been given, and is asked for. */
export const bridgeExecutions = (kit: BridgeKit): Line<BridgeJob> => ({
  kind: 'bridge_execution',
  claim: (_store, driver, most) => kit.store.claim(driver, most),
  step: (job, world, bounds) => bridgeStep(job, world, bounds, kit.bridge),
})

/**
 * A user's own key pays its own provider, and never leaves for the bridge; an answer that was begun goes on where it was; and what may
 * not be called at all is refused where everything is.
 */
function isDelegated(job: BattleJob, bridge: ExecutionBridge): boolean {
  if (job.byok || job.refused || job.checkpoint || (job.deadlineMs !== null && job.deadlineMs <= 0)) return false
  const model = findModel(job.modelKey)
  return model.ok && model.value.kind === 'text' && bridge.takes(job.modelKey)
}

async function delegate(job: BattleJob, world: StepWorld, bounds: ActBounds, { store, bridge, parked }: BridgeKit): Promise<StepReport> {
  // Before the bridge hears of it: a driver that took the job up again and called the provider itself would pay for it twice.
  const delegated = await persist(world.clock, () => store.delegate(job.jobId, job.leaseToken))
  if (!delegated.ok || !delegated.value) {
    const of = { event: delegated.ok ? 'lease_lost' : 'not_delegated', job_id: job.jobId }
    world.log({ level: delegated.ok ? 'info' : 'warn', ...of, ...(delegated.ok ? {} : { message: delegated.error.message }) })
    return {}
  }
  const { checkpoint: _, ...rest } = job
  await bridgeStep(
    { ...rest, limitKey, cancels: false, task: null, endedTasks: 0, byTimeBudget: job.deadlineMs !== null },
    world,
    bounds,
    bridge,
  )
  parked() // another line asks for it, or tries again
  return {}
}

/** Submits an execution, asks for it, or tells the bridge that nobody waits for it any more; and records how that went. */
export async function bridgeStep(job: BridgeJob, world: StepWorld, bounds: ActBounds, bridge: ExecutionBridge): Promise<StepReport> {
  if (job.cancels) return runErrand(job, world, bounds, recordOfErrand(job, world), (call) => bridge.cancel(job.task.providerTaskId, call))
  const found = findModel(job.modelKey)
  if (!found.ok) return settleFailure(job, found.error, world)
  const limits = rateLimitsOf(job, world)
  const call = (timeoutMs: number, nth: number): CallOptions => ({
    signal: bounds.signal,
    timeoutMs: Math.min(timeoutMs, bounds.timeoutMs),
    idempotencyKey: `agon-job-${job.jobId}-${nth}`,
    onRateLimit: limits.onRateLimit,
  })
  const act: Act = { job, world, bridge, model: found.value, startedAt: world.clock.now(), call }
  const outcome = await (job.task ? ask(job.task, act) : submit(act))
  await limits.reported()
  return recordOutcome(job, outcome, 'text', world)
}

interface Act {
  job: DelegatedJob
  world: StepWorld
  bridge: ExecutionBridge
  model: Model
  startedAt: number
  /** nth: which execution of this job it is. The same for every attempt to submit one, so that the bridge knows a repeat. */
  call(timeoutMs: number, nth: number): CallOptions
}

type Outcome = StepOutcome<SubmissionOutput>

async function submit(act: Act): Promise<Outcome> {
  const { job, model, bridge, call } = act
  if (job.refused) return failed(job.refused)
  if (job.deadlineMs !== null && job.deadlineMs <= 0) return failed(tooLate(job))
  const prompt = await renderTask(job)
  if (!prompt.ok) return failed(prompt.error)
  const allowed = enforceHandicap({ maxTokens: job.maxTokens, prompt: prompt.value, modelTier: model.tier }, job.handicap)
  if (!allowed.ok) return failed(allowed.error)
  const deadlineMs = Math.min(longestMs, job.deadlineMs ?? Number.POSITIVE_INFINITY)
  const state = await bridge.submit(
    {
      modelKey: job.modelKey,
      prompt: allowed.value.prompt,
      maxTokens: allowed.value.maxTokens,
      ...(job.systemPrompt === null ? {} : { system: job.systemPrompt }),
      ...(job.temperature === null || !model.acceptsTemperature ? {} : { temperature: job.temperature }),
      deadlineMs,
    },
    call(Math.min(submitMs, deadlineMs), job.endedTasks + 1),
  )
  if (!state.ok) return failed(state.error)
  // One that failed at once is kept like any other, and asked for once more: only an execution that is on record gives the next its own key.
  if (state.value.kind === 'failed') return { kind: 'pending', task: { taskId: state.value.executionId }, pollAfterMs: 0 }
  if (state.value.kind === 'succeeded') return answered(state.value, act)
  return { kind: 'pending', task: { taskId: state.value.executionId }, pollAfterMs: waitMs(state.value.pollAfterMs) }
}

async function ask(task: OpenTask, act: Act): Promise<Outcome> {
  const { job, world, bridge, call } = act
  const state = await bridge.ask(task.providerTaskId, call(askMs, job.endedTasks + 1))
  const isOver = job.deadlineMs !== null && job.deadlineMs <= 0
  if (!state.ok) {
    // The answer may be there and paid for: a token can be mended, and a bridge come back.
    if (!isOwn(state.error) && state.error.code !== 'bridge_auth') return failed(state.error)
    if (isOver) return failed(tooLate(job, state.error))
    return { kind: 'pending', pollAfterMs: Math.max(pollAfterMs('text', task.polls, world.random), state.error.retryAfterMs ?? 0) }
  }
  if (state.value.kind === 'failed') return failed(state.value.error)
  if (state.value.kind === 'succeeded') return answered(state.value, act, task)
  if (isOver) return failed(tooLate(job))
  const { progress } = state.value
  return { kind: 'pending', pollAfterMs: waitMs(state.value.pollAfterMs), ...(progress === undefined ? {} : { progress }) }
}

const waitMs = (hintMs = pollMs): number =>
  Math.max(
    soonestMs,
    pollAfterMs('text', 0, () => 0, hintMs),
  )

function answered({ completion }: ExecutionState & { kind: 'succeeded' }, { model, world, startedAt }: Act, task?: OpenTask): Outcome {
  const latencyMs = Math.round((task?.ageMs ?? 0) + world.clock.now() - startedAt)
  return completed(textSubmission({ ...completion, wireModel: completion.wireModel ?? model.wireModel }, model, latencyMs))
}

const tooLate = ({ byTimeBudget }: DelegatedJob, last?: StepError): StepError =>
  byTimeBudget
    ? stepError('deadline_exceeded', 'The time budget ended before the contender had answered')
    : stepError('bridge_timeout', `The execution was not over after ${longestMs / 1000} s${last ? `; last: ${last.message}` : ''}`)
