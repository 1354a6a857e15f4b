import {
  fail,
  type MediaOutcome,
  type MediaResult,
  ok,
  type Provider,
  type Result,
  type StepError,
  stepError,
  type TaskState,
} from '@agon/runner-core'
import type { OpenAI } from 'openai'
import { z } from 'zod'
import { bytesOf } from './bytes-of.ts'
import type { ConfiguredProvider } from './configuration.ts'
import { asTaskFailure, errorDetail, fromStream, statusOf } from './provider-errors.ts'
import type { SdkCalls } from './sdk-calls.ts'

const firstPollMs = 10_000

/** The voice of every speech that names none, so that contenders differ by model alone. */
const usualVoice = 'alloy'

type Media = Required<Pick<Provider, 'generateMedia' | 'pollTask' | 'cancelTask'>>

/** Images and speech, which OpenAI makes while it is waited for, and videos, which it makes as tasks. */
export const openaiMedia = (provider: ConfiguredProvider, calls: SdkCalls<OpenAI>): Media => ({
  generateMedia: ({ kind, wireModel, prompt, from, voice = usualVoice }, call) =>
    calls<MediaOutcome>(call, async ({ client, making, answered }) => {
      if (from) return fail(stepError('adapter_missing', `Agon asks ${provider.id} for no image made from another.`))
      if (kind === 'image') {
        // The GPT image models answer with bytes and refuse to be told so; the ones before them answer with a URL unless they are.
        const asBytes = wireModel.startsWith('dall-e') ? { response_format: 'b64_json' as const } : {}
        const made = await answered(client.images.generate({ model: wireModel, prompt, n: 1, ...asBytes }, making()))
        const media = readImage(made, provider, wireModel)
        return media.ok ? ok({ kind: 'done', media: media.value }) : media
      }
      if (kind === 'audio') {
        const spoken = await answered(
          client.audio.speech.create({ model: wireModel, input: prompt, voice, response_format: 'mp3' }, making()),
        )
        const bytes = await bytesOf(spoken, provider.id)
        return bytes.ok ? ok({ kind: 'done', media: { source: { bytes: bytes.value }, mimeType: 'audio/mpeg', wireModel } }) : bytes
      }
      if (kind === 'video') {
        const started = video.safeParse(await answered(client.videos.create({ model: wireModel, prompt }, making())))
        if (!started.success) return fail(malformed(provider, 'video'))
        if (started.data.status === 'failed') return fail(failed(started.data, provider))
        return ok({ kind: 'pending', task: { taskId: started.data.id, pollAfterMs: firstPollMs } })
      }
      return fail(stepError('adapter_missing', `${provider.id} makes no ${kind}.`))
    }),

  pollTask: ({ taskId, wireModel, kind }, call) =>
    calls<TaskState>(call, async ({ client, options, answered }) => {
      if (kind !== 'video') return fail(stepError('provider_task_gone', `${provider.id} keeps no tasks that make ${kind}.`))
      try {
        const kept = video.safeParse(await answered(client.videos.retrieve(taskId, options)))
        if (!kept.success) return fail(malformed(provider, 'video'))
        const { status, progress, model = wireModel } = kept.data
        if (status === 'failed') return fail(failed(kept.data, provider))
        if (status !== 'completed') return ok({ kind: 'running', ...(typeof progress === 'number' && { progress: progress / 100 }) })
        const content = await answered(client.videos.downloadContent(taskId, {}, options))
        const bytes = await bytesOf(content, provider.id)
        if (!bytes.ok) return bytes
        const mimeType = content.headers.get('content-type')?.split(';', 1)[0]?.trim() || 'video/mp4'
        return ok({ kind: 'done', media: { source: { bytes: bytes.value }, mimeType, wireModel: model } })
      } catch (thrown) {
        if (statusOf(thrown) === 404) return fail(stepError('provider_task_gone', `${provider.id} no longer keeps ${taskId}.`))
        throw thrown
      }
    }),

  cancelTask: ({ taskId }, call) =>
    calls(call, async ({ client, options, answered }) => {
      try {
        // Nothing else stops a video.
        await answered(client.videos.delete(taskId, options))
      } catch (thrown) {
        if (statusOf(thrown) !== 404) throw thrown
      }
      return ok(undefined)
    }),
})

const video = z.object({
  id: z.string().min(1),
  status: z.string(),
  model: z.string().min(1).optional(),
  progress: z.number().nullish(),
  error: z.object({ code: z.string().nullish(), message: z.string().nullish() }).nullish(),
})

const failed = ({ error }: z.output<typeof video>, provider: ConfiguredProvider): StepError =>
  asTaskFailure(fromStream(errorDetail(error), provider))

const images = z.object({
  data: z.tuple([z.object({ b64_json: z.base64().nullish(), url: z.url().nullish() })], z.unknown()),
  output_format: z.string().nullish(),
  usage: z.object({ input_tokens: z.number().optional(), output_tokens: z.number().optional() }).nullish(),
})

function readImage(made: unknown, provider: ConfiguredProvider, wireModel: string): Result<MediaResult, StepError> {
  const parsed = images.safeParse(made)
  if (!parsed.success) return fail(malformed(provider, 'image'))
  const { data, output_format, usage } = parsed.data
  const { b64_json, url } = data[0]
  const source = b64_json ? { bytes: Uint8Array.from(atob(b64_json), (character) => character.charCodeAt(0)) } : url ? { url } : undefined
  if (!source) return fail(malformed(provider, 'image'))
  return ok({
    source,
    mimeType: `image/${output_format ?? 'png'}`,
    wireModel,
    ...(usage?.input_tokens !== undefined && { inputTokens: usage.input_tokens }),
    ...(usage?.output_tokens !== undefined && { outputTokens: usage.output_tokens }),
  })
}

const malformed = ({ id }: ConfiguredProvider, what: string): StepError =>
  stepError('provider_malformed', `${id} answered with something that is no ${what}.`)
