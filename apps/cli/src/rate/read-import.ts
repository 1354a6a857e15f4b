import { usageError } from '../cli-error.ts'
import { clusterColumns, outcomes, styleIn, weightIn } from './read-comparisons.ts'
import { type Row, rowsOf } from './rows.ts'

/** A comparison as the database takes it in. */
export interface ImportedComparison {
  line: number
  a: string
  b: string
  outcome: 'a' | 'b' | 'tie' | 'both_bad'
  weight?: number
  cluster: string
  kind?: string
  category?: string
  style?: number[]
  closed_at?: string
}

/** What the one file or the other calls a result, as the log tells it; the other side's name for it when the two are written the other way round. */
const turned = { a: 'b', b: 'a', tie: 'tie', both_bad: 'both_bad' } as const

/**
 * Reads what may enter the log: comparisons (model_a, model_b, winner, as `agon rate` reads them) or closed battles (contenders, outcome,
 * winner_slot, as `agon export battles` writes them), which are worth their winner against every other, or a tie of all.
 */
export async function* readImport(path: string): AsyncGenerator<ImportedComparison> {
  let line = 0
  for await (const row of rowsOf(path)) {
    line++
    const refuse = (why: string, remedy: string): never => {
      throw usageError(`${path}, row ${line}: ${why}`, remedy)
    }
    yield* row.contenders === undefined ? [comparison(row, line, refuse)] : battle(row, line, refuse)
  }
  if (line === 0)
    throw usageError(`${path} has nothing to import`, 'Every row needs model_a, model_b and winner, or contenders and outcome.')
}

type Refuse = (why: string, remedy: string) => never

const told = (value: unknown): value is string | number => value !== undefined && value !== null && value !== ''

function comparison(row: Row, line: number, refuse: Refuse): ImportedComparison {
  const text = (name: string): string =>
    told(row[name]) ? String(row[name]).trim() : refuse(`there is no ${name}`, 'Every row needs model_a, model_b and winner.')
  const [one, other] = [text('model_a'), text('model_b')]
  if (one === other) refuse(`${one} is compared with itself`, 'Leave the row out, or name the two models apart.')
  const result = outcomes[text('winner').toLowerCase()]
  if (result === undefined)
    refuse(`winner is ${JSON.stringify(text('winner').slice(0, 60))}`, `Use one of ${Object.keys(outcomes).join(', ')}.`)
  const outcome = result === 'both_bad' ? 'both_bad' : result === 1 ? 'a' : result === 0 ? 'b' : 'tie'
  const cluster = clusterColumns.map((name) => row[name]).find(told)
  const style = styleIn(row, refuse)
  return {
    line,
    ...sides(one, other, outcome, style),
    ...weightIn(row, refuse),
    cluster: cluster === undefined ? `row ${line}` : String(cluster),
    ...shared(row, refuse),
  }
}

function battle(row: Row, line: number, refuse: Refuse): ImportedComparison[] {
  const contenders = listIn(row.contenders)
  if (contenders === undefined) return refuse('contenders is no list', 'Give what agon export battles writes.')
  const played = contenders.filter(({ model, status }) => told(model) && (status === undefined || status === 'submitted'))
  const name = ({ model, identity }: Row) => (told(identity) ? `${String(model)} · ${String(identity)}` : String(model))
  const cluster = clusterColumns.map((column) => row[column]).find(told)
  const made: ImportedComparison[] = []
  for (const [nth, one] of played.entries())
    for (const other of played.slice(nth + 1)) {
      const winner = row.winner_slot
      if (row.outcome === 'winner' && winner !== one.slot && winner !== other.slot) continue // it says nothing of those who did not win
      if (row.outcome !== 'winner' && row.outcome !== 'draw') continue
      const outcome = row.outcome === 'winner' ? (winner === one.slot ? 'a' : 'b') : row.judge_outcome === 'both_bad' ? 'both_bad' : 'tie'
      if (name(one) === name(other)) refuse(`${name(one)} is in the battle twice`, 'Name the two apart by their identity.')
      made.push({
        line,
        ...sides(name(one), name(other), outcome),
        cluster: cluster === undefined ? `row ${line}` : String(cluster),
        ...shared({ ...row, kind: row.kind ?? one.kind, closed_at: row.closed_at ?? row.finished_at }, refuse),
      })
    }
  return made
}

/** A list, which a CSV file has as JSON in a cell. */
function listIn(value: unknown): Row[] | undefined {
  if (Array.isArray(value)) return value as Row[]
  try {
    const read: unknown = JSON.parse(String(value))
    return Array.isArray(read) ? (read as Row[]) : undefined
  } catch {
    return undefined
  }
}

/** The two in the order of their names, as the log keeps them. */
function sides(one: string, other: string, outcome: ImportedComparison['outcome'], style?: number[]) {
  if (one < other) return { a: one, b: other, outcome, ...(style && { style }) }
  return { a: other, b: one, outcome: turned[outcome], ...(style && { style: style.map((each) => -each) }) }
}

const kinds = ['text', 'image', 'audio', 'video', 'music']

function shared(row: Row, refuse: Refuse): Pick<ImportedComparison, 'kind' | 'category' | 'closed_at'> {
  const { kind, category, closed_at } = row
  if (told(kind) && !kinds.includes(String(kind)))
    refuse(`kind is ${JSON.stringify(String(kind).slice(0, 60))}`, `Use one of ${kinds.join(', ')}.`)
  if (told(category) && !/^[a-z0-9][a-z0-9_-]{0,39}$/.test(String(category)))
    refuse(`category is ${JSON.stringify(String(category).slice(0, 60))}`, 'Use up to 40 of a-z, 0-9, _ and -.')
  if (told(closed_at) && Number.isNaN(Date.parse(String(closed_at))))
    refuse(`closed_at is ${JSON.stringify(String(closed_at).slice(0, 60))}`, 'Give a timestamp, such as 2026-11-20T03:00:00Z.')
  return {
    ...(told(kind) && { kind: String(kind) }),
    ...(told(category) && { category: String(category) }),
    ...(told(closed_at) && { closed_at: new Date(String(closed_at)).toISOString() }),
  }
}
