import { fail, type Judgement, type Moderation, ok, type Result, type StepError, stepError } from '@agon/runner-core'
import { z } from 'zod'
import type { ConfiguredProvider } from './configuration.ts'
import { underDeadline } from './deadline.ts'
import { errorDetail, fromStatus, unreachable } from './provider-errors.ts'

const model = 'omni-moderation-latest'

/** One look takes so much; a long text is looked at in pieces that overlap, so that nothing hides where it is cut. */
const pieceCharacters = 10_000
const overlap = 200
const piecesAtOnce = 16

const answer = z.object({
  results: z.array(z.object({ flagged: z.boolean(), categories: z.record(z.string(), z.boolean().nullable()).default({}) })),
})

/**
 * Asks OpenAI's moderation, which costs nothing. An image is looked at by its URL. By fetch: the nodes that are moderated run in every
 * function, and most of their bundles have no room for the SDK.
 */
export function judgedByOpenai(provider: ConfiguredProvider, send: typeof fetch = fetch) {
  /** What it says of each input; undefined: its answer says nothing of some. */
  async function look(
    input: unknown[],
    expected: number,
    signal: AbortSignal,
  ): Promise<Result<z.output<typeof answer>['results'], StepError>> {
    let response: Response
    try {
      response = await send(`${provider.baseUrl}/moderations`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${provider.apiKey}` },
        body: JSON.stringify({ model, input }),
        redirect: 'error',
        signal,
      })
    } catch (error) {
      return fail(unreachable(error, provider))
    }
    const body: unknown = await response.json().catch(() => undefined)
    if (!response.ok) return fail(fromStatus(response.status, response.headers, errorDetail(body), provider, Date.now()))
    const parsed = answer.safeParse(body)
    return parsed.success && parsed.data.results.length >= expected
      ? ok(parsed.data.results)
      : fail(stepError('provider_malformed', `${provider.id} answered a moderation with something that is none.`))
  }

  return (
    { text, mediaUrl }: Parameters<Moderation['check']>[0],
    { signal, timeoutMs }: Parameters<Moderation['check']>[1],
  ): Promise<Result<Judgement, StepError>> =>
    underDeadline<Judgement>({ signal, timeoutMs: Math.min(timeoutMs, provider.timeoutMs) }, provider.id, async (within) => {
      const pieces = piecesOf(text)
      const looks: [input: unknown[], expected: number][] = []
      for (let at = 0; at < pieces.length; at += piecesAtOnce) {
        const some = pieces.slice(at, at + piecesAtOnce)
        looks.push([some, some.length])
      }
      if (mediaUrl !== undefined) looks.push([[{ type: 'image_url', image_url: { url: mediaUrl } }], 1])
      for (const [input, expected] of looks) {
        const seen = await look(input, expected, within)
        if (!seen.ok) return seen
        const flagged = seen.value.filter((each) => each.flagged)
        const names = flagged.flatMap(({ categories }) => Object.keys(categories).filter((name) => categories[name]))
        if (flagged.length > 0) return ok({ flagged: true, categories: [...new Set(names)], by: [model] })
      }
      return ok({ flagged: false, categories: [], by: [model] })
    })
}

function piecesOf(text: string): string[] {
  if (text.trim() === '') return []
  const pieces: string[] = []
  for (let at = 0; at === 0 || at < text.length - overlap; at += pieceCharacters - overlap)
    pieces.push(text.slice(at, at + pieceCharacters))
  return pieces
}
