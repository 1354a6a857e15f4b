import { fail, ok, type Provider, type TaskState } from '@agon/runner-core'
import type { OpenAI } from 'openai'
import type { ConfiguredProvider } from './configuration.ts'
import { completionFrom, firstPollMs, gone, isRunning, malformed, response, responseBody } from './openai-response.ts'
import { cursorSchema, streamedResponse } from './openai-response-stream.ts'
import { asTaskFailure, statusOf } from './provider-errors.ts'
import type { SdkCalls } from './sdk-calls.ts'

type TextTasks = Required<Pick<Provider, 'streamText' | 'startText' | 'pollTask' | 'cancelTask'>>

/** Text through the Responses API in background mode: OpenAI keeps the answer, and it can be streamed from any place, or polled. */
export const backgroundResponses = (provider: ConfiguredProvider, calls: SdkCalls<OpenAI>): TextTasks => ({
  streamText: (request, call) =>
    calls(call, async (session) => {
      const cursor = cursorSchema.safeParse(request.resume?.cursor)
      if (!request.resume || !cursor.success) return streamedResponse({ provider, request, call, session })
      const { cursor: _gone, ...resume } = request.resume
      const found = await streamedResponse({ provider, request, call, session }, cursor.data)
      // Where the provider has forgotten the answer, its text so far is here.
      return found === 'gone' ? streamedResponse({ provider, request: { ...request, resume }, call, session }) : found
    }),

  // The API takes no address for its webhooks with a request: they are a setting of the project.
  startText: ({ callbackUrl: _setting, ...request }, call) =>
    calls(call, async ({ client, making, answered }) => {
      const started = await answered(client.responses.create({ ...responseBody(provider, request), background: true }, making()))
      const parsed = response.safeParse(started)
      if (!parsed.success) return fail(malformed(provider))
      return ok({ taskId: parsed.data.id, pollAfterMs: firstPollMs })
    }),

  pollTask: (task, call) =>
    calls<TaskState>(call, async ({ client, options, answered }) => {
      let kept: unknown
      try {
        kept = await answered(client.responses.retrieve(task.taskId, {}, options))
      } catch (thrown) {
        if (statusOf(thrown) === 404) return fail(gone(provider, task.taskId))
        throw thrown
      }
      const parsed = response.safeParse(kept)
      if (!parsed.success) return fail(malformed(provider))
      if (isRunning(parsed.data)) return ok({ kind: 'running' })
      const completion = completionFrom(parsed.data, provider, task.wireModel)
      return completion.ok ? ok({ kind: 'text_done', completion: completion.value }) : fail(asTaskFailure(completion.error))
    }),

  cancelTask: (task, call) =>
    calls(call, async ({ client, options, answered }) => {
      try {
        await answered(client.responses.cancel(task.taskId, options))
      } catch (thrown) {
        // It is gone (404), or over (400, 409).
        if (![400, 404, 409].includes(statusOf(thrown) ?? 0)) throw thrown
      }
      return ok(undefined)
    }),
})
