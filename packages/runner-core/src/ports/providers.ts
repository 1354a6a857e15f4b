import type { StepError } from '../errors.ts'
import type { ModelKind } from '../models/models.ts'
import type { Result } from '../result.ts'

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
  /** Images to look at, for models with `vision`; they come after the prompt, in this order. */
  attachments?: Attachment[]
}

/** An image by its URL, which the provider fetches: https, or a data URL. */
export interface Attachment {
  url: string
  mimeType: string
  /** Written before it, so that the prompt can speak of it. */
  label?: string
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
  /** Where who answered says what it cost; else it is what the registry's prices come to. */
  costUsd?: number
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

export interface TranscriptionRequest {
  wireModel: string
  /** By its URL, which the adapter fetches within the call's bounds, or as bytes. */
  recording: ({ bytes: Uint8Array } | { url: string }) & { mimeType: string }
}

export interface Transcript {
  text: string
  wireModel: string
  inputTokens?: number
  outputTokens?: number
}

export interface MediaRequest {
  wireModel: string
  kind: 'image' | 'audio' | 'video' | 'music'
  prompt: string
  /** Where the provider may post a signed completion; undefined: it is only polled. */
  callbackUrl?: string
  /** The image to start from, for models that can: it is edited as the prompt says, or enlarged. The provider fetches it. */
  from?: { imageUrl: string; scale?: number }
  /** Who speaks, as the provider names its voices; undefined, or a provider that takes none: its usual one. */
  voice?: string
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
  /** Writes down what is said in a recording. */
  transcribe?(request: TranscriptionRequest, call: CallOptions): Promise<Result<Transcript, StepError>>
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
  /** Whether an address is one of ours, which may be fetched without asking where it leads. */
  isOwn(url: string): boolean
}
export interface StoredMedia {
  url: string
  path: string
  mimeType: string
  bytes: number
}
