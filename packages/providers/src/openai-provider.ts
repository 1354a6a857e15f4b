import { findModel, type Provider } from '@agon/runner-core'
import type { OpenAI } from 'openai'
import type { ConfiguredProvider } from './configuration.ts'
import { chatCompletions } from './openai-chat.ts'
import { loadOpenai } from './openai-client.ts'
import { openaiMedia } from './openai-media.ts'
import { noResponses } from './openai-response-stream.ts'
import { backgroundResponses } from './openai-responses.ts'
import { openaiTranscription } from './openai-transcription.ts'
import { sdkCalls } from './sdk-calls.ts'

/** OpenAI, and every server that speaks its chat completions; the rest of its API is asked of OpenAI alone, and of the stand-ins for it. */
export function openaiProvider(provider: ConfiguredProvider): Provider {
  const calls = sdkCalls<OpenAI>(provider, loadOpenai)
  const chat = chatCompletions(provider, calls)
  // A stand-in for media is asked as OpenAI is; who else has its images, speech and videos nobody knows.
  if (provider.id === 'sparring') return { ...chat, ...openaiMedia(provider, calls) }
  // A page cannot wait for what OpenAI would keep: what it asks for is streamed to it, or asked for anew.
  if (provider.id !== 'openai' || provider.browser) return chat

  const responses = backgroundResponses(provider, calls)
  const media = openaiMedia(provider, calls)
  let hasResponses = true
  return {
    generateText: chat.generateText,
    async streamText(request, call) {
      if (hasResponses && keepsAnswers(request.wireModel)) {
        const outcome = await responses.streamText(request, call)
        hasResponses = outcome.ok || outcome.error !== noResponses
        if (hasResponses) return outcome
      }
      return chat.streamText(request, call)
    },
    startText: responses.startText,
    generateMedia: media.generateMedia,
    pollTask: (task, call) => (task.kind === 'text' ? responses.pollTask(task, call) : media.pollTask(task, call)),
    transcribe: openaiTranscription(provider, calls),
    cancelTask: (task, call) => (task.kind === 'text' ? responses.cancelTask(task, call) : media.cancelTask(task, call)),
  }
}

const keepsAnswers = (wireModel: string): boolean => {
  const model = findModel(`openai:${wireModel}`)
  return model.ok && model.value.background
}
