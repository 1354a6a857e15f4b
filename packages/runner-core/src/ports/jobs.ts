import type { StepError } from '../errors.ts'
import type { JudgeMode } from '../judge/plan.ts'
import type { Handicap } from '../models/handicap.ts'
import type { TextCheckpoint } from './providers.ts'

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

/** A job as whoever holds it has to know it. */
export interface Lease {
  leaseToken: number
  jobId: number
  /** Handler outcomes before this one. */
  attempts: number
  maxAttempts: number
  reclaims: number
  /** Its lane may be limited: when it ends, the next of the lane may run. */
  inLane: boolean
}

export interface LeasedJob extends Lease, PaidJob {}

/** A job that calls a provider. */
export interface CallingJob extends LeasedJob {
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

/** A contender that the execution bridge answers for. */
export interface DelegatedJob extends TaskJob {
  systemPrompt: string | null
  temperature: number | null
  /** What ends first is the contender's time budget, and not what the bridge may take. */
  byTimeBudget: boolean
}

export type BridgeJob = DelegatedJob | CancelJob

export interface Answer {
  contenderId: string
  slot: string
  /** Null where the answer is no text. */
  contentText: string | null
  modality: 'text' | 'image' | 'audio' | 'video'
  contentUrl: string | null
  mimeType: string | null
  /** What is said in a recording, once it was written down. */
  transcript: string | null
  /** Pictures out of a film, in the order of their places; null where they could not be taken. */
  keyframes: StoredFrame[] | null
}

/** A picture out of a film, where it is kept. */
export interface StoredFrame {
  url: string
  /** Its place in the film. */
  atMs: number
}

export interface RubricCriterion {
  title: string
  description?: string
  weight?: number
}

export interface JudgingJob extends CallingJob {
  battleId: string
  judgeId: string
  seat: number
  judgeModelKey: string
  mode: JudgeMode
  taskPrompt: string
  inputs: Record<string, unknown> | null
  rubric: RubricCriterion[] | null
  /** The battle asked for a rubric, and has none yet: this judge writes it. */
  generateRubric: boolean
  referenceAnswer: string | null
  answers: Answer[]
  /** Calls already paid for. */
  recorded: { part: string; presentation: number }[]
  /** Attempts that ended in a verdict nobody can read. */
  unreadableVerdicts: number
  /** An analysis falls due when the battle closes. */
  autoAnalyse: boolean
}

export interface AnalysisJob extends CallingJob {
  battleId: string
  analysisId: string
  kind: 'digest_judge' | 'cross_examination'
  modelKey: string
  taskPrompt: string
  inputs: Record<string, unknown> | null
  rubric: RubricCriterion[] | null
  referenceAnswer: string | null
  answers: Answer[]
  outcome: string
  winnerSlot: string | null
  /** What the judges said, the earliest first; not all of them where they are many. */
  verdicts: { slotOrder: string; outcome: string; winnerSlot: string | null; reasoning: string; scores: Record<string, number> }[]
  /** What each stage already paid for answered. */
  calls: Record<string, string>
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

/** The run that answers for a contender, as far as it has come. */
export interface ContenderRun {
  runId: string
  status: string
  output: {
    artifact_kind: 'text' | 'image' | 'audio' | 'video' | 'json'
    output: string
    media?: { url: string; mime?: string | undefined } | undefined
  } | null
  error: { code?: string | undefined; message?: string | undefined } | null
  durationMs: number | null
  costUsd: number | null
  inputTokens: number | null
  outputTokens: number | null
}

/** A contender that is a workflow; or an errand: a run that nobody waits for is to end. */
export type WorkflowContenderJob =
  | (Lease & {
      cancels: false
      battleId: string
      contenderId: string
      slot: string
      taskPrompt: string
      inputs: Record<string, unknown> | null
      /** What its models make: text, image, video or audio. */
      makes: string
      runInputs: Record<string, unknown>
      /** Inputs of the workflow that are the battle's task. */
      takes: string[]
      deadlineMs: number | null
      /** Null: it has not begun. */
      run: ContenderRun | null
    })
  | (Lease & { cancels: true; runId: string })

/** A look at the crowd's votes. battleId: whose voting has ended; null: the hourly one. */
/** A look at the crowd's votes. battleId: whose voting has ended; null: of all that is open. */
export interface VoteScanJob extends LeasedJob {
  battleId: string | null
}
