import type { StepError } from './errors.ts'
import type { Handicap } from './handicap.ts'
import type { ModelKind } from './models.ts'
import type { Result } from './result.ts'
import type { ScannedVote, VoteFinding } from './votes/scan.ts'

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
  /** Told when the provider says that nothing more may be asked for a while. */
  onRateLimit?: (limit: RateLimit) => void
}

export interface TextCompletion {
  text: string
  finishReason: 'stop' | 'length' | 'other'
  /** The model that answered, as the provider says. */
  wireModel: string
  inputTokens?: number
  outputTokens?: number
}

/** What a text call goes on from: the text so far, and the provider's own cursor where it has one. JSON-serialisable. */
export interface TextCheckpoint {
  text: string
  /** Provider's own place in a stored answer, e.g. { response_id, sequence_number } of an OpenAI response. */
  cursor?: Record<string, unknown>
  /** Both are estimates where the provider tells its usage only at the end, which a paused answer has not reached. */
  inputTokens?: number
  outputTokens?: number
  /** Chunks so far. */
  chunks: number
}

export interface TextStream extends CallOptions {
  /** Called with the whole text so far (never less than before), as it grows. */
  onText(checkpoint: TextCheckpoint): void
  /** Aborted when the slice is nearly over: the call stops at once and resolves `partial` with what it has. */
  pause: AbortSignal
}

export type TextOutcome =
  | ({ kind: 'done' } & TextCompletion)
  | { kind: 'partial'; checkpoint: TextCheckpoint }
  | { kind: 'pending'; task: ProviderTask }

export interface MediaRequest {
  wireModel: string
  kind: 'image' | 'audio' | 'video' | 'music'
  prompt: string
  /** Where the provider may post a signed completion; undefined: it is only polled. */
  callbackUrl?: string
}

/** What a provider made: bytes, or a URL that will expire. */
export interface MediaResult {
  source: { bytes: Uint8Array } | { url: string; headers?: Record<string, string> }
  mimeType: string
  wireModel: string
  costUsd?: number
  inputTokens?: number
  outputTokens?: number
}

/** A task a provider keeps. `taskId` is the provider's; `details` what else a poll needs (fal: endpoint id). */
export interface ProviderTask {
  taskId: string
  details?: Record<string, string>
  pollAfterMs?: number
}

export type MediaOutcome = { kind: 'done'; media: MediaResult } | { kind: 'pending'; task: ProviderTask }
export type TaskState =
  /** progress: 0 to 1. */
  | { kind: 'running'; progress?: number; pollAfterMs?: number }
  | { kind: 'done'; media: MediaResult }
  | { kind: 'text_done'; completion: TextCompletion }

/** Rate limit as the provider states it on an answer; reported when remaining is 0 or it refused. */
export interface RateLimit {
  retryAfterMs: number
}

/** One provider, behind its SDK: a method stands here exactly when the provider can do that. Never throws: every failure is a coded error. */
export interface Provider {
  generateText(request: TextRequest, call: CallOptions): Promise<Result<TextCompletion, StepError>>
  /** Streams, pauses at the slice's end and goes on from a checkpoint. Nothing lost, nothing repeated. */
  streamText?(request: TextRequest & { resume?: TextCheckpoint }, call: TextStream): Promise<Result<TextOutcome, StepError>>
  /** Hands a long answer to the provider to keep (OpenAI background responses). */
  startText?(request: TextRequest & { callbackUrl?: string }, call: CallOptions): Promise<Result<ProviderTask, StepError>>
  generateMedia?(request: MediaRequest, call: CallOptions): Promise<Result<MediaOutcome, StepError>>
  /**
   * Where a task stands. The task is over on `provider_task_failed` (submit it again), `provider_task_gone` (it knows it no more; the
   * same), `content_refused` and `provider_rejected`. Every other error is the poll's own: the task still stands, ask again later.
   */
  pollTask?(task: ProviderTask & { wireModel: string; kind: ModelKind }, call: CallOptions): Promise<Result<TaskState, StepError>>
  /** Stops a task, as far as its provider can. One that is over, or gone, is no error. */
  cancelTask?(task: ProviderTask & { wireModel: string; kind: ModelKind }, call: CallOptions): Promise<Result<void, StepError>>
}

/** Finds the provider by its id in the registry; an error when it is not configured. apiKey: a user's own key for this call, opened; undefined: the platform's. Adapters made for a user's key are not kept. */
export type Providers = (providerId: string, apiKey?: string) => Result<Provider, StepError>

/** Copies results to a bucket. */
export interface MediaStore {
  /** Checks size and MIME type (by the bytes, not only by the header), streams, and is idempotent: the same path again overwrites. */
  copy(
    media: MediaResult,
    target: { path: string; kind: 'image' | 'audio' | 'video' | 'music' },
    bounds: { signal: AbortSignal; timeoutMs: number },
  ): Promise<Result<StoredMedia, StepError>>
}
export interface StoredMedia {
  url: string
  path: string
  mimeType: string
  bytes: number
}

// ---------------------------------------------------------------- outbound

/** A request to an address that a user gave. */
export interface OutboundRequest {
  url: string
  method?: string
  headers?: Record<string, string>
  body?: string | Uint8Array
}

export interface OutboundBounds {
  signal: AbortSignal
  /** From the first look at the name to the last byte of the answer, in milliseconds. */
  timeoutMs: number
  /** The answer is read this far. 0: its status and headers are enough. */
  maxResponseBytes: number
}

export interface OutboundResponse {
  status: number
  /** By lower-case name. */
  headers: Record<string, string>
  body: Uint8Array
  /** The answer may go on beyond what was read. */
  truncated: boolean
}

/** Calls public addresses and no others, whatever the URL says. Redirects are answers. Never throws: every failure is a coded error. */
export interface Outbound {
  request(request: OutboundRequest, bounds: OutboundBounds): Promise<Result<OutboundResponse, StepError>>
}

/** The signature headers of a delivery, by every secret of its subscription that is valid now. */
export type SignWebhook = (
  delivery: Pick<WebhookDelivery, 'deliveryId' | 'ownerId' | 'subscriptionId' | 'sealedSecrets' | 'body'>,
) => Promise<Result<Record<string, string>, StepError>>

// ---------------------------------------------------------------- store

/** A user's own provider key, sealed: only a driver that was given the master key can open it. */
export interface SealedKey {
  keyId: string
  ownerId: string
  provider: string
  sealed: string
}

/** Who pays for a job's calls. */
export interface PaidJob {
  /** The user's own key; undefined: the platform's. */
  byok?: SealedKey
  /** Why no call may be made: its key or its budget does not allow one. */
  refused?: StepError
}

interface LeasedJob extends PaidJob {
  leaseToken: number
  jobId: number
  /** Handler outcomes before this one. */
  attempts: number
  maxAttempts: number
  reclaims: number
  /** Its lane may be limited: when it ends, the next of the lane may run. */
  inLane: boolean
}

/** A job that calls a provider. */
interface CallingJob extends LeasedJob {
  /** Whose rate limit its calls draw on; null: nobody's that is known. */
  limitKey: string | null
}

/** A text so far, as the database keeps it between steps. */
export interface SavedText extends TextCheckpoint {
  /** How long drivers have worked on it, in milliseconds. */
  elapsedMs: number
}

export interface BattleJob extends CallingJob {
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
  /** What was said in the steps before, to go on from; null: the answer begins. */
  checkpoint: SavedText | null
}

/** A task that a provider keeps for a job. */
export interface OpenTask {
  providerTaskId: string
  details: Record<string, string>
  /** Polls so far. */
  polls: number
  /** Since it was handed over, in milliseconds. */
  ageMs: number
}

/** A contender whose answer is, or is to become, a provider's task. */
export interface TaskJob extends CallingJob {
  cancels: false
  battleId: string
  contenderId: string
  slot: string
  modelKey: string
  taskPrompt: string
  inputs: Record<string, unknown> | null
  maxTokens: number
  handicap: Handicap
  /** Milliseconds left of the contender's time budget, or of the task's own; null: neither has begun. */
  deadlineMs: number | null
  /** The open task; null: it is still to be submitted. */
  task: OpenTask | null
  /** Tasks of this job that have ended: the next is another one to the provider, too. */
  endedTasks: number
}

/** An errand: a provider is to be told that nobody waits for a task any more. */
export interface CancelJob extends CallingJob {
  cancels: true
  modelKey: string
  task: OpenTask
}

export type AsyncJob = TaskJob | CancelJob

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

export interface JudgingJob extends CallingJob {
  battleId: string
  judgeModelKey: string
  taskPrompt: string
  inputs: Record<string, unknown> | null
  rubric: RubricCriterion[] | null
  referenceAnswer: string | null
  answers: Answer[]
  /** Presentations already paid for. */
  recordedPresentations: number[]
  /** Attempts that ended in a verdict nobody can read. */
  unreadableVerdicts: number
}

export interface WebhookDelivery extends LeasedJob {
  /** The message's own id, the same for every attempt. */
  deliveryId: string
  subscriptionId: string
  ownerId: string
  /** Its subscription takes deliveries. */
  enabled: boolean
  url: string
  /** The current secret first, then the one it replaced while that is valid. */
  sealedSecrets: string[]
  /** Exactly what is sent and signed. */
  body: string
}

/** One attempt, as the subscription's owner may look it up. */
export interface WebhookAttempt {
  /** The receiver's; absent when it gave none. */
  responseStatus?: number
  latencyMs: number
}

export interface Claim<J> {
  jobs: J[]
  /** How long a lease lasts without a heartbeat, in milliseconds. */
  leaseMs: number
  /** When nothing is ready: how soon the next delayed job is, in milliseconds. */
  nextDueMs: number | null
}

/** A text answer as it grows: what is new of it, and what another step would go on from. */
export interface TextProgress {
  checkpoint: SavedText
  /** The text from `offset` on, in UTF-16 code units; what stands before it was taken by the database already. */
  delta: { offset: number; text: string }
}

export interface SubmissionOutput {
  contentText?: string
  /** Where the result is kept. */
  mediaUrl?: string
  mimeType?: string
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
/** A look at the crowd's votes. battleId: whose voting has ended; null: the hourly one. */
export interface VoteScanJob extends LeasedJob {
  battleId: string | null
}

export interface Store {
  claimBattleJobs(driver: string, most: number): Stored<Claim<BattleJob>>
  claimAsyncExecutions(driver: string, most: number): Stored<Claim<AsyncJob>>
  claimBattleJudgings(driver: string, most: number): Stored<Claim<JudgingJob>>
  /** Ids of the lease's jobs that are still this driver's. */
  heartbeat(leaseToken: number): Stored<number[]>
  /** False: the lease was lost, nothing changed. */
  completeBattleJob(jobId: number, leaseToken: number, output: SubmissionOutput): Stored<boolean>
  /** Shows an answer in progress and keeps its checkpoint. False: the lease was lost, nothing changed. */
  showProgress(jobId: number, leaseToken: number, progress: TextProgress): Stored<boolean>
  /** The same, and hands the job to the next driver. False: the lease was lost, nothing changed. */
  checkpointBattleJob(jobId: number, leaseToken: number, progress: TextProgress): Stored<boolean>
  /** The provider has the task: the job waits without a lease. False: the lease was lost, nothing changed. */
  parkBattleJob(
    jobId: number,
    leaseToken: number,
    task: ProviderTask & { pollAfterMs: number },
    outputModality: SubmissionOutput['outputModality'],
  ): Stored<boolean>
  /** The task still runs. False: the lease was lost, nothing changed. */
  reparkBattleJob(jobId: number, leaseToken: number, pollAfterMs: number, progress?: number): Stored<boolean>
  /** The provider has been told. False: the lease was lost, nothing changed. */
  completeTaskCancel(jobId: number, leaseToken: number): Stored<boolean>
  /** Keeps every driver from this key for a while. */
  reportRateLimit(limitKey: string, retryAfterMs: number): Stored<void>
  requeueBattleJob(jobId: number, leaseToken: number, backoffMs: number, error: StepError): Stored<FailureRecord>
  deadLetterBattleJob(jobId: number, leaseToken: number, error: StepError): Stored<FailureRecord>
  recordVerdict(jobId: number, leaseToken: number, verdict: VerdictRecord): Stored<'recorded' | 'already_recorded' | 'lost'>
  /** False: the lease was lost, nothing changed. */
  completeBattleJudging(jobId: number, leaseToken: number): Stored<boolean>
  finalizeBattle(battleId: string): Stored<string>
  claimWebhookDeliveries(driver: string, most: number): Stored<Claim<WebhookDelivery>>
  /** False: the lease was lost, nothing changed. */
  completeWebhookDelivery(jobId: number, leaseToken: number, attempt: WebhookAttempt): Stored<boolean>
  /** backoffMs null: it is not tried again. */
  failWebhookDelivery(
    jobId: number,
    leaseToken: number,
    backoffMs: number | null,
    error: StepError,
    attempt: WebhookAttempt,
  ): Stored<FailureRecord>
  claimVoteScans(driver: string, most: number): Stored<Claim<VoteScanJob>>
  /** The crowd's votes of the last 90 days, oldest first. */
  votesToScan(): Stored<ScannedVote[]>
  /** How many votes were held; null: the lease was lost, nothing changed. */
  recordVoteScan(jobId: number, leaseToken: number, findings: VoteFinding[]): Stored<number | null>
  /** Posts the next invocation of the kind's function when jobs are ready. True: one was posted. */
  wake(kind: string): Stored<boolean>
  /** The guarantee, run by the worker where no cron is: moves due jobs, takes back lost ones. */
  sweep(): Stored<void>
}
