import { type Board, board, type Comparison, styleBoard } from '@agon/runner-core/rating'

/** An input that breaks fits in the wild, and what came of it here. */
export interface Numeric {
  what: string
  comparisons: number
  competitors: number
  ms: number
  ranked: number
  /** Every rating and every interval that is shown is a finite number. */
  finite: boolean
  /** What the board says of those it does not rank. */
  says: string
}

/** A sequence that looks random and is the same every time: Park and Miller's minimal standard generator. */
function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
}

/** Battles of competitors whose strengths spread over 800 points, ties now and then, three battles a prompt. */
function* simulated(count: number, competitors: number, { style = false, group = 0, seed = 11 } = {}): Generator<Comparison> {
  const random = dice(seed)
  const strength = Array.from({ length: competitors }, () => (random() - 0.5) * 4.6)
  for (let nth = 0; nth < count; nth++) {
    const a = Math.floor(random() * competitors)
    const b = (a + 1 + Math.floor(random() * (competitors - 1))) % competitors
    const result = random() < 0.1 ? 0.5 : random() < 1 / (1 + Math.exp(strength[b]! - strength[a]!)) ? 1 : 0
    yield {
      a: `g${group} model ${a}`,
      b: `g${group} model ${b}`,
      result,
      cluster: `prompt ${Math.floor((random() * count) / 3)}`,
      ...(style && { style: [random() - 0.5, random() - 0.5, random() - 0.5, random() - 0.5] }),
    }
  }
}

const many = <T>(count: number, make: (nth: number) => T): T[] => Array.from({ length: count }, (_, nth) => make(nth))

/** Every shape of input that the issue of a leaderboard must survive, `scale` battles in the large ones. */
export function* numerics(scale: number, models: number): Generator<Numeric> {
  yield measured(`${models} models`, () => board(simulated(scale, models)))
  yield measured(`${models} models, at equal style`, () => styleBoard(simulated(scale, models, { style: true })))
  yield measured('two groups that never met', () =>
    board([...simulated(scale / 2, models / 2, { group: 1 }), ...simulated(scale / 4, models / 4, { group: 2 })]),
  )
  yield measured('a hundred pairs that met nobody else', () =>
    board(many(scale / 10, (nth) => ({ a: `x${nth % 100}`, b: `y${nth % 100}`, result: nth % 2 ? 1 : 0 }))),
  )
  yield measured('one who always wins', () =>
    board([...simulated(scale / 10, 20), ...many(scale / 10, (nth): Comparison => ({ a: 'best', b: `g0 model ${nth % 20}`, result: 1 }))]),
  )
  yield measured('each always beats the next', () =>
    board(many(scale / 10, (nth): Comparison => ({ a: `m${1000 + (nth % 50)}`, b: `m${1001 + (nth % 50)}`, result: 1 }))),
  )
  yield measured('nothing but ties', () =>
    board(many(scale / 10, (nth): Comparison => ({ a: `m${nth % 50}`, b: `m${(nth + 1) % 50}`, result: 0.5 }))),
  )
  yield measured('one prompt for all', () => board([...simulated(scale / 10, 20)].map((row) => ({ ...row, cluster: 'the one' }))))
  yield measured('a favourite of a million to one', () =>
    board([
      { a: 'x', b: 'y', result: 1, weight: 1_000_000 },
      { a: 'y', b: 'x', result: 1 },
    ]),
  )
  yield measured('one battle', () => board([{ a: 'x', b: 'y', result: 1 }]))
  yield measured('one tie', () => board([{ a: 'x', b: 'y', result: 0.5 }]))
  yield measured('no battle', () => board([]))
}

function measured(what: string, make: () => Board): Numeric {
  const began = performance.now()
  const { rows, comparisons } = make()
  const ms = performance.now() - began
  const shown = rows.flatMap(({ rating, lower, upper }) => [rating, ...(lower === null ? [] : [lower, upper!])])
  const provisional = rows.filter((row) => row.provisional !== null)
  return {
    what,
    comparisons,
    competitors: rows.length,
    ms,
    ranked: rows.length - provisional.length,
    finite: shown.every(Number.isFinite),
    says: provisional.length === 0 ? '' : `${provisional.length} ${[...new Set(provisional.map((row) => row.provisional))].join(', ')}`,
  }
}
