import { fail, type Judgement, type Moderation, ok, type Result, type StepError, stepError } from '@agon/runner-core'
import type { ConfiguredProvider } from './configuration.ts'
import { loadOpenai } from './openai-client.ts'
import { sdkCalls } from './sdk-calls.ts'

const model = 'omni-moderation-latest'

/** One look takes so much; a long text is looked at in pieces that overlap, so that nothing hides where it is cut. */
const pieceCharacters = 10_000
const overlap = 200
const piecesAtOnce = 16

/** Asks OpenAI's moderation, which costs nothing. An image is looked at by its URL. */
export function judgedByOpenai(provider: ConfiguredProvider) {
  const calls = sdkCalls(provider, loadOpenai)
  return (
    { text, mediaUrl }: Parameters<Moderation['check']>[0],
    { signal, timeoutMs }: Parameters<Moderation['check']>[1],
  ): Promise<Result<Judgement, StepError>> =>
    calls({ signal, timeoutMs, idempotencyKey: '' }, async ({ client, options, answered }) => {
      const categories = new Set<string>()
      let flagged = false
      const look = async (
        input: string[] | ({ type: 'text'; text: string } | { type: 'image_url'; image_url: { url: string } })[],
        expected: number,
      ) => {
        const { results } = await answered(client.moderations.create({ model, input }, options))
        // An answer that says nothing of some piece is none.
        if (!Array.isArray(results) || results.length < expected || results.some((each) => typeof each?.flagged !== 'boolean')) return false
        for (const each of results.filter((result) => result.flagged)) {
          flagged = true
          for (const [name, is] of Object.entries(each.categories ?? {})) if (is) categories.add(name)
        }
        return true
      }
      const malformed = fail(stepError('provider_malformed', `${provider.id} answered a moderation with something that is none.`))
      const pieces = piecesOf(text)
      for (let at = 0; at < pieces.length && !flagged; at += piecesAtOnce) {
        const some = pieces.slice(at, at + piecesAtOnce)
        if (!(await look(some, some.length))) return malformed
      }
      if (mediaUrl !== undefined && !flagged && !(await look([{ type: 'image_url', image_url: { url: mediaUrl } }], 1))) return malformed
      return ok({ flagged, categories: [...categories], by: [model] })
    })
}

function piecesOf(text: string): string[] {
  if (text.trim() === '') return []
  const pieces: string[] = []
  for (let at = 0; at === 0 || at < text.length - overlap; at += pieceCharacters - overlap)
    pieces.push(text.slice(at, at + pieceCharacters))
  return pieces
}
