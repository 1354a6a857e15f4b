import type { Search } from '@agon/runner-core'
import { z } from 'zod'
import { createSimulatedSearch } from './simulated.ts'
import { createTavilySearch } from './tavily.ts'

export { createSimulatedSearch } from './simulated.ts'
export { createTavilySearch, type TavilyOptions } from './tavily.ts'

const schema = z.object({
  AGON_TAVILY_API_KEY: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces')
    .optional(),
  AGON_TAVILY_BASE_URL: z.url({ protocol: /^https?$/ }).optional(),
  AGON_SEARCH: z.enum(['tavily', 'simulated'], 'must be tavily or simulated').default('tavily'),
})

/**
 * The search this process was configured for. Reads AGON_TAVILY_API_KEY, AGON_TAVILY_BASE_URL and AGON_SEARCH; throws when one of them is
 * invalid, naming it and never its value.
 *
 * @example createSearch(Deno.env.toObject())
 */
export function createSearch(environment: Record<string, string | undefined>): Search {
  const given = Object.fromEntries(
    Object.keys(schema.shape).flatMap((name) => (environment[name]?.trim() ? [[name, environment[name]!.trim()]] : [])),
  )
  const parsed = schema.safeParse(given)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new Error(`The search configuration is invalid: ${String(issue!.path[0])} ${issue!.message}.`)
  }
  const { AGON_SEARCH, AGON_TAVILY_API_KEY, AGON_TAVILY_BASE_URL } = parsed.data
  if (AGON_SEARCH === 'simulated') return createSimulatedSearch()
  return createTavilySearch({
    ...(AGON_TAVILY_API_KEY && { apiKey: AGON_TAVILY_API_KEY }),
    ...(AGON_TAVILY_BASE_URL && { baseUrl: AGON_TAVILY_BASE_URL }),
  })
}
