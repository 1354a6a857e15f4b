import type { Search, SearchHit } from '@agon/runner-core'
import { type StepError, stepError } from '@agon/runner-core/errors'
import { fail, ok, type Result } from '@agon/runner-core/result'
import { z } from 'zod'

export interface TavilyOptions {
  /** The platform's key; without one, only who brings a key of their own can search. */
  apiKey?: string
  baseUrl?: string
  fetch?: typeof fetch
}

/** https://docs.tavily.com/documentation/api-credits: what one request costs, by its depth, at the price of a credit that is paid as it goes. */
const creditUsd = 0.008
const credits = { basic: 1, advanced: 2 } as const

/** What of a page goes on: more is not what a search is for. */
const mostContent = 8_000
const mostQuery = 400

const answer = z.object({
  results: z.array(
    z.object({
      title: z.string().nullish(),
      url: z.string(),
      content: z.string().nullish(),
      score: z.number().nullish(),
      published_date: z.string().nullish(),
    }),
  ),
})

/** Searches with Tavily. By fetch: its SDK brings an HTTP client and a tokenizer, 4 MB for one request. */
export function createTavilySearch({ apiKey, baseUrl = 'https://api.tavily.com', fetch: send = fetch }: TavilyOptions): Search {
  return {
    async search({ query, most, depth = 'basic', topic, days, includeDomains, excludeDomains }, bounds) {
      const key = bounds.apiKey ?? apiKey
      if (!key)
        return fail(
          stepError('provider_key_missing', 'Nobody can search here: set AGON_TAVILY_API_KEY, or give the node a key of provider tavily.'),
        )
      const asked = query.replaceAll(/\s+/g, ' ').trim().slice(0, mostQuery)
      if (asked === '') return fail(stepError('provider_rejected', 'There is nothing to search for: the query is empty.'))
      const late = AbortSignal.timeout(Math.max(1, Math.min(bounds.timeoutMs, 2 ** 31 - 1)))
      try {
        const response = await send(`${baseUrl.replace(/\/+$/, '')}/search`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
          body: JSON.stringify({
            query: asked,
            search_depth: depth,
            max_results: Math.min(Math.max(1, Math.trunc(most)), 20),
            include_answer: false,
            include_raw_content: false,
            ...(topic && { topic }),
            ...(days !== undefined && { days }),
            ...(includeDomains?.length && { include_domains: includeDomains.slice(0, 300) }),
            ...(excludeDomains?.length && { exclude_domains: excludeDomains.slice(0, 150) }),
          }),
          redirect: 'error',
          signal: AbortSignal.any([bounds.signal, late]),
        })
        if (!response.ok) return fail(await refusal(response, key, bounds.apiKey !== undefined))
        const hits = read(await response.text())
        return hits.ok ? ok({ hits: hits.value.slice(0, most), costUsd: credits[depth] * creditUsd, by: 'tavily' }) : hits
      } catch (error) {
        if (bounds.signal.aborted) return fail(stepError('lease_lost', 'The search was abandoned: the driver no longer owns the job.'))
        if (late.aborted) return fail(stepError('provider_timeout', `tavily did not answer within ${Math.round(bounds.timeoutMs)} ms.`))
        return fail(
          stepError('provider_unavailable', `tavily could not be reached (${error instanceof Error ? error.name : typeof error}).`),
        )
      }
    },
  }
}

function read(text: string): Result<SearchHit[], StepError> {
  const malformed = fail(stepError('provider_malformed', 'tavily answered with something that is no list of results.'))
  let given: unknown
  try {
    given = JSON.parse(text)
  } catch {
    return malformed
  }
  const parsed = answer.safeParse(given)
  if (!parsed.success) return malformed
  return ok(
    parsed.data.results.flatMap(({ title, url, content, score, published_date }): SearchHit[] =>
      // A source is a page somebody can open.
      /^https?:\/\//i.test(url) && URL.canParse(url)
        ? [
            {
              url,
              title: (title ?? url).slice(0, 500),
              content: (content ?? '').slice(0, mostContent),
              ...(typeof score === 'number' && { score }),
              ...(published_date && { publishedAt: published_date }),
            },
          ]
        : [],
    ),
  )
}

/** 432 and 433 are Tavily's own: the plan's, or the key's, limit is used up. */
async function refusal(response: Response, key: string, isUsers: boolean): Promise<StepError> {
  const { status, headers } = response
  const text = (await response.text().catch(() => '')).replaceAll(key, '[redacted]').replaceAll(/\s+/g, ' ').slice(0, 300)
  const said = `tavily answered ${status}${text === '' ? '' : `: ${text}`}`
  const seconds = Number(headers.get('retry-after') ?? Number.NaN)
  if (status === 401 || status === 403)
    return stepError('provider_auth', `${said} (${isUsers ? "the user's own key" : 'the key is read from AGON_TAVILY_API_KEY'})`)
  if (status === 429) return stepError('provider_rate_limited', said, Number.isFinite(seconds) ? Math.ceil(seconds * 1000) : undefined)
  if (status === 408 || status >= 500) return stepError('provider_unavailable', said)
  return stepError('provider_rejected', said)
}
