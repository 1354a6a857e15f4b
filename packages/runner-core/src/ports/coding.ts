import type { StepError } from '../errors.ts'
import type { Result } from '../result.ts'
import type { Claim, Lease } from './jobs.ts'
import type { SubmissionOutput } from './store.ts'

/** A contender whose command is to be run. */
export interface CodingJob extends Lease {
  battleId: string
  contenderId: string
  slot: string
  /** `command:<backend>`, or `command:<backend>/<model>`. */
  modelKey: string
  taskPrompt: string
  inputs: Record<string, unknown> | null
  /** Milliseconds left when it was claimed. */
  deadlineMs: number | null
  repository: { source: string; ref: string; commit?: string | undefined }
  checks: string[]
}

export interface CheckResult {
  name: string
  weight: number
  passed: boolean
  exit_code: number | null
  duration_ms: number
  /** The end of what it said. */
  output: string
}

/** How a command's work went, as it is kept with its answer. */
export interface Work {
  duration_ms: number
  exit_code: number | null
  tokens_per_second: number | null
  commit: string
  files: number
  diff_cut: boolean
  output_cut: boolean
  checks: CheckResult[]
}

export interface CodingOutput extends SubmissionOutput {
  diff: string
  work: Work
}

/** A coding battle as its manifest tells it. */
export interface CodingStanding {
  battleId: string
  title: string
  taskPrompt: string
  status: string
  scoringMode: string
  repository: Record<string, unknown>
  checks: string[]
  outcome: string | null
  winnerSlot: string | null
  createdAt: string
  finishedAt: string | null
  contenders: {
    contenderId: string
    slot: string
    identity: string
    modelKey: string
    simulated: boolean
    status: string
    error: { code: string; message: string } | null
    lane: string
    durationMs: number | null
    outputTokens: number | null
    tokensPerSecond: number | null
    checks: unknown[]
    checksShare: number | null
    judgeMean: number | null
    score: number | null
  }[]
}

type Stored<T> = Promise<Result<T, StepError>>

/** What of the database only those need who run commands, one method an RPC. */
export interface CodingStore {
  claim(driver: string, most: number): Stored<Claim<CodingJob>>
  /** The commit that every contender begins at; null: the lease was lost. */
  pinCommit(jobId: number, leaseToken: number, commit: string): Stored<string | null>
  /** False: the lease was lost or the battle cancelled, nothing changed. */
  complete(jobId: number, leaseToken: number, output: CodingOutput): Stored<boolean>
  standings(battleIds: readonly string[]): Stored<CodingStanding[]>
}
