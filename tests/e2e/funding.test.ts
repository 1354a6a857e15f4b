import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Arena, type BattleDocument, simpleProvider, startArena } from '../support/arena.ts'
import type { Budget, KeyDocument } from '../support/funding.ts'
import { startWireProvider } from '../support/wire-provider.ts'

// Who pays, through the whole platform: the provider on the wire sees which key it is called with.

const platformKey = 'mk-of-the-platform-0000'
const usersKey = 'mk-of-the-user-11112222'
const refusedKey = 'mk-refused-by-provider-3333'

let wire: Awaited<ReturnType<typeof startWireProvider>>
let arena: Arena

beforeAll(async () => {
  const answer: Parameters<typeof startWireProvider>[0][string] = ({ text, request, response }) =>
    request.headers.authorization?.includes(refusedKey) ? response.writeHead(401).end('{"message":"Unauthorized"}') : text('Ultramarine.')
  wire = await startWireProvider({
    'mistral-large-2512': answer,
    'mistral-medium-latest': answer,
    'some-model': answer,
  })
  arena = await startArena({
    functionEnv: { MISTRAL_BASE_URL: wire.url, MISTRAL_API_KEY: platformKey, COMPATIBLE_BASE_URL: wire.url },
  })
  simpleProvider(arena.provider)
})
beforeEach(async () => {
  wire.calls.length = 0
  await arena.database.query('delete from lensers.budgets')
})
afterAll(async () => {
  await arena.stop()
  await wire.stop()
})

interface Problem {
  code: string
  detail: string
  errors?: { path: string; message: string }[]
}
const bodyOf = async <T>(response: Response | Promise<Response>) => (await (await response).json()) as T
const addKey = (secret = usersKey, more: object = {}) =>
  bodyOf<KeyDocument>(arena.post('/keys', { provider: 'mistral', secret, label: 'mine', ...more }))
const asStranger = async (path: string, init: RequestInit = {}) =>
  arena.api(path, {
    ...init,
    headers: { authorization: `Bearer ${await arena.signUp(`stranger-${crypto.randomUUID()}`)}`, 'content-type': 'application/json' },
  })
const setBudget = (limit_usd: number | null, period = 'month', apikey = arena.platform.secretKeys.default!) =>
  arena.api(`/budgets/${arena.ownerId}`, {
    method: 'PUT',
    headers: { apikey, 'content-type': 'application/json' },
    body: JSON.stringify({ limit_usd, period }),
  })
const budget = async () => (await bodyOf<{ budget: Budget | null }>(arena.api('/budget', { headers: arena.asOwner }))).budget

const paid = (key?: KeyDocument) => ({ model: 'mistral:mistral-large-3', ...(key && { byok_key_id: key.key_id }) })
const against = { model: 'sparring-anthropic:ember' }
const draft = (contender: object) => arena.create({ contenders: [contender, against], publish: false })
const publish = async (id: string) => {
  expect((await arena.post(`/battles/${id}/publish`)).status).toBe(200)
  return arena.settled(id)
}
const refusal = (body: object) => bodyOf<Problem>(arena.post('/battles', { prompt: 'p', judge: { model: 'sparring:arbiter' }, ...body }))

interface Funded extends BattleDocument {
  budget: { limit_usd: number; spent_usd: number; reserved_usd: number } | null
  judge_funding: { source: string; byok_key_id: string | null; cost_estimate_usd: number } | null
  contenders: (BattleDocument['contenders'][number] & { funding: Funded['judge_funding'] })[]
}

describe('a user’s own key', () => {
  test('pays for the contender and the judge that name it, and the platform’s for the others', async () => {
    const key = await addKey()
    expect(key).toMatchObject({ provider: 'mistral', label: 'mine', hint: '…2222', status: 'active', last_used_at: null })
    const id = await arena.create({
      contenders: [paid(key), { model: 'mistral:mistral-medium-latest' }, against],
      judge: { model: 'mistral:mistral-large-3', byok_key_id: key.key_id },
      allow_own_family: true,
    })
    const battle = (await arena.until(
      id,
      (now) => now.contenders.every(({ status }) => status === 'submitted') && wire.calls.length >= 4,
    )) as Funded
    expect(wire.of('mistral-large-2512').map((call) => call.key)).toEqual(wire.of('mistral-large-2512').map(() => usersKey))
    expect(wire.of('mistral-large-2512').length).toBeGreaterThanOrEqual(3)
    expect(wire.of('mistral-medium-latest').map((call) => call.key)).toEqual([platformKey])
    expect(battle.contenders.map(({ funding }) => [funding!.source, funding!.byok_key_id, funding!.cost_estimate_usd > 0])).toEqual([
      ['user_byok_cloud', key.key_id, true],
      ['platform_credit', null, true],
      ['simulated', null, false],
    ])
    expect(battle.judge_funding).toMatchObject({ source: 'user_byok_cloud', byok_key_id: key.key_id })
    const { keys } = await bodyOf<{ keys: KeyDocument[] }>(arena.api('/keys', { headers: arena.asOwner }))
    expect(keys.find(({ key_id }) => key_id === key.key_id)!.last_used_at).not.toBeNull()
    expect(JSON.stringify(await bodyOf(asStranger(`/battles/${id}`)))).not.toContain(key.key_id)
    await arena.post(`/battles/${id}/cancel`)
  })

  test('that the provider refuses fails the contender: the platform’s key is not tried', async () => {
    const key = await addKey(refusedKey)
    const battle = await arena.settled(await arena.create({ contenders: [paid(key), against] }))
    expect(battle).toMatchObject({ outcome: 'walkover', winner_slot: 'B' })
    expect(battle.contenders[0]).toMatchObject({ status: 'failed', error: { code: 'provider_auth' }, job: { attempts: 1 } })
    expect(wire.calls.map((call) => call.key)).toEqual([refusedKey])
  })

  test('pays for the run of a workflow that contends, named by its provider; the sealed key is nowhere', async () => {
    const key = await addKey()
    const made = await bodyOf<{ version_id: string }>(
      arena.post('/workflows', {
        document: {
          format: 'agon.workflow/v1',
          title: 'Draft and polish',
          inputs: { prompt: { type: 'string' } },
          nodes: [
            { id: 'draft', type: 'lens', lens: { kind: 'text', model_key: 'mistral:mistral-large-3', template: '[[prompt]]' } },
            { id: 'polish', type: 'lens', lens: { kind: 'text', model_key: 'sparring:quill', template: 'Polish: [[draft]]' } },
          ],
          edges: [{ source: 'draft', target: 'polish', target_param_label: 'draft' }],
        },
      }),
    )
    const contender = { workflow_version_id: made.version_id, byok_keys: { mistral: key.key_id } }
    const id = await arena.create({ contenders: [contender, against] })
    const battle = await arena.settled(id)
    expect(battle.contenders[0], JSON.stringify(battle.contenders[0])).toMatchObject({
      status: 'submitted',
      workflow: { byok_keys: { mistral: key.key_id } },
    })
    expect(wire.calls.map((call) => call.key)).toEqual([usersKey])
    expect(JSON.stringify(await bodyOf(asStranger(`/battles/${id}`)))).not.toContain(key.key_id)

    const unknown = crypto.randomUUID()
    expect(
      await refusal({ contenders: [against, { workflow_version_id: made.version_id, byok_keys: { mistral: unknown } }] }),
    ).toMatchObject({ code: 'byok_key_not_found', errors: [{ path: '/contenders/1/byok_keys/mistral' }] })
    expect(
      await refusal({
        contenders: [
          { workflow_version_id: made.version_id, byok_key_id: key.key_id },
          { model: 'mistral:mistral-large-3', byok_keys: { mistral: key.key_id } },
        ],
      }),
    ).toMatchObject({ code: 'invalid_request', errors: [{ path: '/contenders/0/byok_key_id' }, { path: '/contenders/1/byok_keys' }] })
  })

  test('that was revoked after the battle was made is not called with, and nothing is in its place', async () => {
    const key = await addKey()
    const id = await draft(paid(key))
    const revoked = await arena.api(`/keys/${key.key_id}`, { method: 'DELETE', headers: arena.asOwner })
    expect([revoked.status, ((await revoked.json()) as KeyDocument).status]).toEqual([200, 'revoked'])
    expect((await publish(id)).contenders[0]).toMatchObject({ status: 'failed', error: { code: 'byok_key_revoked' } })
    expect(wire.calls).toEqual([])
  })

  test('that expired after the battle was made is not called with, and a new secret for it is', async () => {
    const key = await addKey(usersKey, { expires_at: new Date(Date.now() + 3_600_000).toISOString() })
    const [expired, later] = [await draft(paid(key)), await draft(paid(key))]
    await arena.database.query(`update lensers.byok_api_keys set expires_at = now() where key_id = $1`, [key.key_id])
    expect((await publish(expired)).contenders[0]).toMatchObject({ status: 'failed', error: { code: 'byok_key_expired' } })
    expect(wire.calls).toEqual([])
    const rotated = await bodyOf<KeyDocument>(arena.post(`/keys/${key.key_id}/rotate`, { secret: 'mk-rotated-4444-5555' }))
    expect(rotated).toMatchObject({ key_id: key.key_id, hint: '…5555', status: 'active', expires_at: null })
    expect((await publish(later)).contenders[0]).toMatchObject({ status: 'submitted' })
    expect(wire.calls.map((call) => call.key)).toEqual(['mk-rotated-4444-5555'])
  })

  test('that was copied to another row in the database opens for nobody', async () => {
    const [mine, other] = [await addKey(), await addKey('mk-another-key-6666')]
    await arena.database.query(
      'update lensers.byok_api_keys k set sealed = o.sealed from lensers.byok_api_keys o where k.key_id = $1 and o.key_id = $2',
      [mine.key_id, other.key_id],
    )
    const battle = await arena.settled(await arena.create({ contenders: [paid(mine), against] }))
    expect(battle.contenders[0]).toMatchObject({ status: 'failed', error: { code: 'sealed_unreadable' } })
    expect(wire.calls).toEqual([])
  })

  test('that is another’s, of another provider, ended, or for nothing is refused when the battle is made', async () => {
    const mine = await addKey()
    const theirs = await bodyOf<KeyDocument>(
      asStranger('/keys', { method: 'POST', body: JSON.stringify({ provider: 'mistral', secret: usersKey }) }),
    )
    const ended = await addKey()
    await arena.api(`/keys/${ended.key_id}`, { method: 'DELETE', headers: arena.asOwner })
    const at = (nth: number) => `/contenders/${nth}/byok_key_id`
    for (const [contender, code] of [
      [paid(theirs), 'byok_key_not_found'],
      [{ model: 'openai:gpt-5-mini', byok_key_id: mine.key_id }, 'byok_key_not_found'],
      [{ ...paid(), byok_key_id: crypto.randomUUID() }, 'byok_key_not_found'],
      [paid(ended), 'byok_key_revoked'],
    ] as const)
      expect(await refusal({ contenders: [against, contender] })).toMatchObject({ code, errors: [{ path: at(1) }] })
    expect(await refusal({ contenders: [{ model: 'sparring:quill', byok_key_id: mine.key_id }, against] })).toMatchObject({
      errors: [{ path: at(0), message: 'sparring takes no key' }],
    })
    expect(
      await refusal({
        contenders: [against, { model: 'sparring:quill' }],
        judge: { model: 'mistral:mistral-large-3', byok_key_id: theirs.key_id },
      }),
    ).toMatchObject({ code: 'byok_key_not_found', errors: [{ path: '/judge/byok_key_id' }] })
  })

  test('is listed, rotated and revoked by its owner alone, and added with a provider and a secret that can be one', async () => {
    const key = await addKey()
    expect((await bodyOf<{ keys: KeyDocument[] }>(asStranger('/keys'))).keys).toEqual([])
    expect((await asStranger(`/keys/${key.key_id}/rotate`, { method: 'POST', body: JSON.stringify({ secret: usersKey }) })).status).toBe(
      404,
    )
    expect((await asStranger(`/keys/${key.key_id}`, { method: 'DELETE' })).status).toBe(404)
    expect((await arena.api('/keys', { headers: { apikey: arena.platform.publishableKey } })).status).toBe(401)
    for (const [body, path] of [
      [{ provider: 'sparring', secret: usersKey }, '/provider'],
      [{ provider: 'mistral', secret: 'short' }, '/secret'],
      [{ provider: 'mistral', secret: 'with a space' }, '/secret'],
      [{ provider: 'mistral', secret: usersKey, expires_at: '2020-01-01T00:00:00Z' }, '/expires_at'],
      [{ provider: 'mistral', secret: usersKey, expires_at: 'tomorrow' }, '/expires_at'],
      [{ provider: 'mistral' }, '/secret'],
    ] as const) {
      const response = await arena.post('/keys', body)
      expect([response.status, (await bodyOf<Problem>(response)).errors!.map((error) => error.path)]).toEqual([422, [path]])
    }
  })
})

describe('a budget', () => {
  test('of an owner is set by who runs the project, and seen by the owner', async () => {
    expect(await budget()).toBeNull()
    expect((await setBudget(5, 'day')).status).toBe(200)
    expect(await budget()).toMatchObject({ owner_id: arena.ownerId, limit_usd: 5, period: 'day', spent_usd: 0, left_usd: 5 })
    for (const key of [arena.platform.publishableKey, 'sb_secret_wrong', ''])
      expect((await setBudget(1_000_000, 'day', key)).status).toBe(401)
    const asUser = await arena.api(`/budgets/${arena.ownerId}`, { method: 'PUT', headers: arena.asOwner, body: '{"limit_usd":9}' })
    expect(asUser.status).toBe(401)
    expect((await setBudget(-1)).status).toBe(422)
    expect(await bodyOf(setBudget(null))).toEqual({ budget: null })
    expect(await budget()).toBeNull()
  })

  test('that is spent makes no call, and says so', async () => {
    await setBudget(0.000001)
    const battle = await arena.settled(await arena.create({ contenders: [paid(), against] }))
    expect(battle).toMatchObject({ outcome: 'walkover', winner_slot: 'B' })
    expect(battle.contenders[0]).toMatchObject({ status: 'failed', error: { code: 'budget_spent' } })
    expect(wire.calls).toEqual([])
    const { rows } = await arena.database.query('select error_code from battles.battle_execution_dead_letters where battle_id = $1', [
      battle.battle_id,
    ])
    expect(rows).toEqual([{ error_code: 'budget_spent' }])
    expect(await budget()).toMatchObject({ spent_usd: 0, reserved_usd: 0 })
  })

  test('counts what calls cost once they have ended, and no more than that is set aside', async () => {
    await setBudget(1)
    const battle = await arena.settled(await arena.create({ contenders: [paid(), against] }))
    expect(battle.status).toBe('closed')
    const { rows } = await arena.database.query(
      'select cost_usd::float8 as cost from battles.submissions where battle_id = $1 and cost_usd > 0',
      [battle.battle_id],
    )
    expect(rows).toHaveLength(1)
    expect(await budget()).toMatchObject({ spent_usd: rows[0].cost, reserved_usd: 0 })
  })

  test('is not drawn on by calls on the owner’s own key', async () => {
    await setBudget(0)
    const battle = await arena.settled(await arena.create({ contenders: [paid(await addKey()), against] }))
    expect(battle.contenders[0]).toMatchObject({ status: 'submitted' })
    expect(wire.calls.map((call) => call.key)).toEqual([usersKey])
  })

  test('of a battle holds whoever’s key pays, and is shown to its owner alone', async () => {
    const tooSmall = await arena.create({ contenders: [paid(await addKey()), against], budget_usd: 0.0001 })
    expect((await arena.settled(tooSmall)).contenders[0]).toMatchObject({ error: { code: 'budget_spent' } })
    expect(wire.calls).toEqual([])
    const enough = await arena.create({ contenders: [paid(), { model: 'mistral:mistral-medium-latest' }], budget_usd: 1 })
    const battle = (await arena.settled(enough)) as Funded
    expect(battle.budget).toEqual({ limit_usd: 1, spent_usd: expect.any(Number), reserved_usd: 0 })
    expect(battle.budget!.spent_usd).toBeGreaterThan(0)
    expect(await bodyOf(asStranger(`/battles/${enough}`))).toMatchObject({
      budget: null,
      judge_funding: null,
      contenders: [{ funding: null }, {}],
    })
  })

  test('takes no model without a price', async () => {
    const unpriced = { contenders: [against, { model: 'compatible:some-model' }] }
    const wanted = { code: 'price_unknown', errors: [{ path: '/contenders/1/model' }] }
    expect(await refusal({ ...unpriced, budget_usd: 1 })).toMatchObject(wanted)
    await setBudget(1)
    expect(await refusal(unpriced)).toMatchObject(wanted)
    await setBudget(null)
    expect((await arena.settled(await arena.create(unpriced))).contenders[1]).toMatchObject({ status: 'submitted' })
  })

  test('that spares a free battle: what runs on stand-ins is never refused', async () => {
    await setBudget(0)
    expect(await arena.settled(await arena.create({ contenders: [{ model: 'sparring:quill' }, against], budget_usd: 0.01 }))).toMatchObject(
      {
        status: 'closed',
        outcome: 'winner',
      },
    )
  })
})
