import {
  fail,
  ok,
  type Provider,
  type Result,
  type StepError,
  stepError,
  type TaskState,
  type TextCompletion,
  type TextOutcome,
  type TextRequest,
  type TextStream,
} from '@agon/runner-core'
import type { OpenAI } from 'openai'
import { z } from 'zod'
import { completionOf } from './completion.ts'
import type { ConfiguredProvider } from './configuration.ts'
import { brokenOff, done } from './continued-stream.ts'
import { aborted, follow } from './follow.ts'
import { declined, temperatureOf } from './openai-rules.ts'
import { asTaskFailure, CodedFailure, errorDetail, fromStream, statusOf } from './provider-errors.ts'
import type { SdkCalls, SdkSession } from './sdk-calls.ts'
import { conversation, type Turn } from './seam.ts'
import { StreamedAnswer, type StreamRequest } from './streamed-answer.ts'

/** How long a pause waits for a new answer's id: without it, the answer would be paid for and never found again. */
const idGraceMs = 2_000

/** The API refuses a smaller bound. */
const leastOutputTokens = 16

const firstPollMs = 5_000

type TextTasks = Required<Pick<Provider, 'streamText' | 'startText' | 'pollTask' | 'cancelTask'>>

/** Text through the Responses API in background mode: OpenAI keeps the answer, and it can be streamed from any place, or polled. */
export const backgroundResponses = (provider: ConfiguredProvider, calls: SdkCalls<OpenAI>): TextTasks => ({
  streamText: (request, call) =>
    calls(call, async (session) => {
      const cursor = cursorSchema.safeParse(request.resume?.cursor)
      if (!request.resume || !cursor.success) return streamed(provider, request, call, session)
      const { cursor: _gone, ...resume } = request.resume
      const found = await streamed(provider, request, call, session, cursor.data)
      // Where the provider has forgotten the answer, its text so far is here.
      return found === 'gone' ? streamed(provider, { ...request, resume }, call, session) : found
    }),

  // The API takes no address for its webhooks with a request: they are a setting of the project.
  startText: ({ callbackUrl: _setting, ...request }, call) =>
    calls(call, async ({ client, options, answered }) => {
      const started = await answered(client.responses.create({ ...body(provider, request), background: true }, options))
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

const cursorSchema = z.object({
  response_id: z.string().min(1),
  sequence_number: z.number().int(),
  /** How much text there was before this answer, which then is a continuation. */
  begun_at: z.number().int().default(0),
  /** Of the continuation nothing has been shown yet. */
  seam: z.boolean().default(false),
  /** Tokens paid for before this answer. */
  prior_input_tokens: z.number().optional(),
  prior_output_tokens: z.number().optional(),
})
type Cursor = z.output<typeof cursorSchema>

const response = z.object({
  id: z.string().min(1),
  status: z.string(),
  model: z.string().min(1).optional(),
  max_output_tokens: z.number().nullish(),
  output: z
    .array(z.object({ type: z.string(), content: z.array(z.object({ type: z.string(), text: z.string().optional() })).nullish() }))
    .default([]),
  usage: z.object({ input_tokens: z.number().optional(), output_tokens: z.number().optional() }).nullish(),
  incomplete_details: z.object({ reason: z.string().nullish() }).nullish(),
  error: z.object({ code: z.string().nullish(), message: z.string().nullish() }).nullish(),
})
type Kept = z.output<typeof response>

const isRunning = ({ status }: Kept): boolean => status === 'queued' || status === 'in_progress'

const event = z.object({
  type: z.string(),
  sequence_number: z.number().int().optional(),
  delta: z.string().optional(),
  response: response.optional(),
  code: z.string().nullish(),
  message: z.string().nullish(),
})

function body(provider: ConfiguredProvider, request: TextRequest, turns: Turn[] = [{ role: 'user', content: request.prompt }]) {
  return {
    model: request.wireModel,
    ...(request.system !== undefined && { instructions: request.system }),
    input: turns.map((turn) => ({ ...turn })),
    max_output_tokens: Math.max(request.maxTokens, leastOutputTokens),
    // The API keeps only what it may store.
    store: true,
    ...temperatureOf(provider, request),
    ...(request.jsonSchema && { text: { format: { type: 'json_schema' as const, ...request.jsonSchema, strict: true } } }),
  }
}

/** Streams an answer, a new one or from a cursor on. `gone`: the cursor leads nowhere any more. */
async function streamed(
  provider: ConfiguredProvider,
  request: StreamRequest,
  call: TextStream,
  session: SdkSession<OpenAI>,
  cursor: Cursor,
): Promise<Result<TextOutcome, StepError> | 'gone'>
async function streamed(
  provider: ConfiguredProvider,
  request: StreamRequest,
  call: TextStream,
  session: SdkSession<OpenAI>,
): Promise<Result<TextOutcome, StepError>>
async function streamed(
  provider: ConfiguredProvider,
  request: StreamRequest,
  call: TextStream,
  session: SdkSession<OpenAI>,
  cursor?: Cursor,
): Promise<Result<TextOutcome, StepError> | 'gone'> {
  const { client, options, answered } = session
  const { resume } = request
  const text = resume?.text ?? ''
  if (call.pause.aborted) return ok({ kind: 'partial', checkpoint: resume ?? { text, chunks: 0 } })
  const turns = conversation(request, text)
  const prior = cursor ? { inputTokens: cursor.prior_input_tokens, outputTokens: cursor.prior_output_tokens } : resume
  const maxTokens = request.maxTokens - (prior?.outputTokens ?? 0)
  if (!cursor && text.trim() !== '' && maxTokens < 1) {
    const { inputTokens, outputTokens } = resume ?? {}
    const tokens = { ...(inputTokens !== undefined && { inputTokens }), ...(outputTokens !== undefined && { outputTokens }) }
    return ok({ kind: 'done', text, finishReason: 'length', wireModel: request.wireModel, ...tokens })
  }
  const answer = new StreamedAnswer(
    {
      text,
      chunks: resume?.chunks ?? 0,
      ...(prior?.inputTokens !== undefined && { inputTokens: prior.inputTokens }),
      ...(prior?.outputTokens !== undefined && { outputTokens: prior.outputTokens }),
      seam: cursor ? cursor.seam : turns.length > 1,
      asked: turns.map((turn) => turn.content).join('\n'),
    },
    call.onText,
  )
  if (cursor) answer.cursor = { ...cursor }
  const begunAt = cursor ? cursor.begun_at : text.length

  const identified = Promise.withResolvers<void>()
  if (cursor) identified.resolve()
  let ended: Kept | undefined
  const read = (sent: unknown) => {
    const parsed = event.safeParse(sent)
    if (!parsed.success) throw new CodedFailure(malformed(provider))
    const { type, sequence_number, delta, response: kept } = parsed.data
    const id = kept?.id ?? answer.cursor?.response_id
    if (type === 'error') throw new CodedFailure(fromStream(errorDetail(parsed.data), provider))
    if (type === 'response.output_text.delta') answer.add(delta ?? '', () => placeOf(id, sequence_number))
    else if (!answer.holdsText) answer.cursor = placeOf(id, sequence_number) ?? answer.cursor
    if (answer.cursor) identified.resolve()
    if (kept && !isRunning(kept)) ended = kept
  }
  const placeOf = (id: unknown, sequenceNumber: number | undefined): Record<string, unknown> | undefined => {
    if (typeof id !== 'string' || sequenceNumber === undefined) return undefined
    return {
      response_id: id,
      sequence_number: sequenceNumber,
      ...(begunAt > 0 && { begun_at: begunAt }),
      ...(answer.atSeam && { seam: true }),
      ...(prior?.inputTokens !== undefined && { prior_input_tokens: prior.inputTokens }),
      ...(prior?.outputTokens !== undefined && { prior_output_tokens: prior.outputTokens }),
    }
  }
  const open = (signal: AbortSignal): Promise<AsyncIterable<unknown>> => {
    const bounds = { ...options, signal }
    if (cursor) {
      const from = { stream: true as const, starting_after: cursor.sequence_number }
      return answered(client.responses.retrieve(cursor.response_id, from, bounds))
    }
    const asked = body(provider, { ...request, maxTokens }, turns)
    return answered(client.responses.create({ ...asked, background: true, stream: true }, bounds))
  }

  try {
    const paused = aborted(call.pause).then(() => Promise.race([identified.promise, wait(idGraceMs)]))
    if ((await follow(open, { signal: options.signal, paused }, read)) === 'paused') {
      return ok({ kind: 'partial', checkpoint: answer.checkpoint() })
    }
    if (!ended) throw brokenOff(provider)
  } catch (thrown) {
    if (cursor && [400, 404].includes(statusOf(thrown) ?? 0)) {
      return withoutStream(provider, request, session, cursor, answer)
    }
    throw thrown
  }
  return outcomeOf(ended, provider, request, answer, begunAt)
}

/** An answer that cannot be streamed any more may still be read, or waited for. */
async function withoutStream(
  provider: ConfiguredProvider,
  request: StreamRequest,
  { client, options, answered }: SdkSession<OpenAI>,
  { response_id, begun_at }: Cursor,
  answer: StreamedAnswer,
): Promise<Result<TextOutcome, StepError> | 'gone'> {
  try {
    const kept = response.safeParse(await answered(client.responses.retrieve(response_id, {}, options)))
    if (!kept.success) return fail(malformed(provider))
    if (isRunning(kept.data)) return ok({ kind: 'pending', task: { taskId: response_id, pollAfterMs: firstPollMs } })
    return outcomeOf(kept.data, provider, request, answer, begun_at)
  } catch (thrown) {
    if (statusOf(thrown) === 404) return 'gone'
    throw thrown
  }
}

/** The end of a stream: what the provider keeps is the answer. */
function outcomeOf(
  kept: Kept,
  provider: ConfiguredProvider,
  request: StreamRequest,
  answer: StreamedAnswer,
  begunAt: number,
): Result<TextOutcome, StepError> {
  answer.complete(textOf(kept), begunAt)
  const failure = failureOf(kept, provider, request.wireModel)
  if (failure) {
    answer.loseCursor()
    return fail(failure)
  }
  answer.used(kept.usage?.input_tokens, kept.usage?.output_tokens)
  answer.wireModel = kept.model
  answer.finishReason = finishReasonOf(kept)
  return done(provider, request, answer)
}

function failureOf(kept: Kept, provider: ConfiguredProvider, wireModel: string): StepError | undefined {
  const refused = kept.output.some(({ content }) => content?.some(({ type }) => type === 'refusal'))
  if (refused || kept.incomplete_details?.reason === 'content_filter') return declined(provider, { wireModel })
  if (kept.status === 'cancelled') return gone(provider, kept.id)
  return kept.status === 'failed' ? fromStream(errorDetail(kept.error), provider) : undefined
}

function completionFrom(kept: Kept, provider: ConfiguredProvider, wireModel: string): Result<TextCompletion, StepError> {
  const failure = failureOf(kept, provider, wireModel)
  if (failure) return fail(failure)
  const asked = { wireModel, prompt: '', maxTokens: kept.max_output_tokens ?? 0 }
  return completionOf(provider, asked, {
    text: textOf(kept),
    finishReason: finishReasonOf(kept),
    ...(kept.model !== undefined && { wireModel: kept.model }),
    ...(kept.usage?.input_tokens !== undefined && { inputTokens: kept.usage.input_tokens }),
    ...(kept.usage?.output_tokens !== undefined && { outputTokens: kept.usage.output_tokens }),
  })
}

function finishReasonOf({ status, incomplete_details }: Kept): TextCompletion['finishReason'] {
  if (status === 'completed') return 'stop'
  return incomplete_details?.reason === 'max_output_tokens' ? 'length' : 'other'
}

const textOf = ({ output }: Kept): string =>
  output
    .flatMap(({ content }) => content ?? [])
    .map(({ type, text }) => (type === 'output_text' ? (text ?? '') : ''))
    .join('')

const malformed = ({ id }: ConfiguredProvider): StepError =>
  stepError('provider_malformed', `${id} answered with something that is no response.`)
const gone = ({ id }: ConfiguredProvider, taskId: string): StepError => stepError('provider_task_gone', `${id} no longer keeps ${taskId}.`)
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
