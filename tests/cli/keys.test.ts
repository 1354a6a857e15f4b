import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Arena, startArena } from '../support/arena.ts'
import type { KeyDocument } from '../support/funding.ts'
import { agon } from './support.ts'

const masterKeys = Object.fromEntries(['k1', 'k2'].map((id) => [id, randomBytes(32).toString('base64')]))
let arena: Arena
beforeAll(async () => {
  arena = await startArena({ functionEnv: { AGON_SEALING_KEYS: JSON.stringify({ k1: masterKeys.k1 }) } })
})
afterAll(() => arena.stop())

const asUser = (args: string[], input?: string) =>
  agon(
    [...args, '--url', arena.platform.url, '--publishable-key', arena.platform.publishableKey],
    { AGON_ACCESS_TOKEN: arena.asOwner.authorization.replace('Bearer ', '') },
    input,
  )
const json = async <T>(args: string[], input?: string) => {
  const { code, out, err } = await asUser([...args, '--json'], input)
  if (code !== 0) throw new Error(err)
  return JSON.parse(out) as T
}
const reseal = (keys: Record<string, string | undefined>, secretKey = arena.platform.secretKeys.default!) =>
  agon(['keys', 'reseal', '--url', arena.platform.url, '--json'], { AGON_SECRET_KEY: secretKey, AGON_SEALING_KEYS: JSON.stringify(keys) })
const sealedBy = async () =>
  (await arena.database.query('select sealed_by from lensers.byok_api_keys order by created_at')).rows.map((row) => row.sealed_by)

test('a key is added from a pipe, listed, rotated and removed, and its secret is never printed', async () => {
  const added = await asUser(['keys', 'add', 'openai', '--label', 'mine', '--expires', '2099-01-31'], 'sk-added-0123456789\n')
  expect([added.code, added.err]).toEqual([0, ''])
  expect(added.out).toMatch(/openai +…6789 +mine +active until 2099-01-31 +never/)
  const [key] = await json<KeyDocument[]>(['keys', 'list'])
  expect(added.out).toContain(`byok_key_id: ${key!.key_id}`)
  expect(await json(['keys', 'rotate', key!.key_id], 'sk-rotated-9876543210')).toMatchObject({ hint: '…3210', expires_at: null })
  const removed = await asUser(['keys', 'remove', key!.key_id])
  expect(removed.out).toContain('Revoked and erased')
  expect(await json(['keys', 'list'])).toMatchObject([{ status: 'revoked' }])
  expect(added.out + removed.out).not.toMatch(/sk-/)
})

test.each([
  ['an unknown provider', ['keys', 'add', 'nobody'], 'Name one of openai, anthropic'],
  ['a secret among the arguments', ['keys', 'add', 'openai', 'sk-secret-0123456789'], 'It is asked for, or piped in'],
  ['a new secret among the arguments', ['keys', 'rotate', 'id', 'sk-secret-0123456789'], 'It is asked for, or piped in'],
  ['an empty secret', ['keys', 'add', 'openai'], 'pipe it in'],
  ['an expiry that is no time', ['keys', 'add', 'openai', '--expires', 'soon'], '--expires is soon'],
])('%s is refused with what to do', async (_, args, remedy) => {
  const { code, out, err } = await asUser(args, '\n')
  expect([code, out]).toEqual([2, ''])
  expect(err).toContain(remedy)
  expect(err).not.toContain('sk-secret')
})

test('a budget is shown, and that there is none', async () => {
  expect((await asUser(['budget'])).out).toContain('No limit is set')
  await arena.database.query(`select lensers.fn_budgets_set($1, 12.5, 'month')`, [arena.ownerId])
  expect((await asUser(['budget'])).out).toMatch(
    /limit +12\.50 USD +a month\nspent +0\.00 USD +until .*\nset aside +0\.00 USD .*\nleft +12\.50 USD/,
  )
  expect(await json(['budget'])).toMatchObject({ limit_usd: 12.5, left_usd: 12.5 })
})

test('all secrets are sealed anew under a new master key, and what cannot be opened is named', async () => {
  await arena.database.query('delete from lensers.byok_api_keys')
  for (const nth of [1, 2, 3]) await json(['keys', 'add', 'openai'], `sk-of-number-${nth}-0123`)
  const { rows } = await arena.database.query('select key_id from lensers.byok_api_keys order by created_at')
  await arena.database.query(
    'update lensers.byok_api_keys k set sealed = o.sealed from lensers.byok_api_keys o where k.key_id = $1 and o.key_id = $2',
    [rows[2].key_id, rows[0].key_id],
  )
  const first = await reseal(masterKeys)
  expect(JSON.parse(first.out)).toEqual({
    sealed_by: 'k2',
    resealed: 2,
    unreadable: [{ what: `key ${rows[2].key_id}`, code: 'sealed_unreadable' }],
  })
  expect([first.code, await sealedBy()]).toEqual([1, ['k2', 'k2', 'k1']])
  await json(['keys', 'remove', rows[2].key_id])
  const again = await reseal(masterKeys)
  expect([again.code, JSON.parse(again.out)]).toEqual([0, { sealed_by: 'k2', resealed: 0, unreadable: [] }])
  // Back again, with a webhook whose secret was rotated: the old one signs along, and is sealed too.
  const hook = await arena.post('/webhooks', { url: 'https://93.184.215.14/hook', event_types: ['battle.closed'] })
  const { webhook_id } = (await hook.json()) as { webhook_id: string }
  expect((await arena.post(`/webhooks/${webhook_id}/rotate-secret`)).status).toBe(200)
  const webhookSealedBy = async () =>
    (
      await arena.database.query(
        `select split_part(sealed_secret, '.', 2) as now, split_part(previous_sealed_secret, '.', 2) as before from webhooks.subscriptions`,
      )
    ).rows
  expect(await webhookSealedBy()).toEqual([{ now: 'k1', before: 'k1' }])
  expect(JSON.parse((await reseal(masterKeys)).out)).toMatchObject({ sealed_by: 'k2', resealed: 2, unreadable: [] })
  expect(await webhookSealedBy()).toEqual([{ now: 'k2', before: 'k2' }])
  const back = await reseal({ k2: masterKeys.k2, k1: masterKeys.k1 })
  expect(JSON.parse(back.out)).toMatchObject({ sealed_by: 'k1', resealed: 4 })
  expect(first.out + first.err + back.out).not.toMatch(/sk-of/)
})

test('resealing needs the master keys and a secret key of the project', async () => {
  expect(await reseal({})).toMatchObject({ code: 2, err: expect.stringContaining('AGON_SEALING_KEYS is empty') })
  expect(await reseal(masterKeys, '')).toMatchObject({ code: 2, err: expect.stringContaining('Set AGON_SECRET_KEY') })
  expect(await reseal(masterKeys, arena.platform.publishableKey)).toMatchObject({
    code: 1,
    err: expect.stringContaining('fn_byok_to_reseal'),
  })
})

test('without master keys no user can bring a key, and is told why', async () => {
  const bare = await startArena({ functionEnv: { AGON_SEALING_KEYS: ' ' } })
  try {
    const response = await bare.post('/keys', { provider: 'openai', secret: 'sk-0123456789' })
    expect([response.status, await response.json()]).toMatchObject([
      503,
      { code: 'sealing_key_missing', detail: expect.stringContaining('AGON_SEALING_KEYS is not set') },
    ])
    expect((await bare.database.query('select from lensers.byok_api_keys')).rowCount).toBe(0)
  } finally {
    await bare.stop()
  }
})
