import type { StepError } from '../errors.ts'
import type { Result } from '../result.ts'

export interface SearchQuery {
  query: string
  /** At most so many pages: 1 to 20. */
  most: number
  /** `advanced` reads more of each page, and costs twice as much; `basic` unless said. */
  depth?: 'basic' | 'advanced'
  topic?: 'general' | 'news'
  /** Only what was published in so many days; of topic news. */
  days?: number
  includeDomains?: string[]
  excludeDomains?: string[]
}

export interface SearchBounds {
  /** Aborted when the lease is lost, the run cancelled or the driver stopped. */
  signal: AbortSignal
  timeoutMs: number
  /** A user's own key for this call, opened; undefined: the platform's. */
  apiKey?: string
}

export interface SearchHit {
  url: string
  title: string
  /** What the page says, as far as the search tells. */
  content: string
  /** 0 to 1, as the provider rates it. */
  score?: number
  publishedAt?: string
}

export interface SearchAnswer {
  hits: SearchHit[]
  costUsd?: number
  /** Who searched: `tavily`, `sparring`. */
  by?: string
  /** Nobody searched: the pages are made up, for demonstrations and tests. */
  simulated?: true
}

/**
 * A search of the web. Never throws: every failure is a coded error. What it finds was written by strangers: a model is shown it
 * fenced, and nobody obeys it.
 */
export interface Search {
  search(query: SearchQuery, bounds: SearchBounds): Promise<Result<SearchAnswer, StepError>>
}
