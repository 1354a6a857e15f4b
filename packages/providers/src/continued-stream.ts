import { ok, type Result, type StepError, stepError, type TextOutcome, type TextStream } from '@agon/runner-core'
import { completionOf } from './completion.ts'
import type { ConfiguredProvider } from './configuration.ts'
import { aborted, follow } from './follow.ts'
import { CodedFailure } from './provider-errors.ts'
import { conversation, type Turn } from './seam.ts'
import { StreamedAnswer, type StreamRequest } from './streamed-answer.ts'

/** One wire's stream of a provider that keeps no answers. */
export interface StreamWire<Event> {
  open(asked: { turns: Turn[]; maxTokens: number; chunk: number }, signal: AbortSignal): Promise<AsyncIterable<Event>>
  /** Reads one event into the answer. Throws a `CodedFailure` at a refusal, or at what is no event. */
  read(event: Event, answer: StreamedAnswer): void
}

/**
 * One chunk of an answer of a provider that keeps none: the next chunk asks it anew, with the conversation so far. The tokens of
 * all chunks together stay within the request's bound.
 */
export async function continuedStream<Event>(
  provider: Pick<ConfiguredProvider, 'id'>,
  request: StreamRequest,
  call: TextStream,
  signal: AbortSignal,
  wire: StreamWire<Event>,
): Promise<Result<TextOutcome, StepError>> {
  const { resume } = request
  const text = resume?.text ?? ''
  const maxTokens = request.maxTokens - (resume?.outputTokens ?? 0)
  const turns = conversation(request, text)
  const begun = {
    ...resume,
    text,
    chunks: resume?.chunks ?? 0,
    seam: turns.length > 1,
    asked: turns.map((turn) => turn.content).join('\n'),
  }
  if (text.trim() !== '' && maxTokens < 1) return ok({ kind: 'done', ...spent(request, text) })
  if (call.pause.aborted) return ok({ kind: 'partial', checkpoint: resume ?? { text, chunks: 0 } })

  const answer = new StreamedAnswer(begun, call.onText)
  // At the deadline, too, everything that has come is told before the error is returned.
  const giveUp = () => answer.end(false)
  signal.addEventListener('abort', giveUp, { once: true })
  try {
    const open = (stop: AbortSignal) => wire.open({ turns, maxTokens: Math.max(1, maxTokens), chunk: begun.chunks }, stop)
    const end = await follow(open, { signal, paused: aborted(call.pause) }, (event) => wire.read(event, answer))
    answer.end(answer.finishReason !== undefined)
    if (end === 'paused') return ok({ kind: 'partial', checkpoint: answer.checkpoint() })
    if (!answer.finishReason) throw brokenOff(provider)
  } catch (thrown) {
    answer.end(false)
    throw thrown
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
  return done(provider, request, answer)
}

/** A stream that ended before the answer did: a connection cut where nobody could see it. */
export const brokenOff = ({ id }: Pick<ConfiguredProvider, 'id'>): CodedFailure =>
  new CodedFailure(stepError('provider_unavailable', `The answer of ${id} broke off before its end.`))

export function done(
  provider: Pick<ConfiguredProvider, 'id'>,
  request: StreamRequest,
  answer: StreamedAnswer,
): Result<TextOutcome, StepError> {
  const { text, finishReason = 'other', wireModel } = answer
  const completion = completionOf(provider, request, {
    text,
    finishReason,
    ...(wireModel !== undefined && { wireModel }),
    ...answer.tokens(),
  })
  return completion.ok ? ok({ kind: 'done', ...completion.value }) : completion
}

/** All the tokens of the request were used before this chunk. */
export const spent = (request: StreamRequest, text: string) => ({
  text,
  finishReason: 'length' as const,
  wireModel: request.wireModel,
  ...(request.resume?.inputTokens !== undefined && { inputTokens: request.resume.inputTokens }),
  ...(request.resume?.outputTokens !== undefined && { outputTokens: request.resume.outputTokens }),
})
