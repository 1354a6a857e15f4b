import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { agon } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'agon-rate-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, content: string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

interface Printed {
  rows: {
    competitor: string
    rank: number | null
    rating: number
    lower: number | null
    games: number
    ties: number
    provisional: string | null
  }[]
  comparisons: number
  clusters: number
  cluster_column: string | null
  dropped: number
  style?: { ratings: Record<string, number>; coefficients: { feature: string; value: number }[] }
}

const rate = async (...args: string[]) => {
  const { code, out, err } = await agon(['rate', ...args, '--json'])
  if (code !== 0) throw new Error(err)
  return JSON.parse(out) as Printed
}

const header = 'question_id,model_a,model_b,winner'
const log = [
  ...Array.from({ length: 7 }, (_, nth) => `q${nth},x,y,model_a`),
  ...Array.from({ length: 3 }, (_, nth) => `q${nth},y,x,model_a`),
  'q8,x,y,tie (bothbad)',
  'q9,"x",y,tie',
]

describe('agon rate', () => {
  test('makes a board of a CSV file, clustered by its question_id', async () => {
    const { rows, comparisons, clusters, cluster_column } = await rate(file('log.csv', `${header}\n${log.join('\n')}\n`))
    expect({ comparisons, clusters, cluster_column }).toEqual({ comparisons: 12, clusters: 9, cluster_column: 'question_id' })
    expect(rows.map(({ competitor, games, ties }) => ({ competitor, games, ties }))).toEqual([
      { competitor: 'x', games: 12, ties: 2 },
      { competitor: 'y', games: 12, ties: 2 },
    ])
    expect(rows[0]!.rating - rows[1]!.rating).toBeCloseTo(400 * Math.log10(8 / 4), 6)
  })

  test('makes the same board of the same rows as JSON lines', async () => {
    const lines = log.map((row) => {
      const [question_id, model_a, model_b, winner] = row.replaceAll('"', '').split(',')
      return JSON.stringify({ question_id, model_a, model_b, winner })
    })
    const [csv, jsonl] = [await rate(file('same.csv', `${header}\n${log.join('\n')}`)), await rate(file('same.jsonl', lines.join('\r\n')))]
    expect(jsonl).toEqual(csv)
  })

  test('leaves out what was bad on both sides when told to, and says how many', async () => {
    const { comparisons, dropped } = await rate(file('bad.csv', `${header}\n${log.join('\n')}`), '--both-bad', 'drop')
    expect({ comparisons, dropped }).toEqual({ comparisons: 11, dropped: 1 })
  })

  test('says who is provisional, and why nobody may rank it', async () => {
    const path = file('few.csv', `${header}\n${log.join('\n')}\nq1,z,x,model_a`)
    const { out } = await agon(['rate', path])
    expect(out).toMatch(/–\s+z\s+\d+\s+provisional/)
    expect(out).toContain('Provisional: fewer than 1 games, or outside the largest group')
  })

  test('rates at equal style from the answers', async () => {
    const rows = Array.from({ length: 40 }, (_, nth) =>
      JSON.stringify({
        model_a: 'x',
        model_b: 'y',
        winner: nth % 3 ? 'model_a' : 'model_b',
        answer_a: 'word '.repeat(nth % 3 ? 50 : 5),
        answer_b: 'word '.repeat(20),
      }),
    )
    const { style } = await rate(file('style.jsonl', rows.join('\n')), '--style')
    expect(style!.coefficients.map(({ feature }) => feature)).toEqual(['length', 'headers', 'lists', 'bold'])
    expect(style!.coefficients[0]!.value).toBeGreaterThan(1)
  })

  test.each([
    ['a winner nobody knows', 'w.csv', `${header}\nq,x,y,model_c`, 'row 1: winner is "model_c"'],
    ['a missing column', 'm.csv', 'model_a,winner\nx,model_a', 'row 1: there is no model_b'],
    ['a model against itself', 's.csv', `${header}\nq,x,x,tie`, 'x is compared with itself'],
    ['a line that is no JSON', 'j.jsonl', '{"model_a": "x"', 'line 1:'],
    ['a file without rows', 'e.csv', `${header}\n`, 'has no comparison to rate'],
    ['a column that is not there', 'c.csv', `${header}\n${log[0]}`, 'there is no voter', '--cluster', 'voter'],
  ])('refuses %s, naming the place, and exits with 2', async (_, name, content, message, ...args) => {
    const { code, out, err } = await agon(['rate', file(name, content), ...args])
    expect(err).toContain(message)
    expect(err).not.toMatch(/^ +at /m)
    expect(out).toBe('')
    expect(code).toBe(2)
  })

  test('refuses a file that is not there', async () => {
    for (const name of ['nowhere.csv', 'nowhere.jsonl']) {
      const { code, err } = await agon(['rate', join(folder, name)])
      expect(err).toContain('cannot be read')
      expect(code).toBe(2)
    }
  })
})
