import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface Question {
  question_id: number
  text: string
}

export interface Answer {
  model: string
  question_id: number
  text: string
}

/** What GPT-4 made of two answers in 2023. Which of them it was shown first is in `judge_text` alone: model_1 always was. */
export interface Review {
  model_1: string
  model_2: string
  question_id: number
  judge_text: string
  score_1: number
  score_2: number
}

/** The published result of a pair, over all 80 questions. */
export interface ExpectedPair {
  model_1: string
  model_2: string
  wins_1: number
  wins_2: number
  ties: number
}

/** 80 real questions, the recorded answers of seven models, and the recorded verdicts on 13 pairs of them. */
export interface Vicuna80 {
  questions: Question[]
  answers: Answer[]
  reviews: Review[]
  pairs: ExpectedPair[]
}

const names = ['questions.jsonl', 'answers.jsonl', 'reviews.jsonl', 'expected.json'] as const

/** Where the evaluation data lie: AGON_DATA_DIR, or beside the repository. */
export const dataDir = process.env.AGON_DATA_DIR || fileURLToPath(new URL('../../../shared/data', import.meta.url))

/** Why there is nothing to replay, for the one who can put it right; undefined when there is. */
export function missingData(): string | undefined {
  const missing = names.map((name) => join(dataDir, 'vicuna80', name)).find((path) => !existsSync(path))
  return missing && `skipped: the recorded Vicuna battles are not here (${missing}); set AGON_DATA_DIR to the evaluation data`
}

/** Throws when the data are missing: ask `missingData` first. */
export function loadVicuna80(): Vicuna80 {
  const read = (name: (typeof names)[number]) => readFileSync(join(dataDir, 'vicuna80', name), 'utf8')
  const rows = (text: string) =>
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  return {
    questions: rows(read('questions.jsonl')),
    answers: rows(read('answers.jsonl')),
    reviews: rows(read('reviews.jsonl')),
    pairs: JSON.parse(read('expected.json')).pairs,
  }
}
