import type { StepError } from '../errors.ts'
import type { Result } from '../result.ts'

/** What moderation says of a text. */
export interface Judgement {
  flagged: boolean
  /** What it was flagged for: `harassment`, `violence/graphic`, `profanity`. */
  categories: string[]
  /** Everybody who looked. */
  by?: string[]
}

/** Looks at what goes into a node and what comes out of it. Never throws; a failure is no leave to go on. */
export interface Moderation {
  check(
    content: { text: string; mediaUrl?: string },
    bounds: { signal: AbortSignal; timeoutMs: number },
  ): Promise<Result<Judgement, StepError>>
}
