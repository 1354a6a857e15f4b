import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Arena, startArena } from '../support/arena.ts'
import { runsOf } from '../support/triggers.ts'
import { saveWorkflow } from '../support/workflows.ts'
import { agon } from './support.ts'

let arena: Arena
let remote: Record<string, string>
let workflow: string
let folder: string

beforeAll(async () => {
  arena = await startArena()
  const token = await arena.signUp('cli-triggers')
  const ownerId = JSON.parse(atob(token.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/'))).sub as string
  remote = { AGON_URL: arena.platform.url, AGON_PUBLISHABLE_KEY: arena.platform.publishableKey, AGON_ACCESS_TOKEN: token }
  workflow = (await saveWorkflow(arena.database, { nodes: ['a'] }, ownerId)).workflowId
  folder = await mkdtemp(join(tmpdir(), 'agon-triggers-'))
})
afterAll(async () => {
  await arena.stop()
  await rm(folder, { recursive: true })
})

test('a schedule is looked at, made, listed, shown, fired, turned off and on, and removed', async () => {
  const preview = await agon(['trigger', 'preview', '30 6 * * 1-5', '--timezone', 'Europe/Berlin', '--count', '2'], remote)
  expect([preview.code, preview.out.trim().split('\n').length]).toEqual([0, 2])
  expect(preview.out).toMatch(/06:30 GMT\+0[12]:00/)

  const made = await agon(
    ['trigger', 'create', workflow, '--cron', '30 6 * * 1-5', '--title', 'Mornings', '--inputs', '{"topic":"tides"}'],
    remote,
  )
  expect(made.code, made.err).toBe(0)
  expect(made.err).toContain('It is due next at')
  const id = made.out.trim()
  const listed = await agon(['trigger', 'list', '--workflow', workflow], remote)
  expect(listed.out).toMatch(new RegExp(`${id} +schedule +enabled +\\S+ +Mornings`))

  const fired = await agon(['trigger', 'fire', id, '--inputs', '{"topic":"ebb"}'], remote)
  expect(await runsOf(arena.database, id)).toMatchObject([{ run_id: fired.out.trim(), context_inputs: { topic: 'ebb' } }])
  const shown = await agon(['trigger', 'show', id], remote)
  expect(shown.out).toContain(fired.out.trim())
  expect(shown.out.match(/^due /gm)).toHaveLength(5)

  expect((await agon(['trigger', 'disable', id], remote)).err).toContain('is disabled.')
  expect((await agon(['trigger', 'list'], remote)).out).toContain('disabled: owner')
  expect((await agon(['trigger', 'enable', id], remote)).err).toContain('is enabled. It is due next at')
  expect((await agon(['trigger', 'delete', id], remote)).code).toBe(0)
  expect((await agon(['trigger', 'show', id], remote)).code).toBe(2)
})

test('a webhook shows its URL and its secret once, and takes a request with it', async () => {
  const made = await agon(['trigger', 'create', workflow, '--webhook', 'bearer'], remote)
  const [id, url, secret] = made.out.trim().split('\n') as [string, string, string]
  expect(made.err).toContain('not shown again')
  const status = async (shown: string) => {
    const headers = { authorization: `Bearer ${shown}`, 'content-type': 'application/json' }
    return (await fetch(url, { method: 'POST', headers, body: '{}' })).status
  }
  expect(await status(secret)).toBe(202)
  expect((await agon(['trigger', 'show', id], remote)).out).not.toContain(secret)

  const both = await agon(['trigger', 'rotate', id, '--old-valid', '60'], remote)
  expect(both.err).toContain('The old secret opens too until')
  expect([await status(secret), await status(both.out.trim())]).toEqual([202, 202])
  const alone = await agon(['trigger', 'rotate', id], remote)
  expect(alone.err).toContain('opens nothing any more')
  expect([await status(secret), await status(both.out.trim()), await status(alone.out.trim())]).toEqual([401, 401, 202])
})

test('any kind is made from a file', async () => {
  const file = join(folder, 'trigger.json')
  await writeFile(file, JSON.stringify({ kind: 'battle_event', config: { types: ['battle.closed'], filter: { outcome: 'winner' } } }))
  const made = await agon(['trigger', 'create', workflow, '--file', file, '--json'], remote)
  expect(JSON.parse(made.out)).toMatchObject({ kind: 'battle_event', config: { filter: { outcome: 'winner' } } })
})

test.each([
  [['create', '--cron', 'often'], 'cron_expr: expected five fields'],
  [['create', '--cron', '* * * * *', '--webhook', 'hmac'], '--cron and --webhook do not go together.'],
  [['create', '--inputs', 'topic'], '--inputs is not JSON.'],
  [['create', '--file', '/no/such/file.json'], 'cannot be read'],
])('trigger %j says what is wrong', async ([command, ...options], message) => {
  const { code, err } = await agon(['trigger', command!, workflow, ...options], remote)
  expect([code, err]).toEqual([2, expect.stringContaining(message)])
})
