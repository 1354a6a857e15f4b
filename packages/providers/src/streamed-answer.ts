import type { TextCheckpoint, TextCompletion, TextRequest } from '@agon/runner-core'
import { afterSeam, isAllRepetition, isBeyondSeam } from './seam.ts'

/** A text request, perhaps one that goes on. */
export type StreamRequest = TextRequest & { resume?: TextCheckpoint }

interface Begun {
  /** What there is already. */
  text: string
  chunks: number
  /** Tokens paid for before this stream. */
  inputTokens?: number
  outputTokens?: number
  /** The stream is a continuation, of which the beginning may be known. */
  seam: boolean
  /** What this stream asks with, for the estimate of its input. */
  asked: string
}

const bytes = new TextEncoder()
/** Four bytes of UTF-8 to a token: near enough for English and, by their three bytes, for Chinese and Japanese. */
const estimate = (utf8Bytes: number): number => Math.ceil(utf8Bytes / 4)

/** One answer as it grows over a stream: the whole text so far, what it has cost so far, and how it ended. */
export class StreamedAnswer {
  finishReason: TextCompletion['finishReason'] | undefined
  wireModel: string | undefined
  /** The provider's own place, of everything shown so far. */
  cursor: Record<string, unknown> | undefined
  #text: string
  /** The beginning of a continuation, until it is long enough to see what of it is new. */
  #held: string | undefined
  #streamedBytes = 0
  /** Counted once: a checkpoint is made at every delta. */
  readonly #askedEstimate: number
  #reported: { inputTokens?: number | undefined; outputTokens?: number | undefined } = {}
  #over = false

  readonly #begun: Begun
  readonly #tell: (checkpoint: TextCheckpoint) => void

  constructor(begun: Begun, tell: (checkpoint: TextCheckpoint) => void) {
    this.#begun = begun
    this.#tell = tell
    this.#text = begun.text
    this.#held = begun.seam ? '' : undefined
    this.#askedEstimate = estimate(bytes.encode(begun.asked).length)
  }

  get text(): string {
    return this.#text
  }

  /** Whether it is still to be seen what of the stream is new. */
  get atSeam(): boolean {
    return this.#held !== undefined
  }

  /** Whether text has come that is not shown yet. */
  get holdsText(): boolean {
    return this.#held !== undefined && this.#held !== ''
  }

  /** `place`: the provider's place behind this delta, read once the text is shown. */
  add(delta: string, place?: () => Record<string, unknown> | undefined): void {
    if (delta === '' || this.#over) return
    this.#streamedBytes += bytes.encode(delta).length
    if (this.#held === undefined) this.#text += delta
    else {
      this.#held += delta
      if (!isBeyondSeam(this.#text, this.#held)) return
      this.#join(false)
    }
    this.cursor = place?.() ?? this.cursor
    this.#tell(this.checkpoint())
  }

  /** The usage of this stream, as often as the provider tells it. */
  used(inputTokens: number | null | undefined, outputTokens: number | null | undefined): void {
    this.#reported = {
      inputTokens: inputTokens ?? this.#reported.inputTokens,
      outputTokens: outputTokens ?? this.#reported.outputTokens,
    }
  }

  /** The stream is over: what was held is decided on, and shown. `whole`: it has come to its own end, and did not break off. */
  end(whole: boolean): void {
    if (this.#over) return
    const shown = this.#text.length
    this.#join(!whole)
    if (this.#text.length > shown) this.#tell(this.checkpoint())
    this.#over = true
  }

  /** The stream is over, and this is the whole of it as the provider keeps it: what the stream left out is shown. */
  complete(streamed: string, begunAt: number): void {
    const before = this.#text.slice(0, begunAt)
    const whole = before + (before === '' ? streamed : afterSeam(before, streamed))
    this.#held = undefined
    if (whole.length > this.#text.length && whole.startsWith(this.#text)) {
      this.#text = whole
      this.#tell(this.checkpoint())
    }
    this.#over = true
  }

  /** The provider's place leads nowhere: another attempt is to ask anew. */
  loseCursor(): void {
    this.cursor = undefined
    this.#tell(this.checkpoint())
  }

  checkpoint(): TextCheckpoint {
    const { inputTokens, outputTokens } = this.tokens(true)
    return {
      text: this.#text,
      chunks: this.#begun.chunks + 1,
      ...(this.cursor && { cursor: this.cursor }),
      ...(inputTokens !== undefined && { inputTokens }),
      ...(outputTokens !== undefined && { outputTokens }),
    }
  }

  /** What the answer has cost, over all its streams. Of a stream that told nothing: nothing is known, or an estimate where one is better. */
  tokens(estimated = this.#begun.inputTokens !== undefined || this.#begun.outputTokens !== undefined): {
    inputTokens?: number
    outputTokens?: number
  } {
    const input = this.#reported.inputTokens ?? (estimated ? this.#askedEstimate : undefined)
    // A running count that lags behind what was streamed is none.
    const streamed = estimate(this.#streamedBytes)
    const output = this.finishReason ? this.#reported.outputTokens : Math.max(streamed, this.#reported.outputTokens ?? 0)
    const outputOrEstimate = output ?? (estimated ? streamed : undefined)
    return {
      ...(input !== undefined && { inputTokens: (this.#begun.inputTokens ?? 0) + input }),
      ...(outputOrEstimate !== undefined && { outputTokens: (this.#begun.outputTokens ?? 0) + outputOrEstimate }),
    }
  }

  #join(brokeOff: boolean): void {
    if (this.#held === undefined) return
    const held = this.#held
    this.#held = undefined
    if (brokeOff && isAllRepetition(this.#text, held)) return
    this.#text += afterSeam(this.#text, held)
  }
}
