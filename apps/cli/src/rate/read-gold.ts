import type { TwoOrders } from '@agon/runner-core/rating'
import { usageError } from '../cli-error.ts'
import { type Row, rowsOf } from './rows.ts'

export interface GoldRules {
  /** A file of battle_id (or pair_id) and gold, for verdicts that do not say themselves who is better. */
  gold?: string
  /** Of a file in which judges judged in several ways: which of them. */
  strategy?: string
}

export interface GoldVerdicts {
  /** What each judge said of each pair. */
  judges: Map<string, TwoOrders[]>
  /** Rows that say nothing of a gold pair: its better side is not known, or it is a verdict on a criterion or on more than two answers. */
  passed: number
}

type Side = 'a' | 'b'
type Said = Side | 'tie' | null

/** What one row says: of which pair, in which order of its sides; an order that is left out it does not speak of. */
interface Spoken {
  judge: string
  pair: string
  gold: Side
  said: { aFirst?: Said; bFirst?: Said }
}

/** How a row is read that has this column; see docs/judging.md for the three forms. */
const forms = { verdict: ofPair, winner_order1: ofTwoOrders, slot_order: ofExport }

const sides: Record<string, Side> = { a: 'a', b: 'b', '1': 'a', '2': 'b', model_a: 'a', model_b: 'b' }

class Unreadable extends Error {}

/**
 * Reads what judges said of pairs whose better side is known, from a CSV file with a header or from JSON lines. Throws a CliError that
 * names the row and the remedy; half a file weighs nobody.
 */
export async function readGoldVerdicts(path: string, rules: GoldRules): Promise<GoldVerdicts> {
  const golds = rules.gold === undefined ? new Map<string, string>() : await readGolds(rules.gold)
  const judges = new Map<string, Map<string, TwoOrders>>()
  const golden = new Map<string, Side>()
  const strategies = new Set<string>()
  let passed = 0
  let line = 0
  for await (const row of rowsOf(path)) {
    line++
    if (row.strategy !== undefined && row.strategy !== null) strategies.add(String(row.strategy))
    if (rules.strategy !== undefined && row.strategy !== rules.strategy) continue
    try {
      const spoken = spokenIn(row, golds)
      if (spoken === null) {
        passed++
        continue
      }
      const { judge, pair, gold, said } = spoken
      if ((golden.get(pair) ?? gold) !== gold) throw new Unreadable(`its gold is not that of another row of ${pair}`)
      golden.set(pair, gold)
      const pairs = judges.get(judge) ?? new Map<string, TwoOrders>()
      judges.set(judge, pairs)
      const known = pairs.get(pair) as (TwoOrders & { told?: Set<string> }) | undefined
      const told = known?.told ?? new Set<string>()
      for (const order of Object.keys(said)) {
        if (told.has(order))
          throw new Unreadable(
            `${judge} has judged ${pair} already${rules.strategy === undefined && strategies.size > 1 ? ', in another way' : ''}`,
          )
        told.add(order)
      }
      pairs.set(pair, Object.defineProperty({ aFirst: null, bFirst: null, ...known, ...said, gold }, 'told', { value: told }))
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      throw usageError(
        `${path}, row ${line}: ${error.message}`,
        strategies.size > 1 && rules.strategy === undefined
          ? `Say which way of judging is weighed: --strategy ${[...strategies][0]}`
          : 'Every row needs pair_id, judge, verdict (a, b, tie, inconsistent or abstain) and gold (a or b); docs/judging.md has the other forms.',
      )
    }
  }
  if (rules.strategy !== undefined && strategies.size > 0 && !strategies.has(rules.strategy))
    throw usageError(`${path} has no strategy ${rules.strategy}.`, `It has ${[...strategies].join(', ')}.`)
  return { judges: new Map([...judges].map(([judge, pairs]) => [judge, [...pairs.values()]])), passed }
}

function spokenIn(row: Row, golds: Map<string, string>): Spoken | null {
  for (const [column, read] of Object.entries(forms)) if (row[column] !== undefined) return read(row, golds)
  throw new Unreadable(`it has none of ${Object.keys(forms).join(', ')}`)
}

function text(row: Row, name: string): string {
  const value = row[name]
  if (value === undefined || value === null || value === '') throw new Unreadable(`there is no ${name}`)
  return String(value)
}

function sideOf(value: string, name: string): Side {
  const side = sides[value.trim().toLowerCase()]
  if (!side) throw new Unreadable(`${name} is ${JSON.stringify(value.slice(0, 60))}`)
  return side
}

/** A pair a row: {pair_id, judge, verdict, gold}; with `first`, one of its two orders. */
function ofPair(row: Row, golds: Map<string, string>): Spoken | null {
  const pair = text(row, 'pair_id')
  const gold = goldOf(row, golds, pair)
  if (gold === undefined) return null
  const verdict = text(row, 'verdict').trim().toLowerCase()
  const named = { judge: text(row, 'judge'), pair, gold: sideOf(gold, 'gold') }
  if (row.first === undefined || row.first === null || row.first === '') {
    // Who flips with the order is right in one of the two, whichever that was.
    if (verdict === 'inconsistent') return { ...named, said: { aFirst: 'a', bFirst: 'b' } }
    return { ...named, said: { aFirst: saidIn(verdict), bFirst: saidIn(verdict) } }
  }
  const said = saidIn(verdict)
  return { ...named, said: sideOf(String(row.first), 'first') === 'a' ? { aFirst: said } : { bFirst: said } }
}

function saidIn(verdict: string): Said {
  if (verdict === 'abstain') return null
  return verdict === 'tie' || verdict === 'both_bad' ? 'tie' : sideOf(verdict, 'verdict')
}

/** As LLMBar records it: subset, idx, judge, strategy, gold, winner_order1, winner_order2, by the sides' numbers. */
function ofTwoOrders(row: Row): Spoken {
  const said = (name: string): Said => (row[name] === '' || row[name] === null ? null : sideOf(String(row[name]), name))
  return {
    judge: text(row, 'judge'),
    pair: `${row.subset ?? ''} ${text(row, 'idx')}`.trim(),
    gold: sideOf(text(row, 'gold'), 'gold'),
    said: { aFirst: said('winner_order1'), bFirst: said('winner_order2') },
  }
}

/** As `agon export verdicts` writes it, a call a row; gold names the better answer by its slot. */
function ofExport(row: Row, golds: Map<string, string>): Spoken | null {
  const order = text(row, 'slot_order')
  const battle = text(row, 'battle_id')
  const gold = goldOf(row, golds, battle)?.trim().toUpperCase()
  if (gold !== undefined && !/^[A-Z]$/.test(gold)) throw new Unreadable(`gold is ${JSON.stringify(gold.slice(0, 60))}, and no slot`)
  if (gold === undefined || order.length !== 2 || !order.includes(gold) || String(row.part ?? 'all').startsWith('criterion:')) return null
  const [a, b] = [...order].toSorted() as [string, string]
  const outcome = text(row, 'outcome')
  const said: Said = outcome === 'abstain' ? null : outcome !== 'winner' ? 'tie' : text(row, 'winner_slot') === a ? 'a' : 'b'
  return {
    judge: text(row, 'judge_model'),
    pair: `${battle} ${a}-${b}`,
    gold: gold === a ? 'a' : 'b',
    said: order[0] === a ? { aFirst: said } : { bFirst: said },
  }
}

const goldOf = (row: Row, golds: Map<string, string>, id: string): string | undefined =>
  row.gold === undefined || row.gold === null || row.gold === '' ? golds.get(id) : String(row.gold)

async function readGolds(path: string): Promise<Map<string, string>> {
  const golds = new Map<string, string>()
  let line = 0
  for await (const row of rowsOf(path)) {
    line++
    const id = row.battle_id ?? row.pair_id
    if (id === undefined || id === null || row.gold === undefined || row.gold === null || row.gold === '')
      throw usageError(
        `${path}, row ${line}: there is no ${id === undefined || id === null ? 'battle_id' : 'gold'}`,
        'Every row needs battle_id and gold.',
      )
    golds.set(String(id), String(row.gold))
  }
  return golds
}
