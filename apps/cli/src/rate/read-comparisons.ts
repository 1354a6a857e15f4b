import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { type Comparison, styleDifference, styleOf } from '@agon/runner-core/rating'
import { parse } from 'csv-parse'
import { CliError, usageError } from '../cli-error.ts'

export interface ReadRules {
  /** The column of what rows share; undefined: the first of `clusterColumns` the file has. */
  cluster?: string
  /** What becomes of rows in which both were bad. */
  bothBad: 'tie' | 'drop'
  /** Reads answer_a and answer_b too, for their style. */
  style: boolean
}

export interface ReadLog {
  comparisons: Comparison[]
  clusterColumn: string | null
  dropped: number
}

const clusterColumns = ['question_id', 'prompt_id', 'battle_id', 'conversation_id']

/** As the common public files spell them: FastChat, MT-Bench, Chatbot Arena, and our own export. */
const outcomes: Record<string, Comparison['result'] | 'both_bad'> = {
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
  const refuse = (why: string, remedy: string): never => {
    throw usageError(`${path}, row ${line}: ${why}`, remedy)
  }
  for await (const row of path.endsWith('.csv') ? csvRows(path) : jsonRows(path)) {
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
      ...(rules.style && { style: styleDifference(styleOf(text('answer_a')), styleOf(text('answer_b'))) }),
    })
  }
  return { comparisons, clusterColumn, dropped }
}

type Row = Record<string, unknown>

async function* csvRows(path: string): AsyncGenerator<Row> {
  const rows = parse({ columns: true, bom: true, skip_empty_lines: true, trim: true })
  // A pipe passes no errors on.
  createReadStream(path)
    .on('error', (error) => rows.destroy(error))
    .pipe(rows)
  try {
    yield* rows as AsyncIterable<Row>
  } catch (error) {
    throw unreadable(path, error)
  }
}

async function* jsonRows(path: string): AsyncGenerator<Row> {
  let line = 0
  try {
    for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
      line++
      if (text.trim() === '') continue
      const row: unknown = JSON.parse(text)
      if (typeof row !== 'object' || row === null || Array.isArray(row)) throw new SyntaxError('expected a JSON object')
      yield row as Row
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw unreadable(path, error)
    throw usageError(`${path}, line ${line}: ${error.message}`, 'Each line of a .jsonl file is one JSON object; name a CSV file .csv.')
  }
}

const unreadable = (path: string, error: unknown): Error =>
  error instanceof CliError
    ? error
    : usageError(`${path} cannot be read: ${error instanceof Error ? error.message : error}`, 'Give a readable .csv or .jsonl file.')
