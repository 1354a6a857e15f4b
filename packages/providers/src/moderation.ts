import { fail, type Judgement, type Moderation, ok, type Result, type StepError, stepError } from '@agon/runner-core'
import { type ConfiguredProvider, providerConfiguration } from './configuration.ts'
import { judgedByWords } from './moderation-words.ts'
import { judgedByOpenai } from './openai-moderation.ts'

const modes = ['openai', 'words', 'both'] as const
type Mode = (typeof modes)[number]

type Content = Parameters<Moderation['check']>[0]
type Bounds = Parameters<Moderation['check']>[1]
type Judge = (content: Content, bounds: Bounds) => Promise<Result<Judgement, StepError>>

/**
 * Moderation as this process was configured. AGON_MODERATION: `openai` (omni-moderation-latest), `words` (a list, here), or `both`. Without
 * it: both where there is a key of OpenAI, and words where there is none. One flag is enough; and where one of them cannot look, the
 * answer is `moderation_unavailable`, which is no leave. Throws when the variable is none of these.
 */
export function createModeration(environment: Record<string, string | undefined>): Moderation {
  const openai = providerConfiguration(environment).configured.openai
  const said = environment.AGON_MODERATION?.trim()
  if (said && !modes.includes(said as Mode)) throw new Error(`AGON_MODERATION must be one of ${modes.join(', ')}.`)
  const mode = (said || (openai ? 'both' : 'words')) as Mode
  const judges: Judge[] = [
    ...(mode === 'openai' ? [] : [words]),
    ...(mode === 'words' ? [] : [openai ? judgedByOpenai(openai as ConfiguredProvider) : unconfigured]),
  ]
  return {
    async check(content, bounds) {
      const judgements: Judgement[] = []
      // In turn: what the list flags is shown to nobody else.
      for (const judge of judges) {
        const judged = await judge(content, bounds)
        if (!judged.ok) return judged.error.code === 'lease_lost' ? judged : fail(unavailable(judged.error))
        judgements.push(judged.value)
        if (judged.value.flagged) break
      }
      return ok({
        flagged: judgements.some(({ flagged }) => flagged),
        categories: [...new Set(judgements.flatMap(({ categories }) => categories))],
        by: judgements.flatMap(({ by = [] }) => by),
      })
    },
  }
}

/** A list knows no pictures: what has one and no words passes here, and is for others to look at. */
const words: Judge = async ({ text }) => {
  try {
    return ok(await judgedByWords(text))
  } catch {
    return fail(stepError('moderation_unavailable', 'The list of words could not be read.'))
  }
}

const unconfigured: Judge = async () =>
  fail(stepError('moderation_unavailable', 'AGON_MODERATION asks for openai, and there is no OPENAI_API_KEY.'))

const unavailable = ({ message, retryAfterMs }: StepError): StepError => stepError('moderation_unavailable', message, retryAfterMs)
