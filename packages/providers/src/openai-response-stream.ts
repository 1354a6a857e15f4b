import { fail, ok, type Result, type StepError, stepError, type TextOutcome, type TextStream } from '@agon/runner-core'
import type { OpenAI } from 'openai'
import { z } from 'zod'
import type { ConfiguredProvider } from './configuration.ts'
import { brokenOff, done, spent } from './continued-stream.ts'
import { aborted, follow } from './follow.ts'
import {
  failureOf,
  finishReasonOf,
  firstPollMs,
  isRunning,
  type KeptResponse,
  malformed,
  response,
  responseBody,
  textOf,
} from './openai-response.ts'
import { CodedFailure, errorDetail, fromStream, statusOf } from './provider-errors.ts'
import type { SdkSession } from './sdk-calls.ts'
import { conversation } from './seam.ts'
import { StreamedAnswer, type StreamRequest } from './streamed-answer.ts'

/** How long a pause waits for a new answer's id: without it, the answer would be paid for and never found again. */
const idGraceMs = 2_000

/** What a server that stands in OpenAI's place without its Responses API ends a stream with. */
export const noResponses = stepError('provider_rejected', 'The server behind the base URL has no Responses API.')

/** A path that is not there, and not a model that is not there. */
const isMissing = (thrown: unknown): boolean =>
  statusOf(thrown) === 404 && !errorDetail((thrown as { error?: unknown }).error).codes.includes('model_not_found')

/** A place in a kept answer, as a checkpoint carries it. */
export const cursorSchema = z.object({
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

const event = z.object({
  type: z.string(),
  sequence_number: z.number().int().optional(),
  // Text in the deltas of text; what else grows may be anything.
  delta: z.string().optional().catch(undefined),
  response: response.optional(),
  code: z.string().nullish(),
  message: z.string().nullish(),
})

interface Streaming {
  provider: ConfiguredProvider
  request: StreamRequest
  call: TextStream
  session: SdkSession<OpenAI>
}

/** Streams an answer, a new one or from a cursor on. `gone`: the cursor leads nowhere any more. */
export async function streamedResponse(streaming: Streaming): Promise<Result<TextOutcome, StepError>>
export async function streamedResponse(streaming: Streaming, cursor: Cursor): Promise<Result<TextOutcome, StepError> | 'gone'>
export async function streamedResponse(streaming: Streaming, cursor?: Cursor): Promise<Result<TextOutcome, StepError> | 'gone'> {
  const { provider, request, call, session } = streaming
  const { client, options, making, answered } = session
  const { resume } = request
  const text = resume?.text ?? ''
  if (call.pause.aborted) return ok({ kind: 'partial', checkpoint: resume ?? { text, chunks: 0 } })
  const turns = conversation(request, text)
  const prior = cursor ? { inputTokens: cursor.prior_input_tokens, outputTokens: cursor.prior_output_tokens } : resume
  const maxTokens = request.maxTokens - (prior?.outputTokens ?? 0)
  if (!cursor && text.trim() !== '' && maxTokens < 1) return ok({ kind: 'done', ...spent(request, text) })
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
  let ended: KeptResponse | undefined
  const read = (sent: unknown) => {
    const parsed = event.safeParse(sent)
    if (!parsed.success) throw new CodedFailure(malformed(provider))
    const { type, sequence_number, delta, response: kept } = parsed.data
    const id = kept?.id ?? answer.cursor?.response_id
    if (type === 'error') throw new CodedFailure(fromStream(errorDetail(parsed.data), provider))
    if (type === 'response.output_text.delta') answer.add(delta ?? '', () => placeOf(id, sequence_number))
    else if (!answer.holdsText) answer.cursor = placeOf(id, sequence_number) ?? answer.cursor
    identified.resolve()
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
    if (cursor) {
      const from = { stream: true as const, starting_after: cursor.sequence_number }
      return answered(client.responses.retrieve(cursor.response_id, from, { ...options, signal }))
    }
    const asked = responseBody(provider, { ...request, maxTokens }, turns)
    const bounds = { ...making(resume?.chunks), signal }
    return answered(client.responses.create({ ...asked, background: true, stream: true }, bounds)).catch((thrown: unknown) => {
      throw isMissing(thrown) ? new CodedFailure(noResponses) : thrown
    })
  }

  try {
    const paused = aborted(call.pause).then(() => Promise.race([identified.promise, wait(idGraceMs)]))
    if ((await follow(open, { signal: options.signal, paused }, read)) === 'paused') {
      return ok({ kind: 'partial', checkpoint: answer.checkpoint() })
    }
    if (!ended) throw brokenOff(provider)
  } catch (thrown) {
    if (cursor && [400, 404].includes(statusOf(thrown) ?? 0)) return withoutStream(streaming, cursor, answer)
    throw thrown
  }
  return outcomeOf(ended, streaming, answer, begunAt)
}

/** An answer that cannot be streamed any more may still be read, or waited for. */
async function withoutStream(
  streaming: Streaming,
  { response_id, begun_at }: Cursor,
  answer: StreamedAnswer,
): Promise<Result<TextOutcome, StepError> | 'gone'> {
  const { client, options, answered } = streaming.session
  try {
    const kept = response.safeParse(await answered(client.responses.retrieve(response_id, {}, options)))
    if (!kept.success) return fail(malformed(streaming.provider))
    if (!isRunning(kept.data)) return outcomeOf(kept.data, streaming, answer, begun_at)
    if (begun_at === 0) return ok({ kind: 'pending', task: { taskId: response_id, pollAfterMs: firstPollMs } })
    // A task's end would not know what there was before this answer.
    await Promise.race([aborted(streaming.call.pause), wait(firstPollMs)])
    return ok({ kind: 'partial', checkpoint: answer.checkpoint() })
  } catch (thrown) {
    if (statusOf(thrown) === 404) return 'gone'
    throw thrown
  }
}

/** The end of a stream: what the provider keeps is the answer. */
function outcomeOf(
  kept: KeptResponse,
  { provider, request }: Streaming,
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

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
