import type { MediaStore } from '@agon/runner-core'
import { type StepError, stepError } from '@agon/runner-core/errors'
import { fail, ok, type Result } from '@agon/runner-core/result'
import { StorageClient } from '@supabase/storage-js'
import { headBytes, type Media, mostBytes, typeOf } from './media-rules.ts'
import { openSource } from './media-source.ts'

export const mediaBucket = 'battle-media'

/** What is shorter is sent whole, with its length; what is longer as a stream, so that a driver holds no video in memory. */
const wholeBytes = 4 * 1024 * 1024

export interface MediaStoreOptions {
  /** The project's URL. */
  url: string
  /** A secret key of the project. */
  secretKey: string
  /** Origins of configured providers that are not public: their results may be fetched from there. */
  localOrigins?: readonly string[]
  fetch?: typeof fetch
}

/** Keeps results in the bucket `battle-media`, under names nobody can guess who was not given them. */
export function createMediaStore({ url, secretKey, localOrigins = [], fetch: send = fetch }: MediaStoreOptions): MediaStore {
  const project = url.replace(/\/$/, '')
  const isOwn = (address: string) => address.startsWith(`${project}/storage/v1/object/public/`)
  return {
    isOwn,
    async copy(media, { path, kind }, bounds) {
      const signal = AbortSignal.any([bounds.signal, AbortSignal.timeout(Math.ceil(bounds.timeoutMs))])
      const origins = 'url' in media.source && isOwn(media.source.url) ? [...localOrigins, new URL(project).origin] : localOrigins
      const source = await openSource(media.source, { localOrigins: origins, send }, signal)
      if (!source.ok) return abandoned(bounds.signal) ?? source
      const body = await read(source.value, kind)
      if (!body.ok) return abandoned(bounds.signal) ?? body
      const { head, content, sent } = body.value
      const type = await typeOf(head, kind)
      if ('instead' in type) {
        if (content instanceof ReadableStream) await content.cancel().catch(() => {})
        return fail(stepError('media_refused', `What was made as ${kind} is ${type.instead} by its bytes.`))
      }
      const name = `${path}-${await unguessable(secretKey, path)}.${type.extension}`
      const storage = new StorageClient(
        `${project}/storage/v1`,
        { apikey: secretKey, authorization: `Bearer ${secretKey}` },
        (input: RequestInfo | URL, init?: RequestInit) => send(input, { ...init, signal }),
      )
      const bucket = storage.from(mediaBucket)
      const { error } = await bucket.upload(name, content, { contentType: type.mimeType, upsert: true })
      if (error) return abandoned(bounds.signal) ?? fail(sent.failed ?? fromStorage(error))
      return ok({ url: bucket.getPublicUrl(name).data.publicUrl, path: name, mimeType: type.mimeType, bytes: sent.bytes })
    },
  }
}

const abandoned = (signal: AbortSignal): Result<never, StepError> | undefined =>
  signal.aborted ? fail(stepError('lease_lost', 'The driver no longer owns the job: nothing was kept.')) : undefined

/** The same name for the same path, whoever copies; not to be guessed from the ids, which are public before the answer is. */
async function unguessable(secretKey: string, path: string): Promise<string> {
  const bytes = new TextEncoder()
  const key = await crypto.subtle.importKey('raw', bytes.encode(secretKey), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const digest = new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes.encode(`agon-media:${path}`)))
  return [...digest.slice(0, 12)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

interface Body {
  head: Uint8Array
  content: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>
  sent: { bytes: number; failed?: StepError }
}

/** Reads as much as is sent whole, and leaves the rest to be read while it is sent. Either way no more than the kind may weigh. */
async function read(source: ReadableStream<Uint8Array>, kind: Media): Promise<Result<Body, StepError>> {
  const reader = source.getReader()
  const sent: Body['sent'] = { bytes: 0 }
  const most = mostBytes[kind]
  const tooLarge = stepError('media_refused', `What was made weighs more than the ${most / 1024 / 1024} MiB that ${kind} may.`)
  const next = async (): Promise<Uint8Array | undefined> => {
    let chunk: Awaited<ReturnType<typeof reader.read>>
    try {
      chunk = await reader.read()
    } catch (error) {
      sent.failed = stepError('media_unavailable', `What was made broke off after ${sent.bytes} bytes.`)
      throw error
    }
    if (chunk.done) return undefined
    sent.bytes += chunk.value.byteLength
    if (sent.bytes <= most) return chunk.value
    sent.failed = tooLarge
    await reader.cancel().catch(() => {})
    throw new Error(tooLarge.message)
  }

  const begun: Uint8Array[] = []
  try {
    for (;;) {
      const chunk = await next()
      if (chunk) begun.push(chunk)
      if (!chunk || sent.bytes >= wholeBytes) {
        const bytes = joined(begun, sent.bytes)
        if (bytes.byteLength === 0) return fail(stepError('media_unavailable', 'What was made is empty.'))
        const head = bytes.subarray(0, headBytes)
        if (!chunk) return ok({ head, content: bytes, sent })
        const rest = new ReadableStream<Uint8Array>({
          start: (controller) => controller.enqueue(bytes),
          pull: async (controller) => {
            const more = await next()
            if (more) controller.enqueue(more)
            else controller.close()
          },
          cancel: (reason) => reader.cancel(reason),
        })
        return ok({ head, content: rest, sent })
      }
    }
  } catch (error) {
    return fail(sent.failed ?? stepError('media_unavailable', `What was made could not be read (${String(error)}).`))
  }
}

function joined(chunks: Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.byteLength
  }
  return bytes
}

function fromStorage(error: { message: string; status?: number | undefined }): StepError {
  const { message, status } = error
  if (status === 413) return stepError('media_refused', `Storage takes no file of this size: ${message}`)
  const transient = status === undefined || status === 429 || status >= 500
  return stepError(
    transient ? 'storage_unavailable' : 'storage_refused',
    `Storage: ${message}${status === undefined ? '' : ` (${status})`}`,
  )
}
