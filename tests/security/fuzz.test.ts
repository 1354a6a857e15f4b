import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { errorTable } from '@agon/runner-core'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Arena, projectDir, startArena } from '../support/arena.ts'
import { claimNodes, suspendNode } from '../support/workflows.ts'
import { hostile, type JsonSchema, nearly } from './schema-arbitrary.ts'

/*
 * Every route of the OpenAPI document with requests that nearly fit it: an answer is what the document promises, or a problem with a known code.
 * Never a 500, never a stack trace, never silence.
 */

interface Operation {
  parameters?: { name: string; in: 'path' | 'query' | 'header'; required?: boolean; schema: JsonSchema }[]
  requestBody?: { content: Record<string, { schema: JsonSchema }> }
  security?: Record<string, unknown>[]
}
const document = JSON.parse(readFileSync(`${projectDir}/docs/api/openapi.json`, 'utf8')) as {
  paths: Record<string, Record<string, Operation>>
  components?: { schemas?: Record<string, JsonSchema> }
}
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    method: method.toUpperCase(),
    path: path.replace(/^.*\/api(?=\/)/, ''),
    operation,
  })),
)
/** Routes of those who run the project. */
const operators = ({ security }: Operation) => security?.some((one) => 'secret_key' in one) === true
/** Routes whose answer goes on for as long as somebody listens. */
const streams = (path: string) => /stream|\/events$/.test(path)

/** More for a search than for a gate. */
const runs = Number(process.env.AGON_FUZZ_RUNS ?? 60)

/** Values that mean something here, by the name of their field. */
const samples: Record<string, unknown[]> = {
  model: ['quill', 'ember', 'onyx', 'fern', 'moss', 'reed', 'clay', 'flint'].map((name) => `sparring:${name}`),
  judge: [{ model: 'sparring:arbiter' }],
  document: [
    { kind: 'text', template: 'About [[topic]]', model_key: 'sparring:quill' },
    {
      format: 'agon.workflow/v1',
      title: 'Fuzzed',
      inputs: { topic: { type: 'string', required: false } },
      nodes: [
        { id: 'a', type: 'prompt_template', config: { template: 'x [[inputs.topic]]' } },
        { id: 'b', type: 'lens', lens: { kind: 'text', template: 'About [[input]]', model_key: 'sparring:quill' } },
        { id: 'c', type: 'loop_map', config: { items_path: 'items', body: { lens: { kind: 'text', template: '[[item]]' } } } },
      ],
      edges: [
        { source: 'a', target: 'b' },
        { source: 'b', target: 'c', target_param_label: 'items' },
      ],
    },
    { format: 'agon.workflow/v1', title: '', nodes: [{ id: 'A', type: 7 }, null, 'x'], edges: [{ source: [] }, 3], inputs: { '': {} } },
  ],
  node_id: ['a', 'b'],
}

/** Of a wait. */
const token = 'the-token-of-a-fuzzed-wait'

let arena: Arena
let headers: Record<string, string>
/** Ids that exist, and are the caller's, by the name of the parameter. */
let known: Record<string, string[]>
beforeAll(async () => {
  arena = await startArena({
    functionEnv: { AGON_SEALING_KEYS: JSON.stringify({ k1: randomBytes(32).toString('base64') }), AGON_WRITES_PER_MINUTE: '0' },
  })
  headers = { apikey: arena.platform.publishableKey, authorization: `Bearer ${await arena.signUp('fuzzer')}` }
  // No job runs: what a request does to the database at once is what is tried here.
  await arena.database.query('update execution.job_kinds set wake_function = null')
  const create = async (publish: boolean) => {
    const body = { prompt: 'p', contenders: samples.model!.map((model) => ({ model })), judge: samples.judge![0], publish }
    const made = await arena.api('/battles', {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return ((await made.json()) as { battle_id: string }).battle_id
  }
  const made = async (path: string, body?: object) => {
    const response = await arena.api(path, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    return (await response.json()) as Record<string, string>
  }
  const { webhook_id = '' } = await made('/webhooks', { url: 'https://example.com/agon' })
  const { delivery_id = '' } = await made(`/webhooks/${webhook_id}/test`)
  const { lens_id = '' } = await made('/lenses', { title: 'Fuzzed', document: samples.document![0] })
  const workflow = {
    format: 'agon.workflow/v1',
    title: 'Fuzzed',
    nodes: [
      { id: 'a', type: 'prompt_template', config: { template: 'x' } },
      { id: 'b', type: 'prompt_template', config: { template: 'x' } },
    ],
    edges: [{ source: 'a', target: 'b' }],
  }
  const { workflow_id = '' } = await made('/workflows', { document: workflow })
  const runOf = async (body: object) => (await made(`/workflows/${workflow_id}/runs`, body)).run_id!
  const pinned = { a: { output: 'x' }, b: { output: 'x' } }
  const waiting = await runOf({ idempotency_key: 'waits' })
  await suspendNode(arena.database, (await claimNodes(arena.database, 1))[0]!, {
    for: 'external',
    expires_in_ms: 3_600_000,
    token_sha256: createHash('sha256').update(token).digest('hex'),
  })
  known = {
    battle_id: [await create(true), await create(false)],
    webhook_id: [webhook_id],
    delivery_id: [delivery_id],
    lens_id: [lens_id],
    workflow_id: [workflow_id],
    run_id: [
      waiting,
      await runOf({ idempotency_key: 'runs' }),
      await runOf({ pinned }),
      await runOf({ requires_approval: true, single: false }),
    ],
    node_id: ['a', 'b'],
    token: [token],
  }
})
afterAll(() => arena.stop())
// What one test puts away, the next shall find.
afterEach(async () => {
  await arena.database.query('update lenses.lenses set archived_at = null; update lenses.workflows set archived_at = null')
})

/** Headers carry ISO-8859-1 without control characters; fetch refuses the rest before it is sent. */
const text = (value: unknown) => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))
const sendable = (value: unknown) =>
  text(value)
    .replaceAll(/[^\x20-\x7e\xa0-\xff]/g, '')
    .trim()
    .slice(0, 1000)

describe.each(operations)('$method $path', ({ method, path, operation }) => {
  test('answers what is promised, or a problem with a known code', async () => {
    const parameters = operation.parameters ?? []
    const schema = operation.requestBody?.content['application/json']?.schema
    const request = fc.record({
      parameters: fc.record(
        Object.fromEntries(
          parameters.map(({ name, in: place, schema: shape }) => [
            name,
            place === 'path' && known[name]
              ? fc.oneof(fc.constantFrom(...known[name]), nearly(shape, document), hostile)
              : nearly(shape, document, samples, 0.1),
          ]),
        ),
        { requiredKeys: parameters.filter((each) => each.in === 'path' || each.required).map(({ name }) => name) },
      ),
      body: schema ? nearly(schema, document, samples) : fc.constant(undefined),
      anonymous: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    })
    const met = new Map<number, number>()
    await fc.assert(
      fc.asyncProperty(request, async ({ parameters: given, body, anonymous }) => {
        const values = given as Record<string, unknown>
        const encode = (value: unknown) => encodeURIComponent(text(value).toWellFormed().slice(0, 2000))
        const place = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encode(values[name]) || 'x')
        const query = parameters
          .filter((each) => each.in === 'query' && each.name in values)
          .map(({ name }) => `${name}=${encode(values[name])}`)
          .join('&')
        const more = Object.fromEntries(
          parameters.filter((each) => each.in === 'header' && each.name in values).map(({ name }) => [name, sendable(values[name])]),
        )
        const url = `${arena.platform.url}/functions/v1/api${place}${query ? `?${query}` : ''}`
        const response = await fetch(url, {
          method,
          headers: {
            ...(anonymous ? {} : operators(operation) ? { apikey: arena.platform.secretKeys.default! } : headers),
            ...more,
            ...(schema ? { 'content-type': 'application/json' } : {}),
          },
          ...(schema ? { body: JSON.stringify(body) ?? '' } : {}),
          signal: AbortSignal.timeout(20_000),
        })
        const said = `${method} ${url} ${JSON.stringify(body)?.slice(0, 2000)}`
        met.set(response.status, (met.get(response.status) ?? 0) + 1)
        if (response.ok && streams(path)) return void (await response.body?.cancel())
        const answer = await response.text()
        expect(response.status, `${said}\n${answer}`).toBeLessThan(500)
        if (response.status < 400) return
        expect(response.headers.get('content-type'), `${said}\n${answer}`).toMatch(/^application\/problem\+json/)
        const problem = JSON.parse(answer) as { code: string; status: number; title: string; detail: string; type: string }
        expect(Object.keys(errorTable), said).toContain(problem.code)
        expect(problem, said).toMatchObject({
          status: response.status,
          title: expect.any(String),
          detail: expect.any(String),
          type: expect.any(String),
        })
        expect(answer, said).not.toMatch(/\bat .*\.ts:\d+|node_modules|postgres:\/\//)
      }),
      { numRuns: runs },
    )
    console.log(`${method} ${path}: ${[...met].map(([status, times]) => `${times} x ${status}`).join(', ')}`)
    // The counts above say how far behind the border it came; that it came past the caller's credentials is certain.
    expect([...met.keys()].some((status) => status !== 401)).toBe(true)
  })
})

test('the document names routes, or nothing was tried', () => {
  expect(operations.length).toBeGreaterThan(5)
})
