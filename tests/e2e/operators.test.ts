import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Arena, simpleProvider, startArena } from '../support/arena.ts'

// Whoever runs the project, by a secret key; and an owner, whose own battle's failures are theirs to repeat.

let arena: Arena
let operator: Record<string, string>
let refusing = true
beforeAll(async () => {
  arena = await startArena()
  simpleProvider(arena.provider)
  arena.provider.on({ model: 'refused' }, () =>
    refusing ? { error: { message: 'bad key', type: 'invalid_request_error' }, status: 401 } : { content: 'Ultramarine after all.' },
  )
  operator = { apikey: arena.platform.secretKeys.default!, 'content-type': 'application/json' }
})
afterAll(() => arena.stop())

const ask = async (path: string, body?: unknown, headers = operator) => {
  const response = await arena.api(path, { headers, ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }) })
  return { status: response.status, body: (await response.json()) as Record<string, never> & { code?: string } }
}

/** A battle in which one contender was given up, while the other waits with a provider that is switched off. */
async function stalled(): Promise<string> {
  refusing = true
  await ask('/switches/off', { provider: 'sparring-anthropic', reason: 'a test' })
  const id = await arena.create({ contenders: [{ model: 'sparring:refused' }, { model: 'sparring-anthropic:ember' }] })
  await arena.until(id, (battle) => battle.contenders[0]!.status === 'failed')
  return id
}

const operatorPaths: [method: string, path: string][] = [
  ['GET', '/status'],
  ['GET', '/dead-letters'],
  ['POST', '/dead-letters/1/redrive'],
  ['POST', '/dead-letters/redrive'],
  ['POST', '/switches/off'],
  ['POST', '/switches/on'],
  ['POST', '/battles/11111111-1111-4111-8111-111111111111/hold'],
  ['POST', '/battles/11111111-1111-4111-8111-111111111111/release'],
]

test.each(operatorPaths)('%s %s is for a secret key alone', async (method, path) => {
  const others: Record<string, string>[] = [{}, { apikey: arena.platform.publishableKey }, arena.asOwner, { apikey: 'sb_secret_wrong' }]
  for (const headers of others)
    expect((await arena.api(path, { method, headers: { 'content-type': 'application/json', ...headers } })).status).toBe(401)
  expect(await arena.database.query('select from execution.switches')).toMatchObject({ rowCount: 0 })
})

test('a provider is switched off and on; its battles wait, and the status says so', async () => {
  const id = await stalled()
  const status = (await ask('/status')).body as unknown as {
    kinds: { kind: string; ready: number; oldest_ready_ms: number }[]
    switches: unknown[]
    dead_letters: unknown[]
  }
  expect(status.switches).toMatchObject([{ scope: 'provider', name: 'sparring-anthropic', reason: 'a test' }])
  expect(status.kinds.find(({ kind }) => kind === 'battle_job')).toMatchObject({ ready: 1 })
  expect(status.dead_letters).toMatchObject([{ kind: 'battle_job', error_code: 'provider_auth', count: 1 }])
  expect(await ask('/switches/on', { provider: 'sparring-anthropic' })).toEqual({ status: 200, body: { outcome: 'on' } })
  expect(await ask('/switches/on', { provider: 'sparring-anthropic' })).toEqual({ status: 200, body: { outcome: 'on' } })
  expect((await arena.settled(id)).winner_slot).toBe('B')
  expect((await ask('/switches/off', { provider: 'nobody' })).body.code).toBe('no_such_switch')
})

test('a dead letter is listed with its reason, sent back, and answered', async () => {
  const id = await stalled()
  const page = (await ask(`/dead-letters?battle_id=${id}&limit=1`)).body as unknown as {
    dead_letters: { dead_letter_id: number; redrivable: boolean; error: { code: string } }[]
    next_cursor: null
  }
  expect(page).toMatchObject({ dead_letters: [{ slot: 'A', redrivable: true, error: { code: 'provider_auth' } }], next_cursor: null })
  refusing = false
  const letter = page.dead_letters[0]!.dead_letter_id
  expect(await ask(`/dead-letters/${letter}/redrive`, {})).toEqual({ status: 200, body: { outcome: 'redriven' } })
  expect(await ask(`/dead-letters/${letter}/redrive`, {})).toEqual({ status: 200, body: { outcome: 'already_redriven' } })
  expect((await ask('/dead-letters/999999/redrive', {})).body.code).toBe('not_found')
  await arena.until(id, (battle) => battle.contenders[0]!.status === 'submitted')
  await ask('/switches/on', { provider: 'sparring-anthropic' })
  await arena.settled(id)
})

test('letters are sent back by a filter, and one whose battle has gone on says so', async () => {
  const settled = await arena.create({ contenders: [{ model: 'sparring:nokey' }, { model: 'sparring:quill' }] })
  arena.provider.on({ model: 'nokey' }, { error: { message: 'bad key', type: 'x' }, status: 401 })
  await arena.settled(settled)
  const many = await ask('/dead-letters/redrive', { battle_id: settled })
  expect(many.body).toEqual({ outcomes: expect.objectContaining({ battle_closed: 1 }), considered: 1, next_after: null })
  const [letter] = ((await ask(`/dead-letters?battle_id=${settled}`)).body as unknown as { dead_letters: { dead_letter_id: number }[] })
    .dead_letters
  expect((await ask(`/dead-letters/${letter!.dead_letter_id}/redrive`, {})).body.code).toBe('battle_state')
  expect((await ask('/dead-letters/redrive', { until: 'now' })).body.code).toBe('invalid_request')
  expect((await ask('/dead-letters?since=yesterday')).body.code).toBe('invalid_request')
})

test('an owner sees why a contender failed, and sends it back; a stranger may not', async () => {
  const id = await stalled()
  expect((await arena.battle(id)).contenders[0]!.error).toMatchObject({ code: 'provider_auth' })
  const stranger = { ...arena.asOwner, authorization: `Bearer ${await arena.signUp('stranger')}` }
  expect((await ask(`/battles/${id}/redrive`, {}, stranger)).status).toBe(404)
  refusing = false
  expect(await ask(`/battles/${id}/redrive`, {}, arena.asOwner)).toMatchObject({
    status: 200,
    body: { outcomes: { redriven: 1 }, considered: 1 },
  })
  await ask('/switches/on', { provider: 'sparring-anthropic' })
  await arena.settled(id)
  expect(await ask(`/battles/${id}/redrive`, {}, arena.asOwner)).toMatchObject({ status: 200, body: { considered: 0 } })
})

test('a battle is held and released by its id', async () => {
  await ask('/switches/off', {})
  const id = await arena.create({})
  expect((await ask(`/battles/${id}/hold`, { reason: 'looks wrong' })).body).toEqual({ outcome: 'held' })
  expect((await ask(`/battles/${id}/hold`, { reason: 'again' })).body).toEqual({ outcome: 'already_held' })
  await ask('/switches/on', {})
  expect((await arena.battle(id)).contenders.map(({ job }) => job?.status)).toEqual(['held', 'held'])
  expect((await ask(`/battles/${id}/release`, {})).body).toEqual({ outcome: 'released' })
  expect((await ask(`/battles/${id}/release`, {})).body).toEqual({ outcome: 'not_held' })
  expect((await arena.settled(id)).status).toBe('closed')
  expect((await ask(`/battles/${id}/hold`, {})).body.code).toBe('battle_state')
  expect((await ask('/battles/11111111-1111-4111-8111-111111111111/release', {})).body.code).toBe('not_found')
})
