import { createAgonClient } from '@agon/client'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Arena, simpleProvider, startArena } from '../support/arena.ts'
import { type Chromium, chromiumPath, startChromium, type Tab } from '../support/chromium.ts'
import { answerBattles, keepKey, openPage, startLocalPage } from '../support/local-page.ts'
import { disguisesOf, rowsThatShow } from '../support/planted-secrets.ts'
import { startWireText } from '../support/wire-text.ts'

// Nodes of a run that a page of its owner answers: the whole platform, a provider on the wire that answers browsers, and the example page in a
// real Chromium, whose key Agon never sees.

const mark = 'PLANTED'
const key = `lk-${mark}-nodes-0123456789`
const disguises = disguisesOf(mark)
const found = (text: string) => disguises.filter((disguise) => text.toLowerCase().includes(disguise.toLowerCase()))
const answer = `Beige. ${'It is fine, and calm, and goes with all. '.repeat(20)}`.trim()
const inTab = test.skipIf(chromiumPath === undefined)

const lens = (template: string, kind = 'text', model_key = 'compatible:house') => ({ kind, template, model_key })
const document = {
  format: 'agon.workflow/v1',
  title: 'Colours',
  inputs: { room: { type: 'string' } },
  nodes: [
    { id: 'name', type: 'lens', lens: lens('A colour for the [[inputs.room]]') },
    { id: 'shout', type: 'prompt_template', config: { template: '[[ input | upcase ]]' } },
    { id: 'rewrite', type: 'lens', lens: lens('Say it again: [[input]]', 'transform') },
    { id: 'rhyme', type: 'lens', lens: lens('A rhyme on [[inputs.room]]', 'text', 'sparring:quill') },
  ],
  edges: [
    { source: 'name', target: 'shout' },
    { source: 'shout', target: 'rewrite' },
  ],
  output: 'rewrite',
}

describe('nodes that are answered in the browser', () => {
  let arena: Arena
  let agon: ReturnType<typeof createAgonClient>
  let chromium: Chromium | undefined
  let page: Awaited<ReturnType<typeof startLocalPage>>
  let wire: Awaited<ReturnType<typeof startWireText>>
  let tabs: Tab[] = []
  let deltaMs = 0
  let workflowId: string

  beforeAll(async () => {
    wire = await startWireText({ answer, cors: true, deltaMs: () => deltaMs })
    ;[arena, page] = await Promise.all([startArena(), startLocalPage()])
    if (chromiumPath) chromium = await startChromium()
    simpleProvider(arena.provider)
    agon = createAgonClient({
      url: arena.platform.url,
      publishableKey: arena.platform.publishableKey,
      accessToken: () => arena.asOwner.authorization.slice('Bearer '.length),
    })
    const made = await agon.workflows.create({ document })
    if (!made.ok) throw new Error(JSON.stringify(made.problem))
    workflowId = made.value.workflow_id
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
  })

  async function answering(): Promise<Tab> {
    const tab = await openPage(chromium!, page.url)
    tabs.push(tab)
    await keepKey(tab, 'compatible', key, `${wire.url}/v1`)
    await answerBattles(tab, arena)
    return tab
  }
  const start = (room: string, more: object = {}) =>
    arena.post(`/workflows/${workflowId}/runs`, { inputs: { room }, local_providers: ['compatible'], ...more })
  async function begun(room: string, more: object = {}): Promise<string> {
    const response = await start(room, more)
    const run = (await response.json()) as { run_id: string }
    expect([response.status, run]).toMatchObject([201, { status: 'running' }])
    return run.run_id
  }
  const shown = async (runId: string) => {
    const run = await agon.runs.get(runId)
    if (!run.ok) throw new Error(JSON.stringify(run.problem))
    return run.value
  }
  async function ended(runId: string) {
    await expect.poll(async () => (await shown(runId)).finished_at, { timeout: 60_000 }).not.toBeNull()
    return shown(runId)
  }

  inTab('a tab answers them, the platform the others, and the key is in no request to Agon and no table', async () => {
    const tab = await answering()
    const run = await ended(await begun('kitchen'))
    expect(run).toMatchObject({ status: 'completed', local_providers: ['compatible'], output: { output: answer } })
    expect(Object.fromEntries(run.nodes.map(({ node_id, status }) => [node_id, status]))).toEqual({
      name: 'completed',
      shout: 'completed',
      rewrite: 'completed',
      rhyme: 'completed',
    })
    expect(wire.calls.map((call) => [call.key, call.messages.at(-1)!.content])).toEqual([
      [key, 'A colour for the kitchen'],
      [key, `Say it again: ${answer.toUpperCase()}`],
    ])
    expect(run.nodes.find(({ node_id }) => node_id === 'name')).toMatchObject({ wire_model: 'house', latency_ms: expect.any(Number) })
    const toAgon = tab.requests.filter(({ url }) => url.startsWith(arena.platform.url))
    expect(toAgon.filter(({ url, method }) => method === 'POST' && url.endsWith('/complete'))).toHaveLength(2)
    expect(toAgon.filter(({ url, sent }) => found(url + sent).length > 0)).toEqual([])
    expect(tab.console.filter((line) => found(line).length > 0)).toEqual([])
    expect(await rowsThatShow(arena.database, found)).toEqual([])
    expect(arena.platform.functionLogs().filter((entry) => found(JSON.stringify(entry)).length > 0)).toEqual([])
  })

  inTab('a tab that is closed gives its node back, and another goes on with the text', async () => {
    deltaMs = 40
    const first = await answering()
    const runId = await begun('hall')
    const checkpoints = () => arena.database.query('select state from execution.checkpoints').then(({ rows }) => rows.length)
    await expect.poll(checkpoints, { timeout: 20_000 }).toBe(1)
    await first.close()
    deltaMs = 0
    await answering()
    const run = await ended(runId)
    expect(run).toMatchObject({ status: 'completed' })
    expect(run.nodes.find(({ node_id }) => node_id === 'name')).toMatchObject({ output: { output: answer }, attempts: 1 })
    expect(wire.calls).toHaveLength(3)
    expect(wire.calls[1]!.from).toBeGreaterThan(0)
  })

  inTab('a run that is cancelled cuts its call off in the tab', async () => {
    await arena.database.query(`update execution.job_kinds set lease_ms = 1500 where kind = 'local_node'`)
    deltaMs = 200
    await answering()
    const runId = await begun('cellar')
    await expect.poll(() => wire.calls.length, { timeout: 20_000 }).toBe(1)
    expect((await arena.post(`/runs/${runId}/cancel`)).status).toBe(200)
    await wire.calls[0]!.closed
    expect(wire.calls[0]!.deltas * 8).toBeLessThan(answer.length)
    await arena.database.query(`update execution.job_kinds set lease_ms = 90000 where kind = 'local_node'`)
  })

  test('a start that no page could serve is refused by name', async () => {
    const problem = async (response: Response) => [response.status, await response.json()]
    expect(await problem(await start('x', { local_providers: ['fal'] }))).toMatchObject([422, { code: 'invalid_request' }])
    expect(await problem(await start('x', { byok_keys: { compatible: crypto.randomUUID() } }))).toMatchObject([
      422,
      { code: 'invalid_request', errors: [{ path: '/local_providers/0', message: expect.stringContaining('byok_keys') }] },
    ])
    const moderated = { ...document.nodes[0]!, config: { moderation: 'output' } }
    const made = await arena.post('/workflows', { document: { ...document, nodes: [moderated], edges: [], output: 'name' } })
    const { workflow_id } = (await made.json()) as { workflow_id: string }
    const refused = await arena.post(`/workflows/${workflow_id}/runs`, { inputs: { room: 'x' }, local_providers: ['compatible'] })
    expect(await problem(refused)).toMatchObject([
      422,
      {
        code: 'local_execution_unsupported',
        errors: [{ path: '/local_providers', message: expect.stringContaining('name is moderated') }],
      },
    ])
  })

  test('a page’s calls are parsed, bounded and its user’s alone', async () => {
    const runId = await begun('attic')
    const call = (path: string, body: unknown, headers: Record<string, string> = {}) =>
      arena
        .post(`/local-nodes/${path}`, body, headers)
        .then(async (response) => ({ status: response.status, body: (await response.json()) as never }))
    const claimed = await call('claim', { providers: ['compatible'], most: 8 })
    const { jobs } = claimed.body as { jobs: { job_id: number; lease_token: number; run_id: string; node_id: string }[] }
    expect(jobs).toMatchObject([{ run_id: runId, node_id: 'name', lens: { kind: 'text' }, run_inputs: { room: 'attic' } }])
    expect(JSON.stringify(jobs)).not.toMatch(/sealed|byok|credential/)
    const { job_id, lease_token } = jobs[0]!
    const result = {
      envelope: { kind: 'text', artifact_kind: 'text', output: 'Blue.' },
      ports: ['output'],
      wire_model: 'house',
      input_tokens: null,
      output_tokens: 1,
      cost_usd: null,
      latency_ms: 2,
    }
    const refused = { status: 422, body: { code: 'invalid_request' } }
    for (const [path, body] of [
      [`${job_id}/complete`, { result }],
      [`${job_id}/complete`, { lease_token, result: { ...result, ports: [] } }],
      [`${job_id}/complete`, { lease_token, result: { ...result, cost_usd: -1 } }],
      [`${job_id}/complete`, { lease_token, result: { ...result, envelope: { ...result.envelope, media: { url: 'https://x.test' } } } }],
      [`${job_id}/complete`, { lease_token, result: { ...result, envelope: { ...result.envelope, artifact_kind: 'video' } } }],
      [`${job_id}/complete`, { lease_token, result: { ...result, notes: [{ type: 'moderation.flagged', data: {} }] } }],
      [`${job_id}/heartbeat`, { lease_token, progress: { checkpoint: { chunks: 1, elapsed_ms: 1 }, delta: { offset: 0, text: 'a' } } }],
      [`${job_id}/fail`, { lease_token, error: { code: 'made_up', message: '' }, backoff_ms: null }],
    ] as const)
      expect([path, body, await call(path, body)]).toMatchObject([path, body, refused])
    const stranger = { authorization: `Bearer ${await arena.signUp('node-stranger')}` }
    expect(await call(`${job_id}/complete`, { lease_token, result }, stranger)).toMatchObject({ status: 404, body: { code: 'not_found' } })
    expect(await call(`${job_id}/heartbeat`, { lease_token: lease_token + 1 })).toMatchObject({ status: 409, body: { code: 'lease_lost' } })
    expect(await call(`${job_id}/complete`, { lease_token, result })).toMatchObject({ status: 200, body: { outcome: 'recorded' } })
    expect(await call(`${job_id}/complete`, { lease_token, result })).toMatchObject({ status: 409 })
    await expect
      .poll(async () => (await shown(runId)).nodes.map(({ status }) => status), { timeout: 20_000 })
      .toEqual(['completed', 'completed', 'queued', 'completed'])
    await arena.post(`/runs/${runId}/cancel`)
  })
})
