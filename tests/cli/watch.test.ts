import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Arena, simpleProvider, startArena } from '../support/arena.ts'
import { cancel } from '../support/battles.ts'
import { createStage, type Stage } from '../support/stage.ts'
import { agon, startAgon, until } from './support.ts'

let arena: Arena
let stage: Stage
let remote: Record<string, string>
beforeAll(async () => {
  arena = await startArena({ functionEnv: { AGON_STREAM_MS: '1000' } })
  stage = createStage(arena)
  simpleProvider(arena.provider)
  remote = { AGON_URL: arena.platform.url, AGON_PUBLISHABLE_KEY: arena.platform.publishableKey }
})
afterAll(() => arena.stop())

test('a battle is told from its first event to its last', async () => {
  const id = await arena.create({ title: 'A colour' })
  const { code, out, err } = await agon(['watch', id], remote)
  expect(err).toBe('')
  const told = out.split('\n').map((line) => line.replace(/^\d\d:\d\d:\d\d {2}/, ''))
  expect(told.slice(0, 3)).toEqual(['battle.draft', 'battle.published', 'The battle begins: 2 contenders, one task.'])
  expect(out).toMatch(/A {2}sparring:quill \(SIMULATED\) submitted in \d+ ms \(7 tokens\)/)
  expect(out).toMatch(/verdict 1\/2, shown [AB] then [AB]: A wins/)
  expect(out).toContain('battle.closed: winner A\n')
  expect(told.at(-2)).toBe('battle.rated')
  expect(code).toBe(0)

  const json = await agon(['watch', id, '--json', '--after', '1'], remote)
  const events = json.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(events[0]).toMatchObject({ event_id: 2, type: 'battle.published' })
  expect(events.at(-1)).toMatchObject({ type: 'battle.rated' })
})

test('with --text answers are shown as they are written, across pauses, and without it not', async () => {
  const battle = await stage.quietBattle()
  const shown = startAgon(['watch', battle.battleId, '--text'], remote)
  const plain = startAgon(['watch', battle.battleId], remote)
  await until('the battle has begun', () => shown.out().includes('The battle begins') && plain.out().includes('The battle begins'))
  for (let words = 0; words < 30; words += 3) {
    await stage.write(battle, 3, words)
    await new Promise((resolve) => setTimeout(resolve, 150)) // longer in all than a stream lasts here
  }
  await cancel(arena.database, battle)
  const [withText, without] = await Promise.all([shown.ended, plain.ended])
  const text = withText.out
    .split('\n')
    .filter((line) => line.startsWith('A │ '))
    .map((line) => line.slice(4))
    .join(' ')
  expect(text).toBe(Array.from({ length: 30 }, (_, nth) => `w${String(nth + 1).padStart(4, '0')}`).join(' '))
  expect(without.out).not.toContain('w0001')
  expect(withText.out).toContain('The battle is cancelled.')
  expect([withText.code, withText.err]).toEqual([0, ''])
})

test('Ctrl-C ends the watch and leaves the battle alone', async () => {
  const battle = await stage.quietBattle()
  const running = startAgon(['watch', battle.battleId], remote)
  await until('it watches', () => running.out().includes('The battle begins'))
  running.interrupt()
  expect((await running.ended).code).toBe(130)
  expect((await arena.battle(battle.battleId)).status).toBe('executing')
})

test('a battle that is not there, or no id at all, is told at once', async () => {
  const unknown = await agon(['watch', '00000000-0000-4000-8000-000000000000'], remote)
  expect(unknown.err).toContain('No battle 00000000-0000-4000-8000-000000000000 is visible to you')
  expect(unknown.code).toBe(2)
  const nonsense = await agon(['watch', 'nonsense'], remote)
  expect(nonsense.err).toContain('nonsense is not the id of a battle')
  expect(nonsense.code).toBe(2)
})
