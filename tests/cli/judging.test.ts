import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { agon, type Running, startAgon, temporaryHome, until } from './support.ts'

const { home, remove } = temporaryHome()
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
