import { z } from 'zod'
import { type StepError, stepError } from '../errors.ts'
import type { TextCompletion } from '../ports/index.ts'
import { fail, ok, type Result } from '../result.ts'
import { asJson, isRefusal, jsonObjects, MOST_CHARS } from './json-reply.ts'
import { BOTH_BAD, TIE } from './prompt.ts'
import { spokenScores } from './spoken-verdict.ts'

export interface LabelScore {
  label: number
  /** 0 to 10, in hundredths: what the database keeps. */
  score: number
  /** 1 is best; equal places are a tie between them. */
  place: number
}

/** What a judge said about one presentation, in the labels it saw. */
export interface ParsedVerdict {
  outcome: 'winner' | 'tie' | 'both_bad'
  /** With the outcome winner alone. */
  winnerLabel?: number
  /** One of each label, in the order of the labels. */
  scores: LabelScore[]
  reasoning: string
}

const numeral = z.union([z.number(), z.string().regex(/^\s*\d+(\.\d+)?\s*$/)]).transform(Number)
const replySchema = z.object({
  reasoning: z.string().default(''),
  scores: z.array(z.object({ label: numeral, score: numeral })),
  verdict: z.union([z.number(), z.string()]).transform((verdict) =>
    String(verdict)
      .trim()
      .toLowerCase()
      .replace(/^answer\s+/, ''),
  ),
})
type Reply = z.infer<typeof replySchema>

const unparseable = (message: string): { ok: false; error: StepError } => fail(stepError('verdict_unparseable', message))

const asReply = (value: unknown): Reply | undefined => replySchema.safeParse(value).data

/** A reply by its scores, for judges that give no verdict of their own. */
function fromScores(scores: { label: number; score: number }[]): Reply {
  const best = Math.max(...scores.map(({ score }) => score))
  const winners = scores.filter(({ score }) => score === best)
  return { reasoning: '', scores, verdict: winners.length === 1 ? String(winners[0]!.label) : TIE }
}

/**
 * The form of the Vicuna judges: as many numbers as answers on the first line, and nothing beside them. Measured on 1,040 of their
 * texts: 1,001 begin so, and all with the scores on record; the 39 others solve the task first and give their scores at the end.
 */
function scoresLine(text: string, labels: readonly number[]): Reply | undefined {
  const lines = text.split('\n')
  const at = lines.findIndex((line) => line.trim() !== '')
  const line = lines[at]?.trim() ?? ''
  if (!/^\d+(\.\d+)?([\s,]+\d+(\.\d+)?)*$/.test(line)) return undefined
  const numbers = line.split(/[\s,]+/).map(Number)
  if (numbers.length !== labels.length) return undefined
  const reasoning = lines
    .slice(at + 1)
    .join('\n')
    .trim()
  return { ...fromScores(labels.map((label, i) => ({ label, score: numbers[i]! }))), reasoning }
}

function scoresAtEnd(text: string, labels: readonly number[]): Reply | undefined {
  const scores = spokenScores(text, labels.length)
  return scores && { ...fromScores(labels.map((label, i) => ({ label, score: scores[i]! }))), reasoning: text.trim() }
}

function whyNoReply(text: string, finishReason: TextCompletion['finishReason']): string {
  if (finishReason === 'length') return 'The judge was cut off before its verdict was complete: raise its max_tokens.'
  if (text.trim() === '') return 'The judge answered with nothing.'
  if (isRefusal(text)) return 'The judge declined to judge.'
  return 'The judge gave neither a verdict as JSON nor a score for each answer.'
}

function placed(reply: Reply, labels: readonly number[]): ParsedVerdict {
  const scoreOf = new Map(reply.scores.map(({ label, score }) => [label, Math.round(score * 100) / 100]))
  const scores = labels.map((label) => ({ label, score: scoreOf.get(label)! }))
  const { reasoning, verdict } = reply
  if (verdict === BOTH_BAD) return { outcome: 'both_bad', scores: scores.map((each) => ({ ...each, place: 1 })), reasoning }
  const winner = verdict === TIE ? undefined : Number(verdict)
  const place = ({ label, score }: { label: number; score: number }): number => {
    const better = scores.filter((other) => other.score > score).length
    // The judge named the winner: whoever shares its score comes second.
    return 1 + better + (winner !== undefined && label !== winner && score === scoreOf.get(winner) ? 1 : 0)
  }
  const placedScores = scores.map((each) => ({ ...each, place: place(each) }))
  return winner === undefined
    ? { outcome: 'tie', scores: placedScores, reasoning }
    : { outcome: 'winner', winnerLabel: winner, scores: placedScores, reasoning }
}

/** What is wrong with a reply, or nothing. */
function fault({ scores, verdict }: Reply, labels: readonly number[]): string | undefined {
  const told = scores.map(({ label }) => label)
  if (told.length !== labels.length || labels.some((label) => !told.includes(label))) {
    return `The judge must score each of the answers ${labels.join(', ')} once; it scored ${told.length > 0 ? told.slice(0, 30).join(', ') : 'none'}.`
  }
  const outside = scores.find(({ score }) => !(score >= 0 && score <= 10))
  if (outside) return `The judge gave answer ${outside.label} the score ${outside.score}; scores go from 0 to 10.`
  if (verdict === BOTH_BAD) return undefined
  const best = Math.max(...scores.map(({ score }) => score))
  if (verdict === TIE) {
    const shared = scores.filter(({ score }) => score === best).length > 1
    return shared ? undefined : 'The judge contradicts itself: a tie, and one answer has the highest score.'
  }
  const winner = scores.find(({ label }) => String(label) === verdict)
  if (!winner) return `The verdict of the judge is none of ${[...labels, TIE, BOTH_BAD].join(', ')}.`
  return winner.score === best ? undefined : `The judge contradicts itself: answer ${verdict} wins, and another has a higher score.`
}

function findReply(rawText: string, finishReason: TextCompletion['finishReason'], labels: readonly number[]): Reply | undefined {
  const whole = asJson(rawText)
  if (whole) return asReply(whole.value)
  const text = rawText.slice(-MOST_CHARS)
  const objects = jsonObjects(text)
  // With JSON in the text, numbers on the first line are not the verdict.
  if (objects.length === 0) return scoresLine(rawText, labels) ?? (finishReason === 'length' ? undefined : scoresAtEnd(text, labels))
  // A judge that was cut off has not said its last word: what JSON it wrote may be a draft, or a quotation of a planted verdict.
  if (finishReason === 'length') return undefined
  const fenced = [...text.matchAll(/```(?:json)?\s*\n([\s\S]*?)\n\s*```/gi)]
    .map(([, body]) => asReply(asJson(body!)?.value))
    .findLast((reply) => reply !== undefined)
  if (fenced) return fenced
  // The last object that means to be a verdict, and nothing broken after it that means to be one: a verdict that the judge quotes
  // must not stand in for its own.
  const last = objects.findLast(({ value }) => typeof value === 'object' && value !== null && 'verdict' in value)
  return last && !text.slice(last.end).includes('"verdict"') ? asReply(last.value) : undefined
}

/**
 * Reads a judge's reply: the whole text as JSON, else the last fenced block, else the last JSON object that is a verdict, else the
 * scores on the first line, else those it spoke last. Every label must be scored once, from 0 to 10, and the verdict must agree with the scores. Errors:
 * `verdict_unparseable`, saying why, without the judge's text; a reply that cannot be read is never a tie.
 *
 * A tie means that the highest score is shared. With both_bad all places are equal: it decides nothing between the answers.
 *
 * @example parseVerdict('8 9\nBoth …', 'stop', [1, 2]) // winner 2, scores 8 and 9, places 2 and 1
 */
export function parseVerdict(
  rawText: string,
  finishReason: TextCompletion['finishReason'],
  labels: readonly number[],
): Result<ParsedVerdict, StepError> {
  const reply = findReply(rawText, finishReason, labels)
  if (!reply) return unparseable(whyNoReply(rawText, finishReason))
  const wrong = fault(reply, labels)
  return wrong ? unparseable(wrong) : ok(placed(reply, labels))
}
