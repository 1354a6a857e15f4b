import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Arena, startArena } from '../support/arena.ts'
import { claimNodes, completeNode, drainNodes, failNode, suspendNode } from '../support/workflows.ts'

// Lenses, workflows and runs over HTTP. No driver runs: the test is the driver, so that each state is one it has made.

let arena: Arena
let stranger: Record<string, string>
beforeAll(async () => {
  arena = await startArena()
  await arena.database.query('update execution.job_kinds set wake_function = null')
  stranger = { authorization: `Bearer ${await arena.signUp('stranger')}`, apikey: arena.platform.publishableKey }
})
afterAll(() => arena.stop())

const json = { 'content-type': 'application/json' }
// biome-ignore lint/suspicious/noExplicitAny: documents of many shapes, read by a test
type Any = any
async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = arena.asOwner) {
  const response = await arena.api(path, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : json) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, body: (text.startsWith('{') ? JSON.parse(text) : text) as Any, headers: response.headers }
}

const haiku = { kind: 'text', template: 'A haiku about [[topic]].', model_key: 'sparring:quill' }
const document = (title = 'A pipeline') => ({
  format: 'agon.workflow/v1',
  title,
  inputs: { topic: { type: 'string' }, tone: { type: 'string', default: 'calm' } },
  nodes: [
    { id: 'outline', type: 'prompt_template', config: { template: 'About [[inputs.topic]], [[inputs.tone]].' } },
    { id: 'write', type: 'lens', lens: haiku },
  ],
  edges: [{ source: 'outline', target: 'write', target_param_label: 'topic' }],
})
const newWorkflow = async (given: object = document()): Promise<string> => {
  const made = await ask('POST', '/workflows', { document: given })
  if (made.status !== 201) throw new Error(JSON.stringify(made.body))
  return made.body.workflow_id
}
const start = (workflow: string, body: object = {}, headers = arena.asOwner) =>
  ask('POST', `/workflows/${workflow}/runs`, { inputs: { topic: 'the ocean' }, ...body }, headers)

describe('a lens', () => {
  test('is kept, changed, compared, published, forked and put away', async () => {
    const made = await ask('POST', '/lenses', { title: 'Haiku', tags: ['poetry'], document: { ...haiku, parameters: ['topic'] } })
    expect(made).toMatchObject({
      status: 201,
      body: { number: 1, kind: 'text', yours: true, tags: ['kind:text', 'poetry'], visibility: 'private' },
    })
    const { lens_id } = made.body
    expect(made.body.document.input_contract.parameters.topic).toMatchObject({ required: true })
    const path = `/lenses/${lens_id}`
    expect((await ask('PUT', path, { document: { ...haiku, parameters: ['topic'] } })).body.number, 'the same again').toBe(1)
    const second = await ask('PUT', path, { document: { ...haiku, template: 'Two lines\nabout [[topic]].' }, note: 'shorter' })
    expect(second.body).toMatchObject({ number: 2, note: 'shorter', title: 'Haiku' })
    const { changes } = (await ask('GET', `${path}/diff?from=1&to=2`)).body
    expect(changes).toContainEqual(expect.objectContaining({ path: '/template', op: 'changed', lines: expect.any(Array) }))
    expect((await ask('GET', `${path}/versions`)).body.versions.map(({ number }: Any) => number)).toEqual([2, 1])

    expect((await ask('GET', path, undefined, stranger)).body.code).toBe('not_found')
    expect((await ask('POST', `${path}/publish`, { version: 1 })).body).toMatchObject({ number: 1, visibility: 'public' })
    expect((await ask('GET', path, undefined, stranger)).body).toMatchObject({ number: 1, yours: false })
    expect((await ask('PUT', path, { title: 'Theirs' }, stranger)).body.code).toBe('not_found')
    expect(await ask('POST', `${path}/fork`, { title: 'Mine' }, stranger)).toMatchObject({
      status: 201,
      body: { title: 'Mine', yours: true, visibility: 'private' },
    })
    expect((await ask('GET', '/lenses?search=haiku', undefined, stranger)).body.lenses.map(({ lens_id: id }: Any) => id)).toEqual([lens_id])
    expect((await ask('DELETE', path)).body).toEqual({ lens_id, archived: true })
    expect((await ask('GET', path, undefined, stranger)).status).toBe(404)
  })

  test('with faults is refused with all of them, each with its place and what to do', async () => {
    const refused = await ask('POST', '/lenses', { title: 'Broken', document: { kind: 'poem', temprature: 1, max_tokens: 0 } })
    expect(refused).toMatchObject({ status: 422, body: { code: 'lens_invalid' } })
    expect(refused.body.errors.map(({ path }: Any) => path).toSorted()).toEqual(
      ['/document', '/document/kind', '/document/max_tokens', '/document/template'].toSorted(),
    )
    for (const error of refused.body.errors) expect(error.remedy).toBeTruthy()
  })

  test('runs alone, as a workflow of one node', async () => {
    const { lens_id } = (await ask('POST', '/lenses', { title: 'Haiku', document: haiku })).body
    const missing = await ask('POST', `/lenses/${lens_id}/runs`, { inputs: { topik: 'the sea' } })
    expect(missing).toMatchObject({ status: 422, body: { code: 'input_contract_violation' } })
    expect(missing.body.errors.map(({ path }: Any) => path)).toEqual(['/inputs/topic', '/inputs/topik'])
    const begun = await ask('POST', `/lenses/${lens_id}/runs`, { inputs: { topic: 'the sea' } })
    expect(begun).toMatchObject({ status: 201, body: { status: 'running', created: true } })
    const again = await ask('POST', `/lenses/${lens_id}/runs`, { inputs: { topic: 'the sea' } })
    expect(again).toMatchObject({ status: 200, body: { run_id: begun.body.run_id, created: false } })
    const run = (await ask('GET', `/runs/${begun.body.run_id}`)).body
    expect(run).toMatchObject({ title: 'Haiku', workflow_id: null, inputs: { topic: 'the sea' } })
    expect(run.nodes).toMatchObject([{ node_id: 'lens', node_type: 'lens', model: 'sparring:quill', status: 'queued' }])
    expect((await ask('POST', `/runs/${begun.body.run_id}/cancel`)).body.status).toBe('cancelled')
    expect((await ask('POST', `/lenses/${lens_id}/runs`, { inputs: { topic: 'the sea' } }, stranger)).status).toBe(404)
  })
})

describe('a document', () => {
  const broken = {
    format: 'agon.workflow/v1',
    title: 'Broken',
    nodes: [
      { id: 'a', type: 'promt_template', config: {} },
      { id: 'b', type: 'prompt_template', config: { template: 'x', colour: 'red' } },
    ],
    edges: [{ source: 'b', target: 'c' }],
  }

  test('is told every problem it has, with nothing kept', async () => {
    const told = await ask('POST', '/workflows/validate', { document: broken })
    expect(told).toMatchObject({ status: 200, body: { valid: false } })
    expect(told.body.problems.map(({ code }: Any) => code).toSorted()).toEqual(['orphan_target', 'unknown_config_key', 'unknown_node_type'])
    expect(told.body.problems.find(({ code }: Any) => code === 'unknown_node_type')).toMatchObject({
      node_id: 'a',
      message: expect.stringContaining('prompt_template'),
    })
    expect((await ask('POST', '/workflows/validate', { document: document() })).body).toEqual({ valid: true, problems: [] })
    expect((await ask('GET', '/workflows?mine=true&search=Broken')).body.workflows).toEqual([])
  })

  test('with problems is not saved, and the refusal has all of them', async () => {
    const refused = await ask('POST', '/workflows', { document: broken })
    expect(refused).toMatchObject({ status: 422, body: { code: 'workflow_invalid' } })
    expect(refused.body.errors).toHaveLength(3)
    expect(refused.body.errors).toContainEqual(
      expect.objectContaining({ path: '/document/edges/0/target', edge: 0, code: 'orphan_target' }),
    )
  })

  test('comes back as it was given, can be compared, drawn, published and forked', async () => {
    const id = await newWorkflow()
    const exported = (await ask('GET', `/workflows/${id}/export`)).body
    expect(exported).toMatchObject(document())
    expect((await ask('PUT', `/workflows/${id}`, { document: exported })).body.number, 'what was exported is what it is').toBe(1)
    const changed = { ...exported, nodes: [...exported.nodes, { id: 'tail', type: 'prompt_template', config: { template: 'x' } }] }
    expect((await ask('PUT', `/workflows/${id}`, { document: changed, tags: ['demo'] })).body).toMatchObject({
      number: 2,
      nodes: 3,
      tags: ['demo'],
    })
    expect((await ask('GET', `/workflows/${id}/diff?from=1&to=2`)).body.changes).toMatchObject([{ path: '/nodes/tail', op: 'added' }])
    const drawn = await ask('GET', `/workflows/${id}/diagram?version=1`)
    expect(drawn.headers.get('content-type')).toContain('text/vnd.mermaid')
    expect(drawn.body).toMatch(/^flowchart TD\n/)
    expect((await ask('POST', `/workflows/${id}/fork`, {}, stranger)).status).toBe(404)
    expect((await ask('POST', `/workflows/${id}/publish`, {})).body).toMatchObject({ number: 2, visibility: 'public' })
    const fork = await ask('POST', `/workflows/${id}/fork`, { title: 'Mine' }, stranger)
    expect(fork).toMatchObject({ status: 201, body: { title: 'Mine', yours: true, number: 1, nodes: 3, tags: ['demo'] } })
    expect(fork.body.document.title).toBe('Mine')
    expect((await ask('GET', `/workflows/${id}/diff?from=1&to=2`, undefined, stranger)).status, 'version 1 is not published').toBe(404)
    expect((await ask('PUT', `/workflows/${id}`, { visibility: 'private' })).body).toMatchObject({ visibility: 'private', number: 2 })
    expect((await ask('GET', `/workflows/${id}`, undefined, stranger)).status).toBe(404)
    expect((await ask('DELETE', `/workflows/${id}`)).body).toEqual({ workflow_id: id, archived: true })
    expect((await start(id)).status).toBe(404)
  })

  test('names only what its owner may use: another’s lens, workflow or version is one that there is not', async () => {
    const { version_id } = (await ask('POST', '/lenses', { title: 'Private', document: haiku })).body
    const inner = (await ask('POST', '/workflows', { document: document('Inner') })).body
    const outer = (nodes: object[]) => ({ format: 'agon.workflow/v1', title: 'Outer', inputs: { topic: { type: 'string' } }, nodes })
    const nodes = [
      { id: 'lens', type: 'lens', lens_version_id: version_id },
      { id: 'sub', type: 'sub_workflow', config: { workflow_id: inner.workflow_id } },
      { id: 'pinned', type: 'sub_workflow', config: { workflow_id: inner.workflow_id, version: 'pinned', version_id: inner.version_id } },
    ]
    const codes = async (headers: Record<string, string>) =>
      (await ask('POST', '/workflows/validate', { document: outer(nodes) }, headers)).body.problems.map(
        ({ code, node_id }: Any) => `${node_id} ${code}`,
      )
    expect(await codes(arena.asOwner)).toEqual([])
    expect((await codes(stranger)).toSorted()).toEqual(['lens unknown_lens_version', 'pinned unknown_workflow', 'sub unknown_workflow'])
    expect((await ask('POST', '/workflows', { document: outer([nodes[2]!]) }, stranger)).body.code).toBe('workflow_invalid')
    // Of a workflow of their own they name a version that is not theirs, and in a body.
    const own = (await ask('POST', '/workflows', { document: document('Own') }, stranger)).body.workflow_id
    const sub = { id: 'x', type: 'sub_workflow', config: { workflow_id: own, version: 'pinned', version_id: inner.version_id } }
    const hidden = { id: 'each', type: 'loop_map', config: { body: { node: sub }, param_overrides: { items: [1] } } }
    const refused = await ask('POST', '/workflows', { document: outer([hidden]) }, stranger)
    expect(refused.body.errors).toMatchObject([{ code: 'unknown_workflow', node_id: 'each' }])
    // A version of another workflow is not a version of this one.
    const other = (await ask('POST', '/workflows', { document: document('Other') })).body
    const crossed = [{ ...nodes[2]!, config: { workflow_id: inner.workflow_id, version: 'pinned', version_id: other.version_id } }]
    expect((await ask('POST', '/workflows', { document: outer(crossed) })).body.errors).toMatchObject([
      { code: 'unknown_workflow', path: '/document/nodes/0/config/version_id' },
    ])
  })

  test('that runs another runs it in the version of the day, and is another version when that has changed', async () => {
    const inner = await newWorkflow(document('Inner'))
    const outer = {
      format: 'agon.workflow/v1',
      title: 'Outer',
      inputs: { topic: { type: 'string' }, items: { type: 'array', default: [] } },
      nodes: [
        { id: 'sub', type: 'sub_workflow', config: { workflow_id: inner } },
        { id: 'each', type: 'loop_map', config: { body: { lens: { ...haiku, template: 'About [[item]].' } } } },
      ],
    }
    const made = (await ask('POST', '/workflows', { document: outer })).body
    const configs = async (version: string) =>
      (await arena.database.query('select node_id, config from lenses.workflow_nodes where version_id = $1 order by ordinal', [version]))
        .rows
    const [sub, each] = await configs(made.version_id)
    const innerVersion = (await ask('GET', `/workflows/${inner}`)).body.version_id
    expect(sub.config.version_ids).toEqual({ workflow: innerVersion })
    const body = await arena.database.query(
      'select v.workflow_id, n.lens ->> $2 as template from lenses.workflow_versions v join lenses.workflow_nodes n using (version_id) where version_id = $1',
      [each.config.version_ids.body, 'template'],
    )
    expect(body.rows).toEqual([{ workflow_id: null, template: 'About [[item]].' }])
    expect((await ask('PUT', `/workflows/${made.workflow_id}`, { document: outer })).body.number).toBe(1)
    await ask('PUT', `/workflows/${inner}`, { document: { ...document('Inner'), max_in_flight: 3 } })
    expect((await ask('PUT', `/workflows/${made.workflow_id}`, { document: outer })).body.number).toBe(2)
  })
})

describe('a run', () => {
  test('is held against the inputs its workflow declares before it begins, with their defaults', async () => {
    const id = await newWorkflow()
    const refused = await ask('POST', `/workflows/${id}/runs`, { inputs: { topic: 7, colour: 'red' } })
    expect(refused).toMatchObject({ status: 422, body: { code: 'input_contract_violation' } })
    expect(refused.body.errors.map(({ path }: Any) => path)).toEqual(['/inputs/topic', '/inputs/colour'])
    const begun = await start(id)
    expect(begun.status).toBe(201)
    expect((await ask('GET', `/runs/${begun.body.run_id}`)).body.inputs).toEqual({ topic: 'the ocean', tone: 'calm' })
    const { rows } = await arena.database.query('select inputs_hash from lenses.workflow_runs where run_id = $1', [begun.body.run_id])
    expect(rows[0].inputs_hash).toBe(createHash('sha256').update('{"tone":"calm","topic":"the ocean"}').digest('hex'))
    await ask('POST', `/runs/${begun.body.run_id}/cancel`)
    const unknown = await start(id, { version: 7 })
    expect(unknown.body).toMatchObject({ code: 'not_found', detail: `No workflow ${id} with a version 7 is visible to you.` })
  })

  test('has null for an input that may be left out, and a template that names it prints nothing', async () => {
    const inputs = { topic: { type: 'string' }, tone: { type: 'string', required: false } }
    const id = await newWorkflow({ ...document(), inputs })
    const begun = await start(id)
    const run = async () => (await ask('GET', `/runs/${begun.body.run_id}`)).body
    expect((await run()).inputs).toEqual({ topic: 'the ocean', tone: null })
    // Written or left out, it is the same run.
    expect((await start(id, { inputs: { topic: 'the ocean', tone: null } })).body).toEqual({ ...begun.body, created: false })
    await ask('POST', `/runs/${begun.body.run_id}/cancel`)
  })

  test('with a key is one run however often it is asked for, and the key is of no use for other inputs', async () => {
    const id = await newWorkflow()
    const keyed = { ...arena.asOwner, 'idempotency-key': `key ${id}` }
    const first = await start(id, {}, keyed)
    expect([first.status, (await start(id, {}, keyed)).body]).toEqual([
      201,
      { run_id: first.body.run_id, status: 'running', created: false },
    ])
    expect((await start(id, { idempotency_key: `key ${id}` })).body.run_id, 'as a field').toBe(first.body.run_id)
    expect((await start(id, { inputs: { topic: 'the moon' } }, keyed)).body.code).toBe('idempotency_conflict')
    await ask('POST', `/runs/${first.body.run_id}/cancel`)
  })

  test('goes from its start to its end, is read, listed, drawn, and its log says what its rows say', async () => {
    const id = await newWorkflow()
    const { run_id } = (await start(id)).body
    await drainNodes(arena.database)
    expect((await ask('GET', `/runs/${run_id}/replayed`)).body).toMatchObject({ equal: true, differences: [], oddities: [] })
    await drainNodes(arena.database, () => 'complete', 'lens_run')
    const run = (await ask('GET', `/runs/${run_id}`)).body
    expect(run).toMatchObject({ status: 'completed', output: { output: 'of write' } })
    expect(run.nodes.map(({ status }: Any) => status)).toEqual(['completed', 'completed'])
    expect(run.edges).toMatchObject([{ source: 'outline', outcome: 'taken' }])
    expect((await ask('GET', `/runs/${run_id}/replayed`)).body).toMatchObject({ equal: true, state: { status: 'completed' } })
    expect((await ask('GET', `/runs?workflow_id=${id}&status=completed`)).body.runs).toMatchObject([{ run_id, title: 'A pipeline' }])
    expect((await ask('GET', `/runs/${run_id}/diagram`)).body).toContain(':::completed')
    const events = (await ask('GET', `/runs/${run_id}/events?limit=2`)).body
    expect(events).toMatchObject({ more: true, ended: false, events: [{ type: 'run.started' }, { type: 'node.queued' }] })
    for (const path of ['', '/events', '/diagram', '/replayed'])
      expect((await ask('GET', `/runs/${run_id}${path}`, undefined, stranger)).body.code).toBe('not_found')
    for (const [path, body] of [
      ['cancel'],
      ['retry', {}],
      ['fork', { node_id: 'write' }],
      ['replay'],
      ['approve', { approved: true }],
    ] as const)
      expect((await ask('POST', `/runs/${run_id}/${path}`, body, stranger)).body.code, path).toBe('not_found')
    expect((await ask('GET', `/runs?workflow_id=${id}`, undefined, stranger)).body.runs).toEqual([])
    expect((await ask('POST', `/runs/${run_id}/cancel`)).body).toMatchObject({ code: 'run_state', detail: 'The run is completed.' })
  })

  test('a log that does not say what the rows say is told', async () => {
    const { run_id } = (await start(await newWorkflow(), { inputs: { topic: 'doubt' } })).body
    await arena.database.query(`delete from lenses.workflow_run_events where run_id = $1 and type = 'node.queued'`, [run_id])
    expect((await ask('GET', `/runs/${run_id}/replayed`)).body).toMatchObject({
      equal: false,
      differences: [{ node_id: 'outline', what: 'status', log: 'awaiting_dependency', rows: 'queued' }],
    })
    await ask('POST', `/runs/${run_id}/cancel`)
  })

  test('that failed is run again from there; an ended one is forked with another input, and replayed without a job', async () => {
    const id = await newWorkflow()
    const { run_id } = (await start(id)).body
    expect((await ask('POST', `/runs/${run_id}/retry`, {})).body.code).toBe('run_state')
    await drainNodes(arena.database)
    const [node] = await claimNodes(arena.database, 1, 'lens_run')
    await failNode(arena.database, node!)
    expect((await ask('GET', `/runs/${run_id}`)).body).toMatchObject({
      status: 'failed',
      error: { code: 'provider_unavailable', node_id: 'write' },
    })
    expect((await ask('POST', `/runs/${run_id}/retry`, { node_id: 'nobody' })).body).toMatchObject({ code: 'node_not_found' })
    expect((await ask('POST', `/runs/${run_id}/retry`, {})).body).toMatchObject({ run_id, status: 'running' })
    const [again] = await claimNodes(arena.database, 1, 'lens_run')
    await completeNode(arena.database, again!)
    expect((await ask('GET', `/runs/${run_id}`)).body.status).toBe('completed')

    expect((await ask('POST', `/runs/${run_id}/fork`, { node_id: 'write', inputs: { topic: 3 } })).body.code).toBe(
      'input_contract_violation',
    )
    const fork = await ask('POST', `/runs/${run_id}/fork`, {
      node_id: 'write',
      inputs: { tone: 'wild' },
      node_inputs: { topic: 'the moon' },
    })
    expect(fork).toMatchObject({
      status: 201,
      body: { status: 'running', inputs: { topic: 'the ocean', tone: 'wild' }, forked_from_run_id: run_id },
    })
    expect(fork.body.nodes).toMatchObject([
      { node_id: 'outline', status: 'completed', reused: true },
      { node_id: 'write', status: 'queued' },
    ])
    const [forked] = await claimNodes(arena.database, 1, 'lens_run')
    expect(forked!.config).toMatchObject({ param_overrides: { topic: 'the moon' } })
    await completeNode(arena.database, forked!)

    const replay = await ask('POST', `/runs/${run_id}/replay`)
    expect(replay).toMatchObject({ status: 201, body: { status: 'completed', dry_run: true, output: { output: 'of write' } } })
    expect(await claimNodes(arena.database, 1, 'lens_run')).toEqual([])
    expect((await ask('GET', `/runs/${replay.body.run_id}/replayed`)).body.equal).toBe(true)
  })

  test('with pinned nodes makes no call for them; a node that there is not cannot be pinned', async () => {
    const id = await newWorkflow()
    expect((await start(id, { pinned: { nobody: { output: 'x' } } })).body).toMatchObject({
      code: 'invalid_request',
      errors: [{ path: '/pinned/nobody' }],
    })
    const pinned = { outline: { output: { tide: 'low' } }, write: { output: 'A pinned haiku' } }
    const { run_id } = (await start(id, { pinned, dry_run: true })).body
    expect((await ask('GET', `/runs/${run_id}`)).body).toMatchObject({ status: 'completed', output: { output: 'A pinned haiku' } })
  })

  test('that touches the outside is run dry only with that pinned', async () => {
    const id = await newWorkflow({
      format: 'agon.workflow/v1',
      title: 'Caller',
      nodes: [{ id: 'call', type: 'http_request', config: { method: 'POST', url: 'https://example.com/' } }],
    })
    const refused = await ask('POST', `/workflows/${id}/runs`, { dry_run: true })
    expect(refused.body).toMatchObject({ code: 'pin_required', errors: [{ path: '/pinned/call', node_id: 'call' }] })
    expect((await ask('POST', `/workflows/${id}/runs`, { dry_run: true, pinned: { call: { output: 'ok' } } })).status).toBe(201)
  })

  test('that waits to be let begin is approved or rejected by its owner', async () => {
    const id = await newWorkflow()
    const [one, two] = [await start(id, { requires_approval: true }), await start(id, { requires_approval: true, inputs: { topic: 'x' } })]
    expect(one.body.status).toBe('pending_approval')
    expect((await ask('POST', `/runs/${one.body.run_id}/approve`, { approved: true })).body.status).toBe('running')
    expect((await ask('POST', `/runs/${one.body.run_id}/approve`, { approved: true })).body.code).toBe('run_state')
    expect((await ask('POST', `/runs/${two.body.run_id}/approve`, { approved: false, note: 'no' })).body).toMatchObject({
      status: 'cancelled',
      error: { message: 'no' },
    })
    await ask('POST', `/runs/${one.body.run_id}/cancel`)
  })
})

describe('a wait', () => {
  async function waiting(what: 'approval' | 'external') {
    const { run_id } = (await start(await newWorkflow())).body
    const token = `token-of-${run_id}`
    const [node] = await claimNodes(arena.database, 1)
    await suspendNode(arena.database, node!, {
      for: what,
      expires_in_ms: 60_000,
      prompt: 'May <b>this</b> be printed?',
      token_sha256: createHash('sha256').update(token).digest('hex'),
    })
    return { run_id, token, path: `/waits/${token}` }
  }
  const anybody = {}
  const answerOf = async () => {
    const [node] = await claimNodes(arena.database, 1)
    await completeNode(arena.database, node!)
    await drainNodes(arena.database, () => 'complete', 'lens_run')
    return node!.wait!.answer
  }

  test('is answered once by whoever has its token, who is nobody and learns nothing of the run', async () => {
    const { path } = await waiting('approval')
    expect((await ask('GET', path, undefined, anybody)).body).toEqual({
      for: 'approval',
      prompt: 'May <b>this</b> be printed?',
      workflow: 'A pipeline',
      node: 'outline',
      state: 'open',
      expires_at: expect.any(String),
    })
    expect((await ask('POST', path, {}, anybody)).body).toMatchObject({ code: 'invalid_request', errors: [{ path: '/decision' }] })
    expect((await ask('POST', path, { decision: 'approved', data: { size: 'A4' }, by: 'Ada' }, anybody)).body).toEqual({ answered: true })
    expect((await ask('POST', path, { decision: 'rejected' }, anybody)).body.code).toBe('wait_answered')
    expect((await ask('GET', path, undefined, anybody)).body.state).toBe('answered')
    expect(await answerOf()).toEqual({ decision: 'approved', data: { size: 'A4' }, by: 'Ada' })
    expect((await ask('GET', '/waits/no-such-token-at-all', undefined, anybody)).body.code).toBe('wait_unknown')
    expect((await ask('POST', path, { decision: 'approved' }, anybody)).body.code).toBe('wait_answered')
  })

  test('shows a person a page that runs nothing, and takes its form', async () => {
    const { path } = await waiting('approval')
    const html = { accept: 'text/html,application/xhtml+xml' }
    const page = await ask('GET', path, undefined, html)
    expect(page.headers.get('content-type')).toContain('text/html')
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect([page.headers.get('referrer-policy'), page.headers.get('cache-control')]).toEqual(['no-referrer', 'no-store'])
    expect(page.body).toContain('May &lt;b&gt;this&lt;/b&gt; be printed?')
    expect(page.body).not.toContain('<b>')
    const sent = await arena.api(path, {
      method: 'POST',
      headers: { ...html, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'data=&by=&decision=rejected',
    })
    expect([sent.status, await sent.text()]).toEqual([200, expect.stringContaining('This was answered')])
    expect(await answerOf()).toEqual({ decision: 'rejected' })
  })

  test('is answered by the run’s owner without a token, and by no other user', async () => {
    const { run_id } = await waiting('external')
    expect((await ask('GET', `/runs/${run_id}`)).body.nodes[0]).toMatchObject({
      status: 'waiting',
      waits: { for: 'external', answered: false },
    })
    const answer = (headers: Record<string, string>) =>
      ask('POST', `/runs/${run_id}/nodes/outline/answer`, { data: { paid: true } }, headers)
    const unknown = (await answer(stranger)).body
    expect([unknown.code, unknown.detail]).toEqual(['wait_unknown', `No node outline of a run ${run_id} of yours waits for an answer.`])
    expect((await answer(arena.asOwner)).body).toEqual({ answered: true })
    expect(await answerOf()).toEqual({ data: { paid: true }, by: arena.ownerId })
  })

  test('is not decided by an owner who says neither: that would be a rejection', async () => {
    const { run_id } = await waiting('approval')
    const answer = (body: unknown) => ask('POST', `/runs/${run_id}/nodes/outline/answer`, body)
    expect((await answer({ data: 'well' })).body).toMatchObject({ code: 'invalid_request', errors: [{ path: '/decision' }] })
    expect((await answer({ decision: 'rejected' })).body).toEqual({ answered: true })
    expect(await answerOf()).toEqual({ decision: 'rejected', by: arena.ownerId })
  })

  test('takes no answer when its time is over, or its run', async () => {
    const late = await waiting('approval')
    await arena.database.query('update lenses.workflow_waits set expires_at = now() where run_id = $1', [late.run_id])
    expect((await ask('POST', late.path, { decision: 'approved' }, anybody)).body.code).toBe('wait_expired')
    const gone = await waiting('approval')
    for (const { run_id } of [late, gone]) await ask('POST', `/runs/${run_id}/cancel`)
    expect((await ask('POST', gone.path, { decision: 'approved' }, anybody)).body.code).toBe('run_state')
  })

  test('is not asked about without end', async () => {
    const { path, run_id } = await waiting('approval')
    const codes = new Set<number>()
    for (let asked = 0; asked < 65; asked++) codes.add((await ask('GET', path, undefined, anybody)).status)
    expect(codes).toEqual(new Set([200, 429]))
    await ask('POST', `/runs/${run_id}/cancel`)
  })
})

test('nobody does anything with lenses, workflows and runs who has not signed in', async () => {
  const key = { apikey: arena.platform.publishableKey }
  const id = await newWorkflow()
  for (const [method, path, body] of [
    ['GET', '/lenses'],
    ['POST', '/lenses', { title: 'x', document: haiku }],
    ['GET', '/workflows'],
    ['GET', `/workflows/${id}`],
    ['POST', '/workflows/validate', { document: {} }],
    ['POST', `/workflows/${id}/runs`, {}],
    ['GET', '/runs'],
  ] as const)
    expect((await ask(method, path, body, key)).status, `${method} ${path}`).toBe(401)
})
