import { z } from 'zod'
import { type StepError, stepError } from '../../errors.ts'
import type { StoredFile } from '../../ports/index.ts'
import { fail, ok, type Result } from '../../result.ts'
import type { ArtifactKind, NodeOutputEnvelope } from '../envelope.ts'
import type { NodeContext, NodeRunner } from '../node-runner.ts'
import { configured, oneLine } from './configured.ts'
import { filePath } from './file-place.ts'
import { requestFollowing } from './follow-redirects.ts'
import { base64 } from './http.ts'
import { lacks } from './lacks.ts'
import { hostOf, refusal } from './received.ts'

/** What a driver holds in memory of one file. */
const mostBytes = 20 * 1024 * 1024
/** What of a file goes into an envelope, which holds it twice: as text and as data. */
const mostInlineBytes = 128 * 1024

const place = { key: oneLine(300).min(1), folder: z.enum(['run', 'owner']).default('run') }

const upload = z.object({
  ...place,
  content: z.unknown().optional(),
  encoding: z.enum(['auto', 'text', 'base64', 'url']).default('auto'),
  content_type: oneLine(100).optional(),
  overwrite: z.boolean().default(true),
})

const download = z.object({ ...place, encoding: z.enum(['url', 'text', 'json', 'base64']).default('url') })

/** object_storage_upload: keeps a text, bytes in base64, or what stands at a URL, in the private bucket of workflows. */
export const storageUploadRunner: NodeRunner = async (context) => {
  const { job, world, signal, timeoutMs } = context
  const { clock } = world
  if (!world.files) return lacks('keep files')
  const until = clock.now() + timeoutMs
  const config = configured(upload, context)
  if (!config.ok) return { kind: 'failed', error: config.error }
  const path = filePath(job, config.value.folder, config.value.key)
  if (!path.ok) return { kind: 'failed', error: path.error }
  const bytes = await contentOf(context, config.value)
  if (!bytes.ok) return { kind: 'failed', error: bytes.error }
  const stored = await world.files.upload(
    {
      path: path.value,
      bytes: bytes.value,
      overwrite: config.value.overwrite,
      ...(config.value.content_type && { mimeType: config.value.content_type }),
    },
    { signal, timeoutMs: until - clock.now() },
  )
  if (!stored.ok) return { kind: 'failed', error: stored.error }
  return { kind: 'completed', result: { envelope: fileEnvelope(stored.value), ports: ['output'] } }
}

/** object_storage_download: a link to a file of this run, or of its owner; or what stands in it. */
export const storageDownloadRunner: NodeRunner = async (context) => {
  const { job, world, signal, timeoutMs } = context
  if (!world.files) return lacks('keep files')
  const config = configured(download, context)
  if (!config.ok) return { kind: 'failed', error: config.error }
  const { folder, key, encoding } = config.value
  const path = filePath(job, folder, key)
  if (!path.ok) return { kind: 'failed', error: path.error }
  const maxBytes = encoding === 'url' ? mostBytes : mostInlineBytes
  const file = await world.files.download(path.value, { signal, timeoutMs, maxBytes })
  if (!file.ok) return { kind: 'failed', error: file.error }
  const { content, ...stored } = file.value
  const envelope = fileEnvelope(stored)
  if (encoding === 'url') return { kind: 'completed', result: { envelope, ports: ['output'] } }
  const text = encoding === 'base64' ? base64(content) : new TextDecoder().decode(content)
  const value = encoding === 'json' ? parsedJson(text) : ok(text)
  if (!value.ok) return { kind: 'failed', error: value.error }
  const data = { ...(envelope.data as object), content: value.value }
  return { kind: 'completed', result: { envelope: { ...envelope, output: text, data }, ports: ['output'] } }
}

const kindOf = (mimeType: string): ArtifactKind => {
  const [family] = mimeType.split('/')
  return family === 'image' || family === 'audio' || family === 'video' ? family : mimeType.startsWith('text/') ? 'text' : 'json'
}

/** A file as what a node made. */
export function fileEnvelope({ path, url, mimeType, bytes }: StoredFile): NodeOutputEnvelope {
  const artifact = kindOf(mimeType)
  return {
    kind: artifact,
    artifact_kind: artifact,
    output: url,
    data: { path, bytes, mime_type: mimeType },
    media: { url, mime: mimeType },
  }
}

/**
 * config.content, else what comes in as `file`, else as `input`. auto: an https address alone is fetched, and everything else is kept as
 * the text or the JSON it is.
 */
async function contentOf(context: NodeContext, { content, encoding }: z.output<typeof upload>): Promise<Result<Uint8Array, StepError>> {
  const { inputs } = context
  const given = content ?? inputs.file ?? inputs.input
  if (given === undefined || given === null)
    return fail(stepError('node_config', 'config.content: there is nothing to keep; set content, or wire an edge to file.'))
  const text = typeof given === 'string' ? given : JSON.stringify(given)
  if (encoding === 'url' || (encoding === 'auto' && /^https:\/\/\S+$/.test(text))) return fetched(context, text)
  const bytes = encoding === 'base64' ? fromBase64(text) : ok(new TextEncoder().encode(text))
  return bytes.ok && bytes.value.byteLength > mostBytes ? fail(tooLarge()) : bytes
}

async function fetched({ world, signal, timeoutMs }: NodeContext, url: string): Promise<Result<Uint8Array, StepError>> {
  const { outbound, clock } = world
  if (!outbound) return fail(stepError('capability_missing', 'This driver cannot call addresses.'))
  const answer = await requestFollowing({ url, method: 'GET' }, { outbound, clock }, { signal, timeoutMs, maxResponseBytes: mostBytes })
  if (!answer.ok) return answer
  const error = refusal(hostOf(url), answer.value)
  if (error) return fail(error)
  return answer.value.truncated ? fail(tooLarge()) : ok(answer.value.body)
}

function parsedJson(text: string): Result<unknown, StepError> {
  try {
    return ok(JSON.parse(text))
  } catch {
    return fail(stepError('file_refused', 'The file is not JSON, as config.encoding says it is.'))
  }
}

function fromBase64(text: string): Result<Uint8Array, StepError> {
  try {
    const plain = text.replace(/^data:[^,]{0,200};base64,/, '').replaceAll(/\s/g, '')
    return ok(Uint8Array.from(atob(plain.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0)))
  } catch {
    return fail(stepError('node_config', 'config.content: this is not base64, as encoding says it is.'))
  }
}

const tooLarge = () => stepError('file_refused', `The file weighs more than ${mostBytes / 1024 / 1024} MiB.`)
