import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { weighJudge } from '@agon/runner-core'
import { afterAll, describe, expect, test } from 'vitest'
import { readGoldVerdicts } from './read-gold.ts'

const folder = mkdtempSync(join(tmpdir(), 'agon-gold-'))
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
function file(ending: 'csv' | 'jsonl', lines: (string | object)[]): string {
  const path = join(folder, `${files++}.${ending}`)
  writeFileSync(path, lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'))
  return path
}
const read = async (path: string, rules = {}) => {
  const { judges, passed } = await readGoldVerdicts(path, rules)
  return { passed, judges: Object.fromEntries([...judges].map(([judge, pairs]) => [judge, pairs.map((pair) => ({ ...pair }))])) }
}

describe('verdicts on gold pairs', () => {
  test('are read a pair a row, and who flips with the order is right half the time', async () => {
    const path = file('csv', ['pair_id,judge,verdict,gold', '1,x,a,a', '2,x,inconsistent,b', '3,x,tie,b', '4,x,abstain,a', '1,y,b,a'])
    const { judges } = await read(path)
    expect(judges).toEqual({
      x: [
        { aFirst: 'a', bFirst: 'a', gold: 'a' },
        { aFirst: 'a', bFirst: 'b', gold: 'b' },
        { aFirst: 'tie', bFirst: 'tie', gold: 'b' },
        { aFirst: null, bFirst: null, gold: 'a' },
      ],
      y: [{ aFirst: 'b', bFirst: 'b', gold: 'a' }],
    })
    expect(weighJudge(judges.x!)).toMatchObject({ pairs: 3, abstained: 1, accuracy: 0.5, weight: 0 })
  })

  test('are read a call a row when the row says what was shown first', async () => {
    const path = file('jsonl', [
      { pair_id: 1, judge: 'x', verdict: 'a', first: 'a', gold: 'a' },
      { pair_id: 1, judge: 'x', verdict: 'b', first: 'b', gold: 'a' },
    ])
    expect((await read(path)).judges).toEqual({ x: [{ aFirst: 'a', bFirst: 'b', gold: 'a' }] })
  })

  test('are read as LLMBar records them, one way of judging at a time', async () => {
    const header = 'subset,idx,judge,strategy,gold,winner_order1,winner_order2'
    const path = file('csv', [header, 'N,0,x,CoT,1,1,2', 'N,0,x,Swap,1,1,1', 'N,1,x,CoT,2,,2'])
    expect((await read(path, { strategy: 'CoT' })).judges).toEqual({
      x: [
        { aFirst: 'a', bFirst: 'b', gold: 'a' },
        { aFirst: null, bFirst: 'b', gold: 'b' },
      ],
    })
    await expect(read(path)).rejects.toMatchObject({
      message: expect.stringContaining('row 2'),
      remedy: expect.stringContaining('--strategy CoT'),
    })
    await expect(read(path, { strategy: 'Rating' })).rejects.toThrow('no strategy Rating')
  })

  test('are read of an export, with who is better from another file; what says nothing of a gold pair is passed by', async () => {
    const call = (presentation: number, slot_order: string, winner_slot: string | null, more = {}) => ({
      battle_id: 'one',
      judge_model: 'openai:gpt-5-mini',
      part: 'all',
      presentation,
      slot_order,
      outcome: winner_slot ? 'winner' : 'both_bad',
      winner_slot,
      ...more,
    })
    const path = file('jsonl', [
      call(0, 'BA', 'B'),
      call(1, 'AB', null),
      call(0, 'AB', 'A', { battle_id: 'unknown' }),
      call(0, 'AB', 'A', { part: 'criterion:1' }),
      call(0, 'ABC', 'A', { battle_id: 'two' }),
    ])
    const gold = file('csv', ['battle_id,gold', 'one,b', 'two,A'])
    expect(await read(path, { gold })).toEqual({ passed: 3, judges: { 'openai:gpt-5-mini': [{ aFirst: 'tie', bFirst: 'b', gold: 'b' }] } })
  })

  test('weigh nobody when a row is wrong, and the row is named', async () => {
    const wrong = (...rows: string[]) => read(file('csv', ['pair_id,judge,verdict,gold', '1,x,a,a', ...rows]))
    await expect(wrong('2,x,maybe,a')).rejects.toThrow('row 2: verdict is "maybe"')
    await expect(wrong('1,x,b,a')).rejects.toThrow('x has judged 1 already')
    await expect(wrong('1,y,b,b')).rejects.toThrow('its gold is not that of another row of 1')
    await expect(wrong('2,,b,b')).rejects.toThrow('there is no judge')
    await expect(read(file('csv', ['a,b', '1,2']))).rejects.toThrow('none of verdict, winner_order1, slot_order')
  })
})
