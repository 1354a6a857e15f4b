import { type Comparison, styleDifference, styleFeatures, styleOf } from '@agon/runner-core/rating'
import { usageError } from '../cli-error.ts'
import { type Row, rowsOf } from './rows.ts'

export interface ReadRules {
  /** The column of what rows share; undefined: the first of `clusterColumns` the file has. */
  cluster?: string
  /** What becomes of rows in which both were bad. */
  bothBad: 'tie' | 'drop'
  /** Reads the difference in style too: `style`, or style_length and the others, as an export has them; else of answer_a and answer_b. */
  style: boolean
}

export interface ReadLog {
  comparisons: Comparison[]
  clusterColumn: string | null
  dropped: number
}

export const clusterColumns = ['question_id', 'prompt_id', 'battle_id', 'conversation_id']

/** As the common public files spell them: FastChat, MT-Bench, Chatbot Arena, and our own export. */
export const outcomes: Record<string, Comparison['result'] | 'both_bad'> = {
  model_a: 1,
  a: 1,
  model_b: 0,
  b: 0,
  tie: 0.5,
  draw: 0.5,
  'tie (inconsistent)': 0.5,
  inconsistent: 0.5,
  'tie (bothbad)': 'both_bad',
  both_bad: 'both_bad',
  bothbad: 'both_bad',
}

/**
 * Reads comparisons from a CSV file with a header or from JSON lines: model_a, model_b, winner, and what else the rules name. Throws a
 * CliError that names the line and the remedy; half a file is never rated.
 */
export async function readComparisonFile(path: string, rules: ReadRules): Promise<ReadLog> {
  const comparisons: Comparison[] = []
  let clusterColumn: string | null = rules.cluster ?? null
  let dropped = 0
  let line = 0
  const refuse: Refuse = (why, remedy) => {
    throw usageError(`${path}, row ${line}: ${why}`, remedy)
  }
  for await (const row of rowsOf(path)) {
    line++
    if (line === 1 && !clusterColumn) clusterColumn = clusterColumns.find((name) => row[name] !== undefined) ?? null
    const text = (name: string): string => {
      const value = row[name]
      if (value === undefined || value === null || value === '')
        refuse(`there is no ${name}`, 'Every row needs model_a, model_b and winner.')
      return String(value)
    }
    const a = text('model_a')
    const b = text('model_b')
    const outcome = outcomes[text('winner').trim().toLowerCase()]
    if (outcome === undefined)
      refuse(`winner is ${JSON.stringify(String(row.winner).slice(0, 60))}`, `Use one of ${Object.keys(outcomes).join(', ')}.`)
    if (a === b) refuse(`${a} is compared with itself`, 'Leave the row out, or name the two models apart.')
    if (outcome === 'both_bad' && rules.bothBad === 'drop') {
      dropped++
      continue
    }
    comparisons.push({
      a,
      b,
      result: outcome === 'both_bad' ? 0.5 : outcome!,
      ...(clusterColumn && { cluster: text(clusterColumn) }),
      ...weightIn(row, refuse),
      ...(rules.style && { style: styleIn(row, refuse) ?? styleDifference(styleOf(text('answer_a')), styleOf(text('answer_b'))) }),
    })
  }
  return { comparisons, clusterColumn, dropped }
}

type Refuse = (why: string, remedy: string) => never

/** How often it was said, where the file tells. */
export function weightIn({ weight }: Row, refuse: Refuse): { weight?: number } {
  if (weight === undefined || weight === null || weight === '') return {}
  const value = Number(weight)
  if (!(value > 0 && value < Number.POSITIVE_INFINITY))
    refuse(`weight is ${JSON.stringify(String(weight).slice(0, 60))}`, 'Give a positive number, or leave the column out.')
  return { weight: value }
}

/** The difference in style, where the file tells. */
export function styleIn(row: Row, refuse: Refuse): number[] | undefined {
  const told = row.style ?? (row.style_length === undefined ? undefined : styleFeatures.map((name) => row[`style_${name}`]))
  if (told === undefined || told === null) return undefined
  const style = Array.isArray(told) ? told.map((one) => (one === '' || one === null ? Number.NaN : Number(one))) : []
  if (style.length === styleFeatures.length && style.every((one) => Math.abs(one) <= 1)) return style
  return refuse(
    'style is not what an export has',
    `Expected ${styleFeatures.length} numbers between -1 and 1: ${styleFeatures.join(', ')}.`,
  )
}
