import type { StoredFile, ToolBounds, WorkflowFiles } from '@agon/runner-core'
import { type StepError, stepError } from '@agon/runner-core/errors'
import { fail, ok, type Result } from '@agon/runner-core/result'
import { StorageClient } from '@supabase/storage-js'
import { keptType } from './kept-type.ts'

export const filesBucket = 'workflow-files'

/** The most one file may weigh: as the bucket says, too. */
export const mostFileBytes = 20 * 1024 * 1024

/** How long a link opens its file: the longest of an envelope's lives that anybody waits for. */
const linkSeconds = 7 * 24 * 3600

export interface FilesOptions {
  /** The project's URL. */
  url: string
  /** A secret key of the project. */
  secretKey: string
  fetch?: typeof fetch
}

/** Keeps files of workflow runs in the private bucket `workflow-files`. Who has a link has the file, for a week; nobody else has it. */
export function createWorkflowFiles({ url, secretKey, fetch: send = fetch }: FilesOptions): WorkflowFiles {
  const project = `${url.replace(/\/$/, '')}/storage/v1`
  const bucketWithin = (signal: AbortSignal) =>
    new StorageClient(
      project,
      { apikey: secretKey, authorization: `Bearer ${secretKey}` },
      (input: RequestInfo | URL, init?: RequestInit) => send(input, { ...init, signal }),
    ).from(filesBucket)
  type Bucket = ReturnType<typeof bucketWithin>

  async function within<T>(
    { signal, timeoutMs }: ToolBounds,
    act: (bucket: Bucket) => Promise<Result<T, StepError>>,
  ): Promise<Result<T, StepError>> {
    if (timeoutMs <= 0) return fail(stepError('storage_unavailable', 'There is no time left for Storage.'))
    const result = await act(
      bucketWithin(AbortSignal.any([signal, AbortSignal.timeout(Math.min(Math.ceil(timeoutMs), 2 ** 31 - 1))])),
    ).catch((error: unknown) =>
      fail(stepError('storage_unavailable', `Storage: ${error instanceof Error ? error.message : String(error)}`)),
    )
    return !result.ok && signal.aborted
      ? fail(stepError('lease_lost', 'The file was abandoned: the driver no longer owns the job.'))
      : result
  }

  async function linked(bucket: Bucket, path: string, mimeType: string, bytes: number): Promise<Result<StoredFile, StepError>> {
    const { data, error } = await bucket.createSignedUrl(path, linkSeconds)
    if (error) return fail(fromStorage(error))
    return ok({ path, url: data.signedUrl, mimeType, bytes })
  }

  return {
    upload: ({ path, bytes, mimeType, overwrite = true }, bounds) =>
      within(bounds, async (bucket) => {
        if (bytes.byteLength > mostFileBytes)
          return fail(stepError('file_refused', `The file weighs ${bytes.byteLength} bytes; ${mostFileBytes} are the most.`))
        const type = await keptType(bytes, mimeType)
        if ('refused' in type) return fail(stepError('file_refused', `The file is not kept: ${type.refused}.`))
        const { error } = await bucket.upload(path, bytes as Uint8Array<ArrayBuffer>, { contentType: type.mimeType, upsert: overwrite })
        if (error && (error as { status?: number; statusCode?: string }).statusCode === '409')
          return fail(stepError('file_refused', 'There is a file of this key already, and overwrite is false.'))
        if (error) return fail(fromStorage(error))
        return linked(bucket, path, type.mimeType, bytes.byteLength)
      }),

    download: (path, { maxBytes, ...bounds }) =>
      within(bounds, async (bucket) => {
        const { data, error } = await bucket.info(path)
        if (error) return fail(fromStorage(error))
        const size = data.size ?? Number((data.metadata as { size?: number } | undefined)?.size ?? 0)
        if (size > maxBytes)
          return fail(stepError('file_refused', `The file weighs ${size} bytes; ${maxBytes} are the most here. Set encoding to url.`))
        const file = await bucket.download(path)
        if (file.error) return fail(fromStorage(file.error))
        const content = new Uint8Array(await file.data.arrayBuffer())
        const stored = await linked(bucket, path, data.contentType ?? file.data.type, content.byteLength)
        return stored.ok ? ok({ ...stored.value, content }) : stored
      }),
  }
}

/** Storage answers 400 with a code of its own inside, for what is elsewhere a 404. */
function fromStorage(error: { message: string; status?: number | undefined; statusCode?: string | undefined }): StepError {
  const { message } = error
  const status = Number(error.statusCode) || error.status
  if (status === 404 || /not.?found/i.test(message)) return stepError('file_not_found', 'There is no file of this key.')
  if (status === 413) return stepError('file_refused', `Storage takes no file of this size: ${message}`)
  const transient = status === undefined || status === 429 || status >= 500
  return stepError(
    transient ? 'storage_unavailable' : 'storage_refused',
    `Storage: ${message}${status === undefined ? '' : ` (${status})`}`,
  )
}
