import type { StepError } from '../errors.ts'
import type { Result } from '../result.ts'

/** What bounds one use of the outside. */
export interface ToolBounds {
  /** Aborted when the lease is lost, the run cancelled or the driver stopped. */
  signal: AbortSignal
  timeoutMs: number
}

/** A mail server a user named, with what opens it. */
export interface MailServer {
  host: string
  port: number
  user?: string
  password?: string
}

export interface MailMessage {
  from: { name?: string; address: string }
  to: string[]
  cc: string[]
  bcc: string[]
  replyTo?: string
  subject: string
  text?: string
  html?: string
  /** The same for every attempt, so that a mailbox can tell a repetition. */
  id: string
}

/** Sends mail over TLS. Never throws. */
export interface Mail {
  send(
    server: MailServer,
    message: MailMessage,
    bounds: ToolBounds,
  ): Promise<Result<{ messageId: string; accepted: string[]; refused: string[] }, StepError>>
}

export interface StoredFile {
  path: string
  /** Signed: opens the file for who has it, until it expires. */
  url: string
  mimeType: string
  bytes: number
}

/** The files of workflow runs, in a private bucket. Never throws. */
export interface WorkflowFiles {
  /** What the bytes are decides the type; one that is claimed and does not fit is refused. The same path again overwrites, unless told not to. */
  upload(
    file: { path: string; bytes: Uint8Array; mimeType?: string; overwrite?: boolean },
    bounds: ToolBounds,
  ): Promise<Result<StoredFile, StepError>>
  download(path: string, bounds: ToolBounds & { maxBytes: number }): Promise<Result<StoredFile & { content: Uint8Array }, StepError>>
}

export interface PrintedDocument {
  title: string
  markdown: string
  /** Listed at the end. */
  sources: { title: string; url: string }[]
  /** What becomes of a character no font here has: the document is refused, or a box stands in its place. */
  unsupported: 'fail' | 'replace'
}

/** Prints documents. Never throws. */
export interface Documents {
  pdf(document: PrintedDocument, bounds: ToolBounds): Promise<Result<{ bytes: Uint8Array; pages: number; replaced: string[] }, StepError>>
}

export interface RpcCall {
  ownerId: string
  /** As `schema.function`. */
  name: string
  params: Record<string, unknown>
}

/** Calls functions of the database that an operator allowed, as the owner of the run. Never throws. */
export interface CallableRpcs {
  call(rpc: RpcCall, bounds: ToolBounds): Promise<Result<{ rows: unknown[]; truncated: boolean }, StepError>>
}

/** The headers that sign a message as Standard Webhooks says. */
export type SignMessage = (message: { id: string; body: string; secret: string }) => Result<Record<string, string>, StepError>
