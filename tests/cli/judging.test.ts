import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { agon, type Running, startAgon, temporaryHome, until } from './support.ts'

const { home, remove } = await temporaryHome()
const environment = { AGON_HOME: home, AGON_SPARRING_THINKS_MS: '50' }
const run = (...args: string[]) => agon(args, environment)
let host: Running
let id: string
beforeAll(async () => {
  host = startAgon(['battle', 'Say hello to the sea.', '--keep', '--json', '--rubric', 'auto', '--judge-mode', 'rubric'], environment)
  await until('the platform stays', () => host.out().includes('battle_id') && host.out().trimEnd().endsWith('}'))
  id = JSON.parse(host.out()).battle_id
})
afterAll(async () => {
  host?.interrupt()
  await host?.ended
  remove()
})

test('a rubric that is asked for is written, and each criterion judged', () => {
  const battle = JSON.parse(host.out())
  expect(battle).toMatchObject({ status: 'closed', judge_mode: 'rubric', judges: [{ status: 'judged' }] })
  expect(battle.rubric.length).toBeGreaterThan(1)
  expect(battle.verdicts).toHaveLength(2 * battle.rubric.length)
})

test('a battle that is over is analysed, cross-examined and overridden from the command line', async () => {
  expect(await run('analyse', id)).toMatchObject({ code: 0, out: expect.stringContaining('SIMULATED) digested the answers') })
  expect(await run('cross-examine', id, '--json')).toMatchObject({ code: 0, out: expect.stringContaining('"findings"') })
  expect(await run('override', id, 'b', '--note', 'B says hello.')).toMatchObject({
    code: 0,
    out: expect.stringContaining('B should have won'),
  })
  expect(await run('override', id, 'b')).toMatchObject({ code: 2, err: expect.stringContaining('--note') })
  expect(await run('override', id, 'seven', '--note', 'x')).toMatchObject({ code: 2, err: expect.stringContaining('no slot') })
})

test('a panel is named judge by judge, with weights and a rubric from a file', async () => {
  const rubric = join(home, 'rubric.json')
  writeFileSync(rubric, '[{"title": "Short"}]')
  const fought = await run(
    'battle',
    'Say hello.',
    '-c',
    'sparring:quill',
    '-c',
    'sparring-anthropic:ember',
    '-j',
    'sparring:arbiter=2',
    '-j',
    'sparring:nobody',
    '--rubric',
    rubric,
    '--json',
  )
  expect(JSON.parse(fought.out)).toMatchObject({
    rubric: [{ title: 'Short' }],
    judges: [
      { model: 'sparring:arbiter', weight: 2, status: 'judged' },
      { model: 'sparring:nobody', weight: 1, status: 'failed' },
    ],
    status: 'closed',
  })
  expect(await run('battle', 'x', '-j', 'sparring:arbiter=many')).toMatchObject({ code: 2 })
})

test('weights are learned from gold pairs, kept, and taken by name', async () => {
  const gold = join(home, 'gold.csv')
  const said = (judge: string, right: number) => Array.from({ length: 10 }, (_, nth) => `${nth},${judge},${nth < right ? 'a' : 'b'},a`)
  writeFileSync(gold, ['pair_id,judge,verdict,gold', ...said('sparring:arbiter', 9), ...said('sparring:nobody', 4)].join('\n'))
  const weighed = await run('judges', 'weigh', gold, '--save')
  expect(weighed).toMatchObject({ code: 0, out: expect.stringContaining('-j sparring:arbiter=1.846') })
  expect(weighed.out).toContain('weighs 0: sparring:nobody')
  expect(JSON.parse((await run('judges', 'weights', '--json')).out)).toMatchObject([
    { model: 'sparring:arbiter', weight: 1.846, accuracy: 0.9, gold_pairs: 10 },
    { model: 'sparring:nobody', weight: 0, accuracy: 0.4 },
  ])
  const fight = (...judges: string[]) =>
    run('battle', 'Say hello.', '-c', 'sparring:quill', '-c', 'sparring:ember', ...judges.flatMap((judge) => ['-j', judge]), '--json')
  expect(JSON.parse((await fight('sparring:arbiter=learned', 'sparring:nobody=learned')).out).judges).toMatchObject([
    { weight: 1.846 },
    { weight: 0 },
  ])
  expect(await fight('sparring:arbiter=learned', 'sparring:stranger=learned')).toMatchObject({
    err: expect.stringContaining('judge_weight_unlearned'),
  })
})
