import { randomUUID } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Arena, startArena } from '../support/arena.ts'
import { value } from '../support/database.ts'
import { runsOf } from '../support/triggers.ts'
import { drainNodes, saveWorkflow, type TestGraph } from '../support/workflows.ts'

interface Trigger {
  trigger_id: string
  kind: string
  enabled: boolean
  config: Record<string, unknown>
  url?: string
  secret?: string
  next_due_at: string | null
  next_dues?: string[]
  disabled_reason: string | null
}
interface Started {
  run_id: string
  status: string
  created: boolean
  output?: { output: string }
}

let arena: Arena
beforeAll(async () => {
  arena = await startArena({ functionEnv: { AGON_WRITES_PER_MINUTE: '60' } })
})
afterAll(() => arena.stop())

// A fresh person, so that nobody runs into the limit of writes.
async function person() {
  const token = await arena.signUp(`triggers-${randomUUID()}`)
  const ownerId = JSON.parse(atob(token.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/'))).sub as string
  const headers = { authorization: `Bearer ${token}`, apikey: arena.platform.publishableKey }
  async function call<T>(method: string, path: string, body?: unknown, expected = 200): Promise<T> {
    const response = await arena.api(path, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const answer = await response.json()
    expect(response.status, JSON.stringify(answer)).toBe(expected)
    return answer as T
  }
  return {
    ownerId,
    call,
    workflow: async (graph: TestGraph = { nodes: ['a'] }) => (await saveWorkflow(arena.database, graph, ownerId)).workflowId,
    trigger: async (row: Record<string, unknown>, graph?: TestGraph) =>
      call<Trigger>(
        'POST',
        '/triggers',
        { workflow_id: (await saveWorkflow(arena.database, graph ?? { nodes: ['a'] }, ownerId)).workflowId, ...row },
        201,
      ),
  }
}

const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` })
const signed = (secret: string, body: string, { id = `msg_${randomUUID()}`, at = new Date() } = {}) => ({
  'webhook-id': id,
  'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
  'webhook-signature': new Webhook(secret).sign(id, at, body),
})
const hook = (id: string, body: string, headers: Record<string, string>, query = '') =>
  arena.api(`/hooks/${id}${query}`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body })

describe('a schedule', () => {
  test('is saved with its next due times, shown, changed, tried by hand and removed', async () => {
    const me = await person()
    const made = await me.trigger({ kind: 'schedule', config: { cron_expr: '0 9 * * 1-5', timezone: 'Europe/Berlin' } })
    expect(made).toMatchObject({ enabled: true, config: { overlap: 'skip', missed: 'skip' } })
    expect(made).not.toHaveProperty('secret')
    expect(new Date(made.next_due_at!).toLocaleTimeString('en-GB', { timeZone: 'Europe/Berlin' })).toBe('09:00:00')

    const shown = await me.call<Trigger>('GET', `/triggers/${made.trigger_id}`)
    expect(shown.next_dues).toHaveLength(10)
    const changed = await me.call<Trigger>('PATCH', `/triggers/${made.trigger_id}`, { config: { cron_expr: '30 6 * * *' } })
    expect(new Date(changed.next_due_at!).getUTCHours()).toBe(6)
    expect(await me.call('PATCH', `/triggers/${made.trigger_id}`, { enabled: false })).toMatchObject({
      disabled_reason: 'owner',
      next_due_at: null,
    })
    expect(await me.call('PATCH', `/triggers/${made.trigger_id}`, { enabled: true })).toMatchObject({
      enabled: true,
      next_due_at: changed.next_due_at,
    })

    const fired = await me.call<Started>('POST', `/triggers/${made.trigger_id}/fire`, { inputs: { topic: 'tides' } }, 202)
    expect(await runsOf(arena.database, made.trigger_id)).toMatchObject([
      { run_id: fired.run_id, trigger_mode: 'manual', context_inputs: { topic: 'tides' } },
    ])
    const { firings } = await me.call<{ firings: object[] }>('GET', `/triggers/${made.trigger_id}/firings`)
    expect(firings).toMatchObject([{ outcome: 'started', run_id: fired.run_id }])
    expect(await me.call<{ triggers: object[] }>('GET', '/triggers')).toMatchObject({ triggers: [{ trigger_id: made.trigger_id }] })
    await me.call('DELETE', `/triggers/${made.trigger_id}`)
    await me.call('GET', `/triggers/${made.trigger_id}`, undefined, 404)
  })

  test('runs when it is due, started by the platform’s own cron, and computes its next due times by its function', async () => {
    const me = await person()
    const { trigger_id } = await me.trigger({ kind: 'schedule', config: { cron_expr: '0 0 1 1 *' } })
    await arena.database.query(
      'update lenses.schedule_dues set due_at = now() where due_at = (select min(due_at) from lenses.schedule_dues where trigger_id = $1)',
      [trigger_id],
    )
    await arena.database.query('update lenses.workflow_triggers set look_at = now(), refill_after = now() where trigger_id = $1', [
      trigger_id,
    ])
    await expect
      .poll(() => runsOf(arena.database, trigger_id), { timeout: 25_000, interval: 200 })
      .toMatchObject([{ trigger_mode: 'schedule' }])
    await expect
      .poll(
        () =>
          value(arena.database, 'select count(*)::int from lenses.schedule_dues where trigger_id = $1 and due_at > now()', [trigger_id]),
        { timeout: 20_000 },
      )
      .toBe(2)
    expect(
      await value(arena.database, 'select refill_after > now() from lenses.workflow_triggers where trigger_id = $1', [trigger_id]),
    ).toBe(true)
  }, 60_000)

  test.each([
    [{ cron_expr: '0 0 9 * * 1' }, 'schedule_invalid', '/config/cron_expr', 'six fields begin with seconds'],
    [{ cron_expr: '0 9 * * 1', timezone: 'Europe/Atlantis' }, 'schedule_invalid', '/config/timezone', 'is not an IANA time zone'],
    [{ cron_expr: '0 0 30 2 *' }, 'schedule_never_due', undefined, ''],
    [{ cron_expr: '0 9 * * 1', overlap: 'sometimes' }, 'invalid_request', '/config/overlap', ''],
    [{ cron_expr: '0 9 * * 1', cron: '* * * * *' }, 'invalid_request', '/config/cron', 'unknown field'],
    [{ cron_expr: '0 9 * * 1', calendar: { mode: 'skip' } }, 'invalid_request', '/config/calendar', 'name dates or weekdays'],
  ])('%o is refused by the name of its field', async (config, code, path, message) => {
    const me = await person()
    const refused = await me.call<{ code: string; detail: string; errors?: { path: string; message: string }[] }>(
      'POST',
      '/triggers',
      { workflow_id: await me.workflow(), kind: 'schedule', config },
      422,
    )
    expect(refused.code).toBe(code)
    if (path) expect(refused.errors).toContainEqual({ path, message: expect.stringContaining(message) })
  })

  test('can be looked at before it is saved', async () => {
    const me = await person()
    expect(
      await me.call('POST', '/triggers/preview', {
        cron_expr: '30 2 * * *',
        timezone: 'Europe/Berlin',
        from: '2026-03-28T00:00:00Z',
        count: 3,
      }),
    ).toEqual({
      timezone: 'Europe/Berlin',
      dues: [
        { due_at: '2026-03-28T01:30:00.000Z', local: '2026-03-28 02:30 GMT+01:00' },
        { due_at: '2026-03-29T01:00:00.000Z', local: '2026-03-29 03:00 GMT+02:00' },
        { due_at: '2026-03-30T00:30:00.000Z', local: '2026-03-30 02:30 GMT+02:00' },
      ],
    })
    await me.call('POST', '/triggers/preview', { cron_expr: 'often' }, 422)
  })
})

describe('whose it is', () => {
  test('a stranger sees and changes nothing of a trigger, and starts nobody’s private workflow', async () => {
    const [me, stranger] = [await person(), await person()]
    const { trigger_id } = await me.trigger({ kind: 'manual' })
    for (const [method, path, body] of [
      ['GET', '', undefined],
      ['PATCH', '', { enabled: false }],
      ['DELETE', '', undefined],
      ['POST', '/fire', {}],
      ['POST', '/rotate-secret', undefined],
      ['GET', '/firings', undefined],
    ] as const)
      await stranger.call(method, `/triggers/${trigger_id}${path}`, body, 404)
    expect(await stranger.call('GET', '/triggers')).toEqual({ triggers: [] })
    await stranger.call('POST', '/triggers', { workflow_id: await me.workflow(), kind: 'manual' }, 404)
    expect(await me.call('GET', `/triggers/${trigger_id}`)).toMatchObject({ enabled: true })
  })

  test('a version of another workflow is not its version', async () => {
    const me = await person()
    const other = await saveWorkflow(arena.database, { nodes: ['z'] }, me.ownerId)
    await me.call('POST', '/triggers', { workflow_id: await me.workflow(), version_id: other.versionId, kind: 'manual' }, 404)
  })

  test('has a hundred at most', async () => {
    const me = await person()
    const workflow_id = await me.workflow()
    await arena.database.query(
      `insert into lenses.workflow_triggers (workflow_id, owner_id, kind) select $1, $2, 'manual' from generate_series(1, 100)`,
      [workflow_id, me.ownerId],
    )
    expect(await me.call('POST', '/triggers', { workflow_id, kind: 'manual' }, 422)).toMatchObject({ code: 'trigger_limit' })
  })

  test('asks who you are', async () => {
    expect((await arena.api('/triggers')).status).toBe(401)
  })
})

describe('a request from outside', () => {
  test('with the secret starts the workflow with its body as inputs, at once', async () => {
    const me = await person()
    const { trigger_id, secret, url } = await me.trigger({ kind: 'webhook', inputs: { tone: 'dry' } })
    expect(secret).toMatch(/^agon_hook_[\w-]{43}$/)
    expect(url).toBe(`${arena.platform.url}/functions/v1/api/hooks/${trigger_id}`)
    const answer = await hook(trigger_id, '{"topic":"tides"}', bearer(secret!))
    expect(answer.status).toBe(202)
    const started = (await answer.json()) as Started
    expect(started).toMatchObject({ created: true, status: 'running' })
    expect(await runsOf(arena.database, trigger_id)).toMatchObject([
      { run_id: started.run_id, trigger_mode: 'webhook', context_inputs: { tone: 'dry', topic: 'tides' } },
    ])
    const shown = JSON.stringify([await me.call('GET', `/triggers/${trigger_id}`), await me.call('GET', '/triggers')])
    expect(shown).not.toContain(secret)
    expect(
      await value(
        arena.database,
        `select row_to_json(t)::text like '%' || $1 || '%' from lenses.workflow_triggers t where trigger_id = $2`,
        [secret, trigger_id],
      ),
    ).toBe(false)
  })

  test('waits for the run’s end when it is asked to, and not longer than it said', async () => {
    const me = await person()
    // Of a kind that no function drains: this test ends it.
    const { trigger_id, secret } = await me.trigger({ kind: 'webhook' }, { nodes: [{ id: 'slow', job_kind: 'workflow_program' }] })
    const none = await hook(trigger_id, '{}', bearer(secret!), '?wait=1')
    expect([none.status, await none.json()]).toEqual([202, expect.objectContaining({ status: 'running' })])
    const waiting = hook(trigger_id, '{"nth":2}', bearer(secret!), '?wait=20')
    await expect.poll(() => runsOf(arena.database, trigger_id)).toHaveLength(2)
    await drainNodes(arena.database, undefined, 'workflow_program')
    const answer = await waiting
    expect([answer.status, await answer.json()]).toEqual([
      200,
      expect.objectContaining({ status: 'completed', output: expect.objectContaining({ output: 'of slow' }) }),
    ])
    expect((await hook(trigger_id, '{}', bearer(secret!), '?wait=21')).status).toBe(422)
  })

  test('that is signed starts it; what was changed, is old, or from the future does not', async () => {
    const me = await person()
    const { trigger_id, secret } = await me.trigger({ kind: 'webhook', config: { auth: 'hmac' } })
    expect(secret).toMatch(/^whsec_/)
    const body = '{"topic": "tides"}'
    expect((await hook(trigger_id, body, signed(secret!, body))).status).toBe(202)
    const minutes = (many: number) => new Date(Date.now() + many * 60_000)
    const refused = [
      await hook(trigger_id, '{"topic": "riptides"}', signed(secret!, body)),
      await hook(trigger_id, body, signed(secret!, body, { at: minutes(-6) })),
      await hook(trigger_id, body, signed(secret!, body, { at: minutes(6) })),
      await hook(trigger_id, body, { ...signed(secret!, body), 'webhook-id': 'another' }),
      await hook(trigger_id, body, { ...signed(secret!, body), 'webhook-timestamp': 'now' }),
      await hook(trigger_id, body, bearer(secret!)),
      await hook(trigger_id, body, {}),
    ]
    expect(refused.map(({ status }) => status)).toEqual(Array(7).fill(401))
    expect(await runsOf(arena.database, trigger_id)).toHaveLength(1)
  })

  test('that comes twice starts one run; its id with another body is a conflict', async () => {
    const me = await person()
    const { trigger_id, secret } = await me.trigger({ kind: 'webhook', config: { auth: 'hmac' } })
    const send = (body: string, id: string) => hook(trigger_id, body, signed(secret!, body, { id }))
    const [one, two] = await Promise.all([send('{"a":1}', 'msg_1'), send('{"a":1}', 'msg_1')])
    const answers = [(await one.json()) as Started, (await two.json()) as Started]
    expect(new Set(answers.map(({ run_id }) => run_id)).size).toBe(1)
    expect(answers.map(({ created }) => created).toSorted()).toEqual([false, true])
    expect((await send('{"a":2}', 'msg_1')).status).toBe(409)
    expect((await send('{"a":1}', 'msg_2')).status).toBe(202)
    expect(await runsOf(arena.database, trigger_id)).toHaveLength(2)

    const plain = await me.trigger({ kind: 'webhook' })
    const keyed = (key?: string) => hook(plain.trigger_id, '{}', { ...bearer(plain.secret!), ...(key && { 'idempotency-key': key }) })
    for (const key of ['k1', 'k1', 'k2', undefined, undefined]) await keyed(key)
    expect(await runsOf(arena.database, plain.trigger_id)).toHaveLength(4)

    // A day later the same id is another message.
    await arena.database.query(`update lenses.trigger_receipts set received_at = now() - interval '25 hours' where trigger_id = $1`, [
      plain.trigger_id,
    ])
    expect(await (await keyed('k1')).json()).toMatchObject({ created: true })
  })

  test('is answered alike whether the trigger is unknown, off, of another kind, or the secret wrong', async () => {
    const me = await person()
    const on = await me.trigger({ kind: 'webhook' })
    const off = await me.trigger({ kind: 'webhook', enabled: false })
    const manual = await me.trigger({ kind: 'manual' })
    const hmac = await me.trigger({ kind: 'webhook', config: { auth: 'hmac' } })
    const secret = `agon_hook_${'x'.repeat(43)}`
    const answers = await Promise.all(
      [
        hook(on.trigger_id, '{}', bearer(secret)),
        hook(on.trigger_id, '{}', {}),
        hook(off.trigger_id, '{}', bearer(off.secret!)),
        hook(manual.trigger_id, '{}', bearer(secret)),
        hook(hmac.trigger_id, '{}', signed('whsec_c2VjcmV0c2VjcmV0c2VjcmV0', '{}')),
        hook(randomUUID(), '{}', bearer(secret)),
        hook(randomUUID(), '{}', signed('whsec_c2VjcmV0c2VjcmV0c2VjcmV0', '{}')),
        hook('no-id', '{}', bearer(secret)),
      ].map(async (answer) => [(await answer).status, await (await answer).text()]),
    )
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    expect(answers[0]![0]).toBe(401)
  })

  test('finds the inputs where the trigger says, and one value is one input', async () => {
    const me = await person()
    const at = await me.trigger({ kind: 'webhook', config: { input_path: 'data.inputs' } })
    await hook(at.trigger_id, '{"data":{"inputs":{"topic":"tides"}},"more":1}', bearer(at.secret!))
    expect((await runsOf(arena.database, at.trigger_id))[0]!.context_inputs).toEqual({ topic: 'tides' })
    expect((await hook(at.trigger_id, '{"data":{}}', bearer(at.secret!))).status).toBe(422)
    const list = await me.trigger({ kind: 'webhook', config: { input_label: 'items' } })
    await hook(list.trigger_id, '[1,2]', bearer(list.secret!))
    expect((await runsOf(arena.database, list.trigger_id))[0]!.context_inputs).toEqual({ items: [1, 2] })
  })

  test('must be JSON, of 512 KB at most, and not more often than the project allows', async () => {
    const me = await person()
    const { trigger_id, secret } = await me.trigger({ kind: 'webhook' })
    const status = async (body: string, headers: Record<string, string> = {}) =>
      (await hook(trigger_id, body, { ...bearer(secret!), ...headers })).status
    expect(await status('topic=tides', { 'content-type': 'application/x-www-form-urlencoded' })).toBe(415)
    expect(await status('{"topic":')).toBe(400)
    expect(await status('{"topic":"\\u0000"}')).toBe(422)
    expect(await status(JSON.stringify({ topic: 'x'.repeat(512 * 1024) }))).toBe(413)
    expect(await runsOf(arena.database, trigger_id)).toEqual([])
    await arena.database.query(
      `insert into execution.request_counts (bucket, requests, ends_at) values ($1, 60, now() + interval '1 minute')`,
      [`hook:${trigger_id}`],
    )
    const limited = await hook(trigger_id, '{}', bearer(secret!))
    expect([limited.status, Number(limited.headers.get('retry-after'))]).toEqual([429, expect.closeTo(60, -1)])
  })

  test('with a secret that was replaced is refused, and with the new one is not', async () => {
    const me = await person()
    for (const auth of ['bearer', 'hmac']) {
      const { trigger_id, secret } = await me.trigger({ kind: 'webhook', config: { auth } })
      const rotated = await me.call<Trigger>('POST', `/triggers/${trigger_id}/rotate-secret`)
      const show = (shown: string) => (auth === 'hmac' ? signed(shown, '{}') : bearer(shown))
      expect((await hook(trigger_id, '{}', show(secret!))).status).toBe(401)
      expect((await hook(trigger_id, '{}', show(rotated.secret!))).status).toBe(202)
      expect(
        await me.call('PATCH', `/triggers/${trigger_id}`, { config: { auth: auth === 'hmac' ? 'bearer' : 'hmac' } }, 409),
      ).toMatchObject({ code: 'trigger_kind' })
    }
    const manual = await me.trigger({ kind: 'manual' })
    await me.call('POST', `/triggers/${manual.trigger_id}/rotate-secret`, undefined, 409)
  })

  test('with a secret that is being replaced is taken for as long as its owner said, and no longer', async () => {
    const me = await person()
    for (const auth of ['bearer', 'hmac']) {
      const { trigger_id, secret } = await me.trigger({ kind: 'webhook', config: { auth } })
      await me.call('POST', `/triggers/${trigger_id}/rotate-secret?old_valid_s=604801`, undefined, 422)
      const rotated = await me.call<Trigger & { previous_secret_valid_until: string | null }>(
        'POST',
        `/triggers/${trigger_id}/rotate-secret?old_valid_s=60`,
      )
      expect(Date.parse(rotated.previous_secret_valid_until!) - Date.now()).toBeGreaterThan(30_000)
      const status = async (shown: string) => (await hook(trigger_id, '{}', auth === 'hmac' ? signed(shown, '{}') : bearer(shown))).status
      expect([await status(secret!), await status(rotated.secret!)]).toEqual([202, 202])
      await arena.database.query(`update lenses.workflow_triggers set previous_valid_until = now() where trigger_id = $1`, [trigger_id])
      expect([await status(secret!), await status(rotated.secret!)]).toEqual([401, 202])
    }
  })
})

describe('an event', () => {
  test('of a battle starts a workflow through start-workflows', async () => {
    const me = await person()
    const { trigger_id } = await me.trigger({ kind: 'battle_event', config: { types: ['battle.*'], filter: { outcome: 'winner' } } })
    const battle = randomUUID()
    await arena.database.query(`insert into battles.battles (battle_id, owner_id, title, task_prompt) values ($1, $2, 'B', 'Say it')`, [
      battle,
      me.ownerId,
    ])
    await arena.database.query(`insert into battles.events (battle_id, type, data) values ($1, 'battle.closed', '{"outcome": "winner"}')`, [
      battle,
    ])
    await expect.poll(() => runsOf(arena.database, trigger_id), { timeout: 15_000 }).toMatchObject([{ trigger_mode: 'battle_event' }])
  }, 30_000)
})
