import type { StepError } from '../errors.ts'
import type { Result } from '../result.ts'
import type { ScannedVote, VoteFinding } from '../votes/scan.ts'
import type {
  AnalysisJob,
  AsyncJob,
  BattleJob,
  Claim,
  JudgingJob,
  RubricCriterion,
  SavedText,
  VoteScanJob,
  WebhookAttempt,
  WebhookDelivery,
  WorkflowContenderJob,
} from './jobs.ts'
import type { ProviderTask } from './providers.ts'
import type { WorkflowStore } from './workflow-store.ts'

/** What is said in a recording, what it cost to write down, and who paid. */
export interface HeardRecording {
  text: string
  costUsd: number
  /** False: the owner's own key did. */
  onPlatform: boolean
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

export interface CallRecord {
  systemPrompt: string
  prompt: string
  rawText: string
  parameters: Record<string, unknown>
  inputTokens?: number
  outputTokens?: number
  costUsd?: number
  latencyMs: number
}

export interface VerdictRecord extends CallRecord {
  /** `all`, `A-B` or `criterion:<n>`. */
  part: string
  /** What its scores count for beside those of other parts. */
  weight: number
  presentation: 0 | 1
  /** Contender slots in the order the judge saw them. */
  slotOrder: string
  outcome: 'winner' | 'tie' | 'both_bad' | 'abstain'
  winnerContenderId?: string
  reasoning: string
  scores: { contenderId: string; score: number; place: number }[]
}

/** What a failed attempt became. `lost`: the lease was no longer held, and nothing changed. */
export type FailureRecord = 'requeued' | 'dead_lettered' | 'lost'

type Stored<T> = Promise<Result<T, StepError>>

/** The database, one method an RPC. Never throws: a failed call is a coded error. */
export interface Store extends WorkflowStore {
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
  claimWorkflowContenders(driver: string, most: number): Stored<Claim<WorkflowContenderJob>>
  /** The run that answers begins, and the job waits for its end. False: the lease was lost, nothing changed. */
  beginContenderRun(jobId: number, leaseToken: number, inputs: Record<string, unknown>): Stored<boolean>
  /** The run goes on: the job waits for it. False: the lease was lost, nothing changed. */
  awaitContenderRun(jobId: number, leaseToken: number): Stored<boolean>
  /** The run of an errand has ended. False: the lease was lost, nothing changed. */
  cancelContenderRun(jobId: number, leaseToken: number): Stored<boolean>
  /** Keeps every driver from this key for a while. */
  reportRateLimit(limitKey: string, retryAfterMs: number): Stored<void>
  requeueBattleJob(jobId: number, leaseToken: number, backoffMs: number, error: StepError): Stored<FailureRecord>
  deadLetterBattleJob(jobId: number, leaseToken: number, error: StepError): Stored<FailureRecord>
  recordVerdict(jobId: number, leaseToken: number, verdict: VerdictRecord): Stored<'recorded' | 'already_recorded' | 'lost'>
  /** Keeps a rubric a judge wrote. What the battle has now, which may be another's; null: the lease was lost. */
  recordRubric(jobId: number, leaseToken: number, rubric: RubricCriterion[], made: CallRecord): Stored<RubricCriterion[] | null>
  /** Keeps what is said in an answer, and counts what the writing down cost. False: the lease was lost, nothing changed. */
  recordTranscript(jobId: number, leaseToken: number, contenderId: string, heard: HeardRecording): Stored<boolean>
  /** Hands a judging or an analysis to the next driver, with no attempt counted. False: the lease was lost. */
  yieldJob(jobId: number, leaseToken: number): Stored<boolean>
  claimBattleAnalyses(driver: string, most: number): Stored<Claim<AnalysisJob>>
  recordAnalysisCall(
    jobId: number,
    leaseToken: number,
    call: CallRecord & { stage: string },
  ): Stored<'recorded' | 'already_recorded' | 'lost'>
  /** False: the lease was lost, nothing changed. */
  completeBattleAnalysis(jobId: number, leaseToken: number, result: Record<string, unknown>): Stored<boolean>
  /** Gives the analyses that are due their jobs; how many. */
  startAnalyses(): Stored<number>
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
}
