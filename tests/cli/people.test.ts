import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { agon, type Running, startAgon, temporaryHome, until } from './support.ts'

// Several people on one laptop: a battle is voted on and decided from the command line alone.

const { home, remove } = await temporaryHome()
const environment = { AGON_HOME: home, AGON_SPARRING_THINKS_MS: '50' }
let host: Running
let platform: { url: string; publishableKey: string }
beforeAll(async () => {
  host = startAgon(['battle', 'Say hello.', '--keep', '--json'], environment)
  await until('the platform stays', () => host.err().includes('The platform runs at') || host.out().includes('battle_id'))
  platform = JSON.parse(readFileSync(join(home, 'platform.json'), 'utf8'))
})
afterAll(async () => {
  host?.interrupt()
  await host?.ended
  remove()
})

/** A battle of this machine's own user, by the API: agon has no command that makes one of people. */
async function create(body: object): Promise<string> {
  const user = JSON.parse(readFileSync(join(home, 'user.json'), 'utf8'))
  const post = (path: string, json: object, token?: string) =>
    fetch(`${platform.url}${path}`, {
      method: 'POST',
      headers: { apikey: platform.publishableKey, 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(json),
    }).then((response) => response.json() as Promise<Record<string, string>>)
  const { access_token } = await post('/auth/v1/token?grant_type=password', user)
  const made = await post('/functions/v1/api/battles', { prompt: 'Name a colour.', publish: true, ...body }, access_token)
  if (!made.battle_id) throw new Error(JSON.stringify(made))
  return made.battle_id
}

const run = (...args: string[]) => agon(args, environment)

test('people join, submit, withdraw and vote as several users of one machine', async () => {
  const id = await create({
    contenders: [{ human: { identity: 'Ada' } }, { human: {} }, { human: {} }],
    scoring_mode: 'community',
    voting_window_ms: 3_600_000,
  })
  expect(await run('join', id, '--as', 'ada')).toMatchObject({ code: 0, out: expect.stringContaining('You contend as A') })
  expect(await run('join', id, '--as', 'bob')).toMatchObject({ code: 0, out: expect.stringContaining('as B') })
  expect(await run('join', id, '--as', 'cleo')).toMatchObject({ code: 0 })
  expect(await run('submit', id, 'Some', 'draft.', '--as', 'ada')).toMatchObject({
    code: 0,
    out: expect.stringContaining('not handed in yet'),
  })
  expect(await run('submit', id, 'Ultramarine.', '--final', '--as', 'ada')).toMatchObject({
    code: 0,
    out: expect.stringContaining('Handed in as A'),
  })
  expect(await run('submit', id, 'Beige.', '--final', '--as', 'bob')).toMatchObject({ code: 0 })
  expect(await run('withdraw', id, '--as', 'cleo')).toMatchObject({ code: 0, out: expect.stringMatching(/withdrawn.*Votes count until/) })

  expect(await run('vote', id, 'a', '--as', 'vic')).toMatchObject({ code: 0, out: expect.stringContaining(': A. Votes count until') })
  expect(await run('vote', id, 'C', '--as', 'vic')).toMatchObject({
    code: 2,
    err: expect.stringContaining('Expected one of A, B, tie, both_bad.'),
  })
  expect(await run('vote', id, 'A', '--as', 'bob')).toMatchObject({ code: 2, err: expect.stringContaining('(is_contender)') })
  expect(await run('vote', id, 'A')).toMatchObject({ code: 2, err: expect.stringContaining('(own_battle)') })
  expect(await run('close-voting', id)).toMatchObject({ code: 0, out: expect.stringContaining('closed: winner A') })
  expect(await run('vote', id, 'A', '--as', 'val')).toMatchObject({ code: 2, err: expect.stringContaining('The window closed at') })

  for (const name of ['ada', 'vic']) expect(statSync(join(home, 'users', `${name}.json`)).mode & 0o777).toBe(0o600)
})

test('a battle of the command line is decided by those who vote beside it', async () => {
  const battle = startAgon(['battle', 'Say hello.', '--scoring', 'community', '--voting-window', '600'], environment)
  await until('it takes votes', () => battle.err().includes('Others vote with'))
  const [, id] = /agon -- vote (\S+) A/.exec(battle.err())!
  expect(await run('vote', id!, 'B', '--as', 'vic')).toMatchObject({ code: 0 })
  expect(await run('close-voting', id!)).toMatchObject({ code: 0 })
  const { code, out, err } = await battle.ended
  expect(err).toContain('Votes count until')
  expect(out).toContain('wins: it has the most votes')
  expect(code).toBe(0)
  expect(await run('battle', 'Say hello.', '--scoring', 'community', '--judge', 'sparring:arbiter')).toMatchObject({ code: 2 })
})

test('a battle is cancelled by its owner, and by nobody else', async () => {
  const id = await create({ contenders: [{ human: {} }, { human: {} }], judge: { model: 'sparring:arbiter' } })
  expect(await run('cancel', id, '--as', 'ada')).toMatchObject({ code: 2, err: expect.stringContaining('not_found') })
  expect(await run('cancel', id)).toMatchObject({ code: 0, out: expect.stringContaining('Cancelled') })
  expect(await run('cancel', id)).toMatchObject({ code: 0 }) // the client says that it may be a repeat, and it is cancelled
  expect(await run('submit', id, 'late', '--as', 'ada')).toMatchObject({ code: 2, err: expect.stringContaining('not_contending') })
})

test('what cannot be meant is refused before anything is started', async () => {
  const nowhere = join(home, 'nowhere')
  const other = (...args: string[]) => agon([...args, '--home', nowhere], environment)
  const id = '00000000-0000-4000-8000-000000000000'
  expect(await other('vote', 'that-one', 'A')).toMatchObject({ code: 2, err: expect.stringContaining('is not the id of a battle') })
  expect(await other('submit', id)).toMatchObject({ code: 2, err: expect.stringContaining('as words, or as a file') })
  expect(await other('submit', id, '--file', '/nonexistent')).toMatchObject({ code: 2, err: expect.stringContaining('cannot be read') })
  expect(await other('vote', id, 'A', '--as', '../../etc')).toMatchObject({
    code: 2,
    err: expect.stringContaining('is no name for a user'),
  })
  expect(await other('vote', id, 'A', '--url', 'https://example.com', '--publishable-key', 'k', '--as', 'ada')).toMatchObject({ code: 2 })
  expect(await other('vote', id, 'A', '--url', 'https://example.com', '--publishable-key', 'k')).toMatchObject({
    code: 2,
    err: expect.stringContaining('--access-token'),
  })
  expect(existsSync(nowhere)).toBe(false)
})
