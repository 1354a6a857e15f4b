import type { StepError } from '../errors.ts'
import type {
  CallableRpcs,
  Claim,
  Clock,
  Documents,
  Mail,
  MediaStore,
  Moderation,
  Outbound,
  Providers,
  ProviderTask,
  Random,
  Sandbox,
  SealedKey,
  Search,
  SignMessage,
  SignWebhook,
  Store,
  TextProgress,
  WorkflowFiles,
} from '../ports/index.ts'
import type { Result } from '../result.ts'
import type { DispatchedJob } from './dispatcher.ts'

/** How an act ends: in one of these four ways, and no other. */
export type StepOutcome<T> =
  | { kind: 'completed'; value: T }
  /** The provider keeps a task: a new one, or (without `task`) still the one it was asked for. */
  | { kind: 'pending'; task?: ProviderTask; pollAfterMs: number; progress?: number }
  /** The chunk's budget ended before the answer did. */
  | { kind: 'partial'; progress: TextProgress }
  | { kind: 'failed'; error: StepError }

export const completed = <T>(value: T): StepOutcome<T> => ({ kind: 'completed', value })
export const failed = (error: StepError): StepOutcome<never> => ({ kind: 'failed', error })

/** One line of the structured log. Never carries a prompt, an answer or a key. */
export interface LogEntry {
  level: 'info' | 'warn' | 'error'
  event: string
  [detail: string]: unknown
}

/** What every step works with. */
export interface StepWorld {
  store: Store
  providers: Providers
  /** Opens a user's key for one call. Undefined: this driver was given no master key. */
  openKey?: (key: SealedKey) => Promise<Result<string, StepError>>
  /** Where results are copied to; a driver of text alone has none. */
  media?: MediaStore
  /** Where providers may post that a task is done; a provider's id is appended. Undefined: they are only polled. */
  callbackUrl?: string
  /** The driver's time is cut into slices: a long answer is better kept by its provider. */
  sliced?: boolean
  /** Of drivers that deliver webhooks. */
  outbound?: Outbound
  signWebhook?: SignWebhook
  /** Of drivers that run workflow nodes. */
  moderation?: Moderation
  search?: Search
  sandbox?: Sandbox
  mail?: Mail
  files?: WorkflowFiles
  documents?: Documents
  rpcs?: CallableRpcs
  signMessage?: SignMessage
  /** The token of an approval or an external wait: the same whenever it is asked for, so that the API can show it and the database keeps its hash alone. */
  waitToken?: (of: { runId: string; nodeId: string; jobId: number }) => Promise<{ token: string; sha256: string }>
  clock: Clock
  random: Random
  log: (entry: LogEntry) => void
}

/** What a driver has to know of a step that ended. */
export interface StepReport {
  /** The job goes on, or others of its line may, after this many milliseconds: a driver with time left stays for it. */
  dueInMs?: number
  /** The job that became ready by this one's end, claimed as it ended: it takes over the slot. */
  next?: Claim<DispatchedJob>
}

/** What bounds one act. */
export interface ActBounds {
  /** The longest a provider call may take, in milliseconds. */
  timeoutMs: number
  /** Aborted when the lease is lost, the battle cancelled or the driver told to stop now. */
  signal: AbortSignal
  /** The driver goes on, as `driver`, with the job that this one's end makes ready, while it wants to: asked as the step ends. */
  successor?: { driver: string; wanted(): boolean }
}
