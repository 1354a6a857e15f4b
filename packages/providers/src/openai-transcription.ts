import { fail, ok, type Provider, type Result, type StepError, stepError } from '@agon/runner-core'
import type { OpenAI } from 'openai'
import { z } from 'zod'
import { bytesOf } from './bytes-of.ts'
import type { ConfiguredProvider } from './configuration.ts'
import type { SdkCalls } from './sdk-calls.ts'

/** The server knows a format by the name of the file. */
const endings: Record<string, string> = {
  'audio/mpeg': 'mp3',
  'audio/mp3': 'mp3',
  'audio/wav': 'wav',
  'audio/x-wav': 'wav',
  'audio/ogg': 'ogg',
  'audio/webm': 'webm',
  'audio/mp4': 'm4a',
  'audio/flac': 'flac',
}

const transcription = z.object({
  text: z.string(),
  usage: z.object({ input_tokens: z.number().optional(), output_tokens: z.number().optional() }).nullish(),
})

/** What is said in a recording, through OpenAI's transcriptions. */
export const openaiTranscription =
  (provider: ConfiguredProvider, calls: SdkCalls<OpenAI>): NonNullable<Provider['transcribe']> =>
  ({ wireModel, recording }, call) =>
    calls(call, async ({ client, options, making, answered }) => {
      const { mimeType } = recording
      const ending = endings[mimeType]
      if (!ending) return fail(stepError('provider_rejected', `${provider.id} transcribes no ${mimeType}.`))
      const bytes = 'bytes' in recording ? ok(recording.bytes) : await download(recording.url, options.signal)
      if (!bytes.ok) return bytes
      const file = new File([new Uint8Array(bytes.value)], `recording.${ending}`, { type: mimeType })
      const said = transcription.safeParse(
        await answered(client.audio.transcriptions.create({ model: wireModel, file, response_format: 'json' }, making())),
      )
      if (!said.success) return fail(stepError('provider_malformed', `${provider.id} answered with something that is no transcription.`))
      const { text, usage } = said.data
      return ok({
        text,
        wireModel,
        ...(usage?.input_tokens === undefined ? {} : { inputTokens: usage.input_tokens }),
        ...(usage?.output_tokens === undefined ? {} : { outputTokens: usage.output_tokens }),
      })
    })

/** From the project's own bucket: the URL is what Agon wrote when it copied the recording there. */
async function download(url: string, signal: AbortSignal): Promise<Result<Uint8Array, StepError>> {
  const answer = await fetch(url, { signal, redirect: 'error' })
  return answer.ok
    ? bytesOf(answer, 'The bucket')
    : fail(stepError('provider_unavailable', `The bucket answered ${answer.status} for a recording.`))
}
