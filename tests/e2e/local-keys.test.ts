import type { LogEntry } from '@agon/local-platform'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Arena, simpleProvider, startArena } from '../support/arena.ts'
import { type Chromium, chromiumPath, startChromium, type Tab } from '../support/chromium.ts'
import { answerBattles, keepKey, openPage, startLocalPage } from '../support/local-page.ts'
import { disguisesOf, rowsThatShow } from '../support/planted-secrets.ts'
import { json, startWireServer } from '../support/wire-server.ts'
import { startWireText } from '../support/wire-text.ts'

// The whole platform, a provider on the wire that answers browsers, and the example page in a real Chromium: the contender's key is in
// its browser, and Agon never sees it.

const mark = 'PLANTED'
const secrets = { compatible: `lk-${mark}-compatible-0123456789`, anthropic: `lk-${mark}-anthropic-0123456789` }
const disguises = disguisesOf(mark)
const found = (text: string) => disguises.filter((disguise) => text.toLowerCase().includes(disguise.toLowerCase()))
const answer = `Beige. ${'It is fine, and calm, and goes with all. '.repeat(20)}`.trim()
const local = { model: 'compatible:house', funding_source: 'user_byok_local' }

/** Needs a Chromium; what the page calls is tested without one, too. */
const inTab = test.skipIf(chromiumPath === undefined)

describe('keys that stay in the browser', () => {
  let arena: Arena
  let chromium: Chromium | undefined
  let page: Awaited<ReturnType<typeof startLocalPage>>
  let wire: Awaited<ReturnType<typeof startWireText>>
  let tabs: Tab[] = []
  let deltaMs = 0
  const logged: LogEntry[] = []

  beforeAll(async () => {
    wire = await startWireText({ answer, cors: true, deltaMs: () => deltaMs })
    ;[arena, page] = await Promise.all([startArena({ log: (entry) => logged.push(entry) }), startLocalPage()])
    if (chromiumPath) chromium = await startChromium()
    simpleProvider(arena.provider)
  })
  afterAll(async () => {
    await chromium?.stop()
    await page.stop()
    await arena.stop()
    await wire.stop()
  })
  afterEach(async () => {
    await Promise.all(tabs.map((tab) => tab.close().catch(() => undefined)))
    tabs = []
    deltaMs = 0
    wire.calls.length = 0
    await leaseOf(90_000)
  })

  async function tab(): Promise<Tab> {
    const opened = await openPage(chromium!, page.url)
    tabs.push(opened)
    return opened
  }
  /** A tab that answers, with a key for the wire. */
  async function answering(): Promise<Tab> {
    const opened = await tab()
    await keepKey(opened, 'compatible', secrets.compatible, `${wire.url}/v1`)
    await answerBattles(opened, arena)
    return opened
  }
  const leaseOf = (ms: number) => arena.database.query(`update execution.job_kinds set lease_ms = ${ms} where kind = 'local_execution'`)
  /** Lost leases are taken back on a schedule; its minutes are not what is tested. */
  async function sweeping<T>(act: () => Promise<T>): Promise<T> {
    const hurry = setInterval(() => void arena.database.query('select execution.sweep()').catch(() => undefined), 200)
    return act().finally(() => clearInterval(hurry))
  }
  const create = (body: object = {}) => arena.create({ contenders: [local, { model: 'sparring:quill' }], ...body })
  const begun = (id: string) => arena.until(id, (battle) => (battle.contenders[0]?.submission?.content_text?.length ?? 0) > 0)

  inTab('a tab answers on both wires, and the keys are found in no request to Agon, no table, no log and no answer', async () => {
    const echo = await startWireServer(({ method, headers }, response) => {
      response.setHeader('access-control-allow-origin', '*')
      if (method === 'OPTIONS')
        return response.writeHead(204, { 'access-control-allow-headers': headers['access-control-request-headers'] ?? '*' }).end()
      json(response, 401, { error: { message: `Incorrect API key provided: ${headers.authorization}.` } })
    })
    const own = await tab()
    await keepKey(own, 'compatible', secrets.compatible, `${wire.url}/v1`)
    await keepKey(own, 'anthropic', secrets.anthropic, wire.url)
    await keepKey(own, 'mistral', secrets.compatible, `${echo.url}/v1`)
    await answerBattles(own, arena)
    const both = await create({
      contenders: [local, { model: 'anthropic:claude-haiku-4-5', funding_source: 'user_byok_local' }, { model: 'sparring:quill' }],
    })
    const refused = await create({
      contenders: [{ model: 'mistral:mistral-small-latest', funding_source: 'user_byok_local' }, { model: 'sparring:quill' }],
    })
    const [battle, walkover] = await Promise.all([arena.settled(both), arena.settled(refused)])
    await echo.stop()

    expect(battle.contenders.map(({ status }) => status)).toEqual(['submitted', 'submitted', 'submitted'])
    expect(battle.contenders.slice(0, 2).map(({ submission }) => submission?.content_text)).toEqual([answer, answer])
    expect(wire.calls.map(({ wire: spoken, key }) => [spoken, key]).sort()).toEqual([
      ['anthropic', secrets.anthropic],
      ['openai', secrets.compatible],
    ])
    // That a model answered is the owner's word: nobody is rated against it.
    expect(battle.contenders.map(({ rating }) => rating)).toEqual([null, null, null])
    expect(walkover.contenders[0]).toMatchObject({ status: 'failed', error: { code: 'provider_auth' } })
    expect(walkover.contenders[0]!.error!.message).toContain('[redacted]')

    const toAgon = own.requests.filter(({ url }) => url.startsWith(arena.platform.url))
    const toProviders = own.requests.filter(
      ({ url, method }) => !url.startsWith(arena.platform.url) && !url.startsWith(page.url) && method === 'POST',
    )
    expect(toAgon.length).toBeGreaterThan(4)
    expect(toAgon.map(({ sent }) => sent).join()).toContain(answer)
    expect(toAgon.filter(({ url, sent }) => found(url + sent).length > 0)).toEqual([])
    expect(toProviders).toHaveLength(3)
    expect(toProviders.filter(({ sent }) => found(sent).length === 0)).toEqual([])
    expect(own.console.filter((line) => found(line).length > 0)).toEqual([])
    expect(await own.evaluate<string>(`document.getElementById('log').textContent`).then(found)).toEqual([])
    expect(await rowsThatShow(arena.database, found)).toEqual([])
    expect(found(JSON.stringify([battle, walkover]))).toEqual([])
    expect(logged.filter((entry) => found(JSON.stringify(entry)).length > 0)).toEqual([])
    expect(arena.platform.functionLogs().filter((entry) => found(JSON.stringify(entry)).length > 0)).toEqual([])
  })

  inTab('in the browser itself a key lies encrypted, under a key that gives itself to nobody', async () => {
    const own = await tab()
    await keepKey(own, 'compatible', secrets.compatible, `${wire.url}/v1`)
    const kept = await own.evaluate<{ rows: string; extractable: boolean; exported: string }>(`(async () => {
      const done = (request) => new Promise((resolve, reject) => { request.onsuccess = () => resolve(request.result); request.onerror = reject })
      const database = await done(indexedDB.open('agon-local-keys', 1))
      const rows = await done(database.transaction('keys').objectStore('keys').getAll())
      const wrapping = await done(database.transaction('wrapping-keys').objectStore('wrapping-keys').get('v1'))
      const text = rows.map((row) => JSON.stringify(row) + new TextDecoder('latin1').decode(row.ciphertext)).join()
      return { rows: text, extractable: wrapping.extractable, exported: await crypto.subtle.exportKey('raw', wrapping).then(() => 'given', (error) => error.name) }
    })()`)
    expect(kept.rows).toContain('"provider":"compatible"')
    expect(found(kept.rows)).toEqual([])
    expect(kept).toMatchObject({ extractable: false, exported: 'InvalidAccessError' })
  })

  inTab('when a tab dies in mid-call, another goes on with its answer, and pays for the rest alone', async () => {
    await leaseOf(1500)
    deltaMs = 40
    const first = await answering()
    const id = await create()
    const shown = (await begun(id)).contenders[0]!.submission!.content_text!
    await first.crash()
    deltaMs = 0
    const battle = await sweeping(async () => {
      await answering()
      return arena.settled(id)
    })
    expect(battle.contenders[0]).toMatchObject({
      status: 'submitted',
      job: { attempts: 1, reclaims: 1 },
      submission: { content_text: answer },
    })
    expect(wire.calls).toHaveLength(2)
    expect(wire.calls[1]!.from).toBeGreaterThanOrEqual(shown.length)
    const told = battle.events.filter(({ type, data }) => type === 'contender.delta' && data.slot === 'A').map(({ data }) => data)
    expect(told.map(({ text }) => text).join('')).toBe(answer)
  })

  inTab('a tab that is closed gives back what it had in hand, and another takes it long before the lease is over', async () => {
    deltaMs = 40
    const first = await answering()
    const id = await create()
    await begun(id)
    await first.close()
    deltaMs = 0
    await answering()
    const battle = await arena.settled(id)
    expect(battle.contenders[0]).toMatchObject({
      status: 'submitted',
      job: { attempts: 1, reclaims: 0 },
      submission: { content_text: answer },
    })
    expect(wire.calls).toHaveLength(2)
  })

  inTab('two tabs share the work, and no answer is paid for twice', async () => {
    await Promise.all([answering(), answering()])
    deltaMs = 10
    const ids = await Promise.all(Array.from({ length: 8 }, () => create()))
    const battles = await Promise.all(ids.map((id) => arena.settled(id)))
    expect(battles.map(({ contenders }) => contenders[0]!.submission?.content_text)).toEqual(ids.map(() => answer))
    expect(wire.calls).toHaveLength(ids.length)
    const drivers = tabs.map((tab) => tab.requests.filter(({ url, method }) => method === 'POST' && url.endsWith('/complete')).length)
    expect(drivers.reduce((sum, each) => sum + each)).toBe(ids.length)
    expect(Math.min(...drivers)).toBeGreaterThan(0)
  })

  inTab('a battle that is cancelled cuts its call off in the tab', async () => {
    await leaseOf(1500)
    deltaMs = 200
    await answering()
    const id = await create()
    await begun(id)
    expect((await arena.post(`/battles/${id}/cancel`)).status).toBe(200)
    await wire.calls[0]!.closed
    expect(wire.calls[0]!.deltas * 8).toBeLessThan(answer.length)
    expect((await arena.battle(id)).contenders[0]!.status).toBe('cancelled')
  })

  test('where no page is open the contender times out by name, and the others go on', async () => {
    const id = await create({ handicap: { time_budget_ms: 1000 } })
    await arena.until(id, (battle) => battle.contenders[1]!.status === 'submitted')
    await arena.database.query(`update execution.jobs set deadline_at = now() - interval '1 second' where state = 'active'`)
    await arena.database.query('select battles.fn_auto_finalize_battles()')
    const battle = await arena.settled(id)
    expect(battle).toMatchObject({ outcome: 'walkover', winner_slot: 'B' })
    expect(battle.contenders[0]).toMatchObject({ status: 'timed_out', error: { code: 'local_driver_missing' } })
  })

  test('what cannot be answered in a browser is refused by name', async () => {
    const refused = async (contender: object) => {
      const response = await arena.post('/battles', {
        prompt: 'x',
        contenders: [contender, { model: 'sparring:quill' }],
        judge: { model: 'sparring:arbiter' },
      })
      return [response.status, ((await response.json()) as { code: string; errors: { path: string }[] }).code]
    }
    const funding_source = 'user_byok_local'
    expect(await refused({ model: 'sparring-anthropic:ember', funding_source })).toEqual([422, 'local_execution_unsupported'])
    expect(await refused({ model: 'openai:gpt-image-2', funding_source })).toEqual([422, 'local_execution_unsupported'])
    expect(await refused({ human: {}, funding_source })).toEqual([422, 'invalid_request'])
    expect(await refused({ ...local, byok_key_id: crypto.randomUUID() })).toEqual([422, 'invalid_request'])
    expect(await refused({ ...local, funding_source: 'local' })).toEqual([422, 'invalid_request'])
  })

  test('a page’s calls are parsed, bounded and its user’s alone; what they say is told by name', async () => {
    const id = await create()
    const call = (path: string, body: unknown, headers: Record<string, string> = {}) =>
      arena
        .post(`/local-executions/${path}`, body, headers)
        .then(async (response) => ({ status: response.status, body: (await response.json()) as never }))
    const claimed = await call('claim', { providers: ['compatible'], most: 8 })
    const { jobs } = claimed.body as { jobs: { job_id: number; lease_token: number; battle_id: string; model_key: string }[] }
    expect(jobs).toMatchObject([{ battle_id: id, model_key: 'compatible:house' }])
    const { job_id, lease_token } = jobs[0]!
    const output = {
      content_text: '',
      wire_model: 'm',
      finish_reason: 'stop',
      input_tokens: null,
      output_tokens: 1,
      cost_usd: null,
      latency_ms: 2,
    }
    const delta = { offset: 0, text: 'Be' }
    const progress = { output: {}, checkpoint: { chunks: 1, elapsed_ms: 1 }, delta }
    const refused = { status: 422, body: { code: 'invalid_request' } }
    for (const [path, body] of [
      ['claim', { providers: [] }],
      ['claim', { providers: ['fal'] }],
      ['claim', { providers: ['openai'], most: 9 }],
      ['claim', { providers: ['openai'], driver: 'a b' }],
      ['0/complete', { lease_token, output }],
      ['x/complete', { lease_token, output }],
      [`${job_id}/complete`, { output }],
      [`${job_id}/complete`, { lease_token, output: { ...output, cost_usd: -1 } }],
      [`${job_id}/complete`, { lease_token, output: { ...output, content_text: 'x'.repeat(1_000_001) } }],
      [`${job_id}/complete`, { lease_token, output: { ...output, content_text: '\0' } }],
      [`${job_id}/heartbeat`, { lease_token, progress: { ...progress, delta: { offset: 3, text: 'ige' } } }],
      [
        `${job_id}/heartbeat`,
        { lease_token, progress: { ...progress, checkpoint: { ...progress.checkpoint, cursor: { at: 'x'.repeat(5000) } } } },
      ],
      [`${job_id}/fail`, { lease_token, error: { code: 'made_up', message: '' }, backoff_ms: null }],
      [`${job_id}/fail`, { lease_token, error: { code: 'internal', message: '' }, backoff_ms: -1 }],
    ] as const)
      expect([path, body, await call(path, body)]).toMatchObject([path, body, refused])
    expect(await call(`${job_id}/complete`, { lease_token, output: { ...output, content_text: 'x'.repeat(6_000_000) } })).toMatchObject({
      status: 413,
    })

    const stranger = { authorization: `Bearer ${await arena.signUp('page-stranger')}` }
    expect(await call(`${job_id}/complete`, { lease_token, output }, stranger)).toMatchObject({ status: 404, body: { code: 'not_found' } })
    expect(await call(`${job_id}/heartbeat`, { lease_token: lease_token + 1 })).toMatchObject({ status: 409, body: { code: 'lease_lost' } })
    expect(await call(`${job_id}/heartbeat`, { lease_token, progress })).toMatchObject({ status: 200, body: { outcome: 'held' } })
    expect(await call(`${job_id}/give-back`, { lease_token })).toMatchObject({ status: 200, body: { outcome: 'given_back' } })
    const again = (
      (await call('claim', { providers: ['compatible'] })).body as { jobs: { lease_token: number; checkpoint: { text: string } }[] }
    ).jobs[0]!
    expect(again.checkpoint.text).toBe('Be')
    // A model may end without a word.
    expect(await call(`${job_id}/complete`, { lease_token: again.lease_token, output })).toMatchObject({
      status: 200,
      body: { outcome: 'recorded' },
    })
    const battle = await arena.settled(id)
    expect(battle.contenders[0]).toMatchObject({
      status: 'submitted',
      in_browser: true,
      submission: { content_text: '', output_modality: 'text' },
    })
    expect(battle.contenders[1]).toMatchObject({ in_browser: false })
  })
})
