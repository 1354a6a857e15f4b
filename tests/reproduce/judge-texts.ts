import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseVerdict, spokenPreference, spokenRating } from '@agon/runner-core'
import { dataDir } from '../replay/vicuna80.ts'
import { type Reproduced, row } from './data.ts'

export const judgeTextFiles = [
  'vicuna80/reviews.jsonl',
  'arenabench/judgments.jsonl',
  'arenabench/unparseable.jsonl',
  'llmbar/gpt4_cot_judge_texts.jsonl',
]

const read = <T>(file: string): T[] =>
  readFileSync(join(dataDir, file), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T)

/**
 * Two Vicuna reviews whose record says otherwise than their text: both end `Assistant 1: 10, Assistant 2: 4` and are recorded as 10 and 2.
 * What is read is what was written.
 */
const misrecorded = 2

/** 2,838 recorded texts of judges, and 33 that nobody could read: what is read of each against what is on record. */
export function reproduceJudgeTexts(): Reproduced[] {
  const reviews = read<{ judge_text: string; score_1: number; score_2: number }>('vicuna80/reviews.jsonl')
  const reviewsRead = reviews.filter(({ judge_text, score_1, score_2 }) => {
    const verdict = parseVerdict(judge_text, 'stop', [1, 2])
    return verdict.ok && verdict.value.scores[0]!.score === score_1 && verdict.value.scores[1]!.score === score_2
  })
  const totals = new Map<string, [number, number]>()
  for (const { model_1, model_2, score_1, score_2 } of read<Record<'model_1' | 'model_2', string> & Record<'score_1' | 'score_2', number>>(
    'vicuna80/reviews.jsonl',
  )) {
    const [one, two] = totals.get(`${model_1} ${model_2}`) ?? [0, 0]
    totals.set(`${model_1} ${model_2}`, [one + score_1, two + score_2])
  }
  const published: [string, number, number][] = [
    ['llama-13b', 513, 694],
    ['alpaca-13b', 583, 704],
    ['bard', 664, 655.5],
    ['gpt-3.5-turbo', 693, 638],
  ]

  const ratings = read<{ judge_text: string; score: number | null }>('arenabench/judgments.jsonl')
  // A text without a score on record is among the unparseable, which tell what of it can be recovered.
  const ratingsRead = ratings.filter(({ judge_text, score }) => score === null || spokenRating(judge_text) === score)
  const unreadable = read<{ judge_text: string; recoverable_rating: number | null }>('arenabench/unparseable.jsonl')
  const asTheyAre = unreadable.filter(({ judge_text, recoverable_rating }) => (spokenRating(judge_text) ?? null) === recoverable_rating)

  const preferences = read<{ judge_text: string; swapped: number; parsed_winner: string | number | null }>(
    'llmbar/gpt4_cot_judge_texts.jsonl',
  )
  const preferencesRead = preferences.filter(({ judge_text, swapped, parsed_winner }) => {
    const side = spokenPreference(judge_text)
    const winner = side === undefined ? '' : (side === 'a') === (swapped === 0) ? '1' : '2'
    return winner === String(parsed_winner ?? '')
  })

  const table = 'Recorded judge texts'
  return [
    ...published.flatMap(([model, one, two]) => {
      const ours = totals.get(`${model} vicuna-13b`)!
      return [
        row('Vicuna, totals', `${model} against vicuna-13b`, one, ours[0]),
        row('Vicuna, totals', `vicuna-13b against ${model}`, two, ours[1]),
      ]
    }),
    row(table, 'Vicuna reviews read as recorded, two misrecorded', reviews.length - misrecorded, reviewsRead.length),
    row(table, 'Arena-Bench ratings read as recorded', ratings.length, ratingsRead.length),
    row(table, 'LLMBar preferences read as recorded', preferences.length, preferencesRead.length),
    row(table, 'unparseable texts: abstained from or recovered as their rows say', unreadable.length, asTheyAre.length),
  ]
}
