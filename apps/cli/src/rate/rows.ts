import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { parse } from 'csv-parse'
import { CliError, usageError } from '../cli-error.ts'

export type Row = Record<string, unknown>

/** The rows of a CSV file with a header, or of a file of JSON lines. Throws a CliError that names the line and the remedy. */
export const rowsOf = (path: string): AsyncGenerator<Row> => (path.endsWith('.csv') ? csvRows(path) : jsonRows(path))

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
