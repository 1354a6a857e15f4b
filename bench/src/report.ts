import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { Environment } from './environment.ts'
import { format } from './interleaved.ts'
import type { Goal, Outcome } from './measure.ts'
import { isMet } from './measure.ts'

const results = new URL('../results/', import.meta.url)
const page = new URL('../../docs/benchmarks.md', import.meta.url)
const begin = '<!-- results: written by `npm run bench -- --table` -->'
const end = '<!-- /results -->'

export interface Saved extends Outcome {
  name: string
  title: string
  quick: boolean
  environment: Environment
}

export function save(saved: Saved): void {
  const file = saved.quick ? `${saved.name}.quick.tmp.json` : `${saved.name}.json`
  writeFileSync(
    new URL(file, results),
    `${JSON.stringify(saved, (_, value) => (typeof value === 'number' ? Number(value.toPrecision(5)) : value), 2)}\n`,
  )
}

const bound = ({ atLeast, atMost }: Goal) => (atLeast !== undefined ? `≥ ${atLeast}` : `≤ ${atMost}`)
const goalRow = (goal: Goal) => [goal.text, format(goal.value), bound(goal), isMet(goal) ? 'met' : 'MISSED']

export function print({ title, head, rows, goals, notes }: Pick<Saved, 'title' | keyof Outcome>): void {
  const align = (table: (string | number)[][]) => {
    const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => String(row[column] ?? '').length)))
    for (const row of table) {
      console.log(
        `  ${row.map((cell, column) => (column ? String(cell).padStart(widths[column]!) : String(cell).padEnd(widths[0]!))).join('  ')}`,
      )
    }
  }
  console.log(`\n${title}`)
  align([head, ...rows])
  if (goals.length > 0) align([['goal', 'measured', 'wanted', ''], ...goals.map(goalRow)])
  for (const note of notes) console.log(`  ${note}`)
}

const markdownTable = (head: (string | number)[], rows: (string | number)[][]) =>
  [head, head.map((_, column) => (column ? '--:' : '---')), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')

function section(saved: Saved): string {
  return [
    `### ${saved.title}`,
    markdownTable(saved.head, saved.rows),
    ...(saved.goals.length > 0 ? [markdownTable(['goal', 'measured', 'wanted', ''], saved.goals.map(goalRow))] : []),
    saved.notes.map((note) => `- ${note}`).join('\n'),
  ].join('\n\n')
}

/** Rewrites the results in docs/benchmarks.md from bench/results/*.json, in the order the measures are run. */
export function writeTable(order: string[]): void {
  const saved = readdirSync(results)
    .filter((file) => file.endsWith('.json') && !file.endsWith('.tmp.json'))
    .map((file) => JSON.parse(readFileSync(new URL(file, results), 'utf8')) as Saved)
    .sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name))
  const facts = [...new Set(saved.map(({ environment }) => environmentLine(environment)))]
  const body = saved.length === 0 ? 'No results yet.' : [...facts, ...saved.map(section)].join('\n\n')
  const text = existsSync(page) ? readFileSync(page, 'utf8') : `${begin}\n${end}\n`
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from === -1 || to === -1) throw new Error(`docs/benchmarks.md has lost its markers ${begin} and ${end}.`)
  writeFileSync(page, `${text.slice(0, from + begin.length)}\n\n${body}\n\n${text.slice(to)}`)
}

const pairs = (object: Record<string, string>) =>
  Object.entries(object)
    .filter(([, value]) => value)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')

const environmentLine = ({ taken, agon, peers, node, postgres, settings, cpu, foreign_load }: Environment): string =>
  `${taken.slice(0, 10)}, commit ${agon.commit}. ${cpu}, Node ${node}, PostgreSQL ${postgres} (${pairs(settings)}). ${pairs(peers)}.` +
  (foreign_load > 0.1 ? ` The machine was ${Math.round(foreign_load * 100)} % busy with something else.` : '')
