import type { StepError } from './errors.ts'
import type { Handicap } from './handicap.ts'
import type { Result } from './result.ts'

/** The world as runner-core may see it: a clock it can read and wait on, and dice. */
export interface Clock {
  /** Milliseconds, monotonic enough to measure a slice. */
  now(): number
  /** Resolves after `ms`, or at once when the signal aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** Uniform in [0, 1). */
export type Random = () => number

// ---------------------------------------------------------------- providers

export interface TextRequest {
  /** The model as the provider names it. */
  wireModel: string
  system?: string
  prompt: string
  /** Upper bound of the answer, in tokens. */
  maxTokens: number
  temperature?: number
  /** Asks for an answer of this shape through the provider's own JSON-schema mode, where it has one. */
  jsonSchema?: { name: string; schema: Record<string, unknown> }
}

export interface CallOptions {
  /** Aborted when the lease is lost, the battle cancelled or the driver stopped. */
  signal: AbortSignal
  /** The longest the call may take, in milliseconds. */
  timeoutMs: number
  /** The same for every attempt of one job, so that a provider can recognise a repeat. */
  idempotencyKey: string
}

export interface TextCompletion {
  text: string
  finishReason: 'stop' | 'length' | 'other'
  /** The model that answered, as the provider says. */
  wireModel: string
  inputTokens?: number
  outputTokens?: number
}

/** One provider, behind its SDK. Never throws: every failure is a coded error. */
export interface Provider {
  generateText(request: TextRequest, call: CallOptions): Promise<Result<TextCompletion, StepError>>
}

/** Finds the provider by its id in the registry; an error when it is not configured. */
export type Providers = (providerId: string) => Result<Provider, StepError>

// ---------------------------------------------------------------- store

interface LeasedJob {
  leaseToken: number
  jobId: number
  /** Handler outcomes before this one. */
  attempts: number
  maxAttempts: number
  reclaims: number
  /** Its lane may be limited: when it ends, the next of the lane may run. */
  inLane: boolean
}

export interface BattleJob extends LeasedJob {
  battleId: string
  contenderId: string
  slot: string
  modelKey: string
  systemPrompt: string | null
  taskPrompt: string
  inputs: Record<string, unknown> | null
  maxTokens: number
  temperature: number | null
  handicap: Handicap
  /** Milliseconds left of the contender's time budget when the job was claimed; null without one. */
  deadlineMs: number | null
}

export interface Answer {
  contenderId: string
  slot: string
  contentText: string
}

export interface RubricCriterion {
  title: string
  description?: string
  weight?: number
}

export interface JudgingJob extends LeasedJob {
  battleId: string
  judgeModelKey: string
  taskPrompt: string
  inputs: Record<string, unknown> | null
  rubric: RubricCriterion[] | null
  referenceAnswer: string | null
  answers: Answer[]
  /** Presentations already paid for. */
  recordedPresentations: number[]
}

export interface Claim<J> {
  jobs: J[]
  /** How long a lease lasts without a heartbeat, in milliseconds. */
  leaseMs: number
  /** When nothing is ready: how soon the next delayed job is, in milliseconds. */
  nextDueMs: number | null
}

export interface SubmissionOutput {
  contentText: string
  outputModality: 'text' | 'image' | 'audio' | 'video'
  wireModel: string
  finishReason: string
  inputTokens?: number
  outputTokens?: number
  costUsd?: number
  latencyMs: number
}

export interface VerdictRecord {
  presentation: 0 | 1
  /** Contender slots in the order the judge saw them. */
  slotOrder: string
  outcome: 'winner' | 'tie' | 'both_bad' | 'abstain'
  winnerContenderId?: string
  reasoning: string
  scores: { contenderId: string; score: number; place: number }[]
  systemPrompt: string
  prompt: string
  rawText: string
  parameters: Record<string, unknown>
  inputTokens?: number
  outputTokens?: number
  costUsd?: number
  latencyMs: number
}

/** What a failed attempt became. `lost`: the lease was no longer held, and nothing changed. */
export type FailureRecord = 'requeued' | 'dead_lettered' | 'lost'

type Stored<T> = Promise<Result<T, StepError>>

/** The database, one method an RPC. Never throws: a failed call is a coded error. */
export interface Store {
  claimBattleJobs(driver: string, most: number): Stored<Claim<BattleJob>>
  claimBattleJudgings(driver: string, most: number): Stored<Claim<JudgingJob>>
  /** Ids of the lease's jobs that are still this driver's. */
  heartbeat(leaseToken: number): Stored<number[]>
  /** False: the lease was lost, nothing changed. */
  completeBattleJob(jobId: number, leaseToken: number, output: SubmissionOutput): Stored<boolean>
  requeueBattleJob(jobId: number, leaseToken: number, backoffMs: number, error: StepError): Stored<FailureRecord>
  deadLetterBattleJob(jobId: number, leaseToken: number, error: StepError): Stored<FailureRecord>
  recordVerdict(jobId: number, leaseToken: number, verdict: VerdictRecord): Stored<'recorded' | 'already_recorded' | 'lost'>
  /** False: the lease was lost, nothing changed. */
  completeBattleJudging(jobId: number, leaseToken: number): Stored<boolean>
  finalizeBattle(battleId: string): Stored<string>
  /** Posts the next invocation of the kind's function when jobs are ready. True: one was posted. */
  wake(kind: string): Stored<boolean>
  /** The guarantee, run by the worker where no cron is: moves due jobs, takes back lost ones. */
  sweep(): Stored<void>
}
