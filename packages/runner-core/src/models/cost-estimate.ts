import { MAX_VERDICT_TOKENS } from '../judge/limits.ts'
import { ANSWER_CHARS } from '../judge/neutralise.ts'
import { callsOf, type JudgeMode } from '../judge/plan.ts'
import { mediaPrices } from './media-prices.ts'
import { costUsd, type Model } from './models.ts'
import { estimateTranscriptionUsd } from './transcription.ts'

/**
 * How many tokens a text is taken for: one for every two bytes of UTF-8, and a hundred for what a chat puts around it. English takes about
 * four bytes a token, Chinese about three. Text made to be long in tokens can exceed it; what it then costs beyond the estimate is
 * settled like every cost.
 */
export const tokensAtMost = (...texts: string[]): number => texts.reduce((tokens, text) => tokens + Math.ceil(utf8Bytes(text) / 2), 100)

function utf8Bytes(text: string): number {
  let bytes = 0
  for (const character of text) {
    const code = character.codePointAt(0)!
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
  }
  return bytes
}

/** To the micro-dollar that the database keeps, and never below. */
export const microDollars = (usd: number): number => Math.max(0, Math.ceil(usd * 1_000_000 - 1e-6)) / 1_000_000

/**
 * The most one call is expected to cost, in USD by list price; undefined when the price is not known. A text model is expected to write
 * `maxTokens`, a media model what the endpoint makes by default. `texts` are all it is sent; of a template, the
 * template and its inputs; `moreTokens`, what is not known by its words yet.
 *
 * @example estimateCostUsd(gpt5mini, { texts: [prompt], maxTokens: 4096 }) // 0.0085 for a short prompt
 */
export function estimateCostUsd(model: Model, call: { texts: string[]; moreTokens?: number; maxTokens: number }): number | undefined {
  if (model.kind === 'text') {
    const usd = costUsd(model, tokensAtMost(...call.texts) + (call.moreTokens ?? 0), call.maxTokens)
    return usd === undefined ? undefined : microDollars(usd)
  }
  if (model.local || model.simulated) return 0
  const price = mediaPrices[model.key]
  if (!price) return undefined
  return microDollars(price.usd * (price.per === 'thousand_characters' ? call.texts.join('').length / 1000 : (price.most ?? 1)))
}

/** The judge's own words in each prompt: what it is told to do, and the schema of its verdict. */
const JUDGE_TOKENS = 2000

/** What a digest adds to the prompt that compares digests, in tokens. */
const DIGEST_TOKENS = 1500

/**
 * The most one judge is expected to cost: all calls of its mode, each of them with every answer it is about as long as it may be or as much
 * of it as a judge is shown, and a verdict of full length; and the writing down of recordings, which the first judge to come pays for.
 */
export function estimateJudgingUsd(
  model: Model,
  battle: {
    texts: string[]
    contenders: number
    maxTokens: number
    mode?: JudgeMode
    criteria?: number
    writesRubric?: boolean
    recordings?: number
  },
): number | undefined {
  const { contenders, mode = 'listwise', criteria = 0 } = battle
  // Another maker's tokenizer may count an answer half again as long; the cut is in characters, of which none is more than one token on average.
  const answer = Math.min(battle.maxTokens * 1.5, ANSWER_CHARS)
  const asked = tokensAtMost(...battle.texts) + JUDGE_TOKENS
  const call = costUsd(model, asked + (mode === 'pairwise' ? 2 : contenders) * answer, MAX_VERDICT_TOKENS)
  const rubric = battle.writesRubric ? costUsd(model, asked, MAX_VERDICT_TOKENS) : 0
  const heard = (battle.recordings ?? 0) * estimateTranscriptionUsd(battle.texts)
  return call === undefined || rubric === undefined ? undefined : microDollars(callsOf(mode, contenders, criteria) * call + rubric + heard)
}

/** The most an analysis is expected to cost: a digest of each answer and both orders of the digests, or one call about everything. */
export function estimateAnalysisUsd(
  model: Model,
  battle: { kind: 'digest_judge' | 'cross_examination'; texts: string[]; answers: string[] },
): number | undefined {
  const asked = tokensAtMost(...battle.texts) + JUDGE_TOKENS
  const answers = battle.answers.map((answer) => tokensAtMost(answer.slice(0, ANSWER_CHARS)))
  const call = (tokens: number) => costUsd(model, asked + tokens, MAX_VERDICT_TOKENS)
  const calls =
    battle.kind === 'digest_judge'
      ? [...answers.map(call), ...[0, 1].map(() => call(answers.length * DIGEST_TOKENS))]
      : // Beside the answers, 12,000 characters of what the judges said.
        [call(answers.reduce((sum, tokens) => sum + tokens, 12_000))]
  const usd = calls.reduce<number | undefined>((sum, each) => (sum === undefined || each === undefined ? undefined : sum + each), 0)
  return usd === undefined ? undefined : microDollars(usd)
}
