import { setTimeout as delay } from 'node:timers/promises'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Arena, startArena } from '../support/arena.ts'
import { startRun, type TestGraph } from '../support/workflows.ts'
import { startSite } from '../tools/request.ts'

// Tool nodes in the functions as they are deployed: a run that asks, computes, prints, keeps, queries and tells.

let arena: Arena
let site: Awaited<ReturnType<typeof startSite>>
beforeAll(async () => {
  site = await startSite({
    '/tides': (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"heights": [3.8, 1.2]}'),
    '/hook': (_, response) => response.writeHead(204).end(),
    '/slack': (_, response) => response.end('ok'),
  })
  arena = await startArena({ functionEnv: { AGON_OUTBOUND_ALLOW: 'http://127.0.0.1:*' } })
  await arena.database.query(`
    create function public.station(name text) returns jsonb language sql stable as
      $$select jsonb_build_object('name', name, 'for', current_setting('request.jwt.claims', true)::jsonb ->> 'sub')$$;
    grant execute on function public.station to authenticated;
    insert into lenses.callable_rpcs (schema_name, function_name) values ('public', 'station')`)
})
afterAll(async () => {
  await arena?.stop()
  await site?.stop()
})

const node = (id: string, type: string, config: Record<string, unknown>, more: Record<string, unknown> = {}) => ({
  id,
  type,
  job_kind: 'workflow_tool',
  config,
  ...more,
})
const addKey = async (provider: string, secret: string): Promise<string> => {
  const response = await arena.post('/keys', { provider, secret })
  expect(response.status, await response.clone().text()).toBe(201)
  return ((await response.json()) as { key_id: string }).key_id
}

// biome-ignore lint/suspicious/noExplicitAny: an envelope's data is what its node made
type EndedNode = { envelope: any; error: { code: string } }

async function ended(graph: TestGraph) {
  const { runId } = await startRun(arena.database, graph, {}, arena.ownerId)
  for (const deadline = Date.now() + 60_000; ; await delay(100)) {
    const { rows: nodes } = await arena.database.query(
      'select node_id, status::text, output_data as envelope, error from lenses.workflow_node_results where run_id = $1 order by ordinal',
      [runId],
    )
    const { status } = (await arena.database.query('select status::text from lenses.workflow_runs where run_id = $1', [runId])).rows[0]
    if (['completed', 'failed'].includes(status) || Date.now() > deadline)
      return {
        status,
        nodes: Object.fromEntries(nodes.map((each) => [each.node_id, each])) as Record<string, EndedNode>,
        text: JSON.stringify(nodes),
      }
  }
}

test('a run asks, computes, prints, keeps, queries and tells, by functions alone', async () => {
  const secret = `whsec_${Buffer.from('a secret of the receiver').toString('base64')}`
  const [hook, slack] = [await addKey('webhook', secret), await addKey('slack', `${site.url}/slack`)]
  const { status, nodes, text } = await ended({
    nodes: [
      node('ask', 'http_request', { url: `${site.url}/tides` }),
      node('compute', 'code', { code: 'return { highest: Math.max(...input.body.heights) }' }),
      node('print', 'lens', {}, { lens: { kind: 'pdf', title: 'Tides', template: '# Tides\n\nAt most {{ input.highest }} m.' } }),
      node('keep', 'object_storage_upload', {
        key: 'tides.json',
        content: { highest: '{{ input.highest }}' },
        content_type: 'application/json',
      }),
      { id: 'station', type: 'supabase_query', config: { rpc_name: 'station', params: { name: 'Lisbon' } } },
      node(
        'tell',
        'webhook_sender',
        { url: `${site.url}/hook`, body: { highest: '{{ input.highest }}' } },
        { credential_id: hook, credential_provider: 'webhook' },
      ),
      node('say', 'slack_notify', { message: 'At most {{ input.highest }} m' }, { credential_id: slack, credential_provider: 'slack' }),
    ],
    edges: [
      { source: 'ask', target: 'compute', source_output_key: 'data', target_param_label: 'input' },
      ...['print', 'keep', 'station', 'tell', 'say'].map((target) => ({
        source: 'compute',
        target,
        source_output_key: 'data',
        target_param_label: 'input',
      })),
    ],
  })
  expect(status, text).toBe('completed')
  expect(nodes.compute!.envelope.data).toEqual({ highest: 3.8 })
  const printed = await fetch(nodes.print!.envelope.media.url)
  expect(
    Buffer.from(await printed.arrayBuffer())
      .subarray(0, 5)
      .toString(),
  ).toBe('%PDF-')
  expect(await (await fetch(nodes.keep!.envelope.media.url)).json()).toEqual({ highest: '3.8' })
  expect(nodes.station!.envelope.data.rows).toEqual([{ name: 'Lisbon', for: arena.ownerId }])
  const told = site.received.find(({ path }) => path === '/hook')!
  expect(new Webhook(secret).verify(told.body, told.headers as Record<string, string>)).toEqual({ highest: '3.8' })
  expect(JSON.parse(site.received.find(({ path }) => path === '/slack')!.body)).toMatchObject({ text: 'At most 3.8 m' })
  // What opens a connection stands in no result.
  expect(text).not.toContain(secret)
  expect(text).not.toContain('/slack')
})

test('a node that fails says why, in the run as in its error', async () => {
  const { status, nodes } = await ended({
    nodes: [
      node('inside', 'http_request', { url: 'https://169.254.169.254/latest/meta-data/' }),
      node('loop', 'code', { code: 'for (;;) {}' }),
      node('mute', 'email_send', { to: 'ada@example.com', subject: 'Hi', body: 'x' }),
    ],
  })
  expect(status).toBe('failed')
  expect(Object.fromEntries(Object.entries(nodes).map(([id, { error }]) => [id, error.code]))).toEqual({
    inside: 'outbound_refused',
    loop: 'code_limit',
    mute: 'credential_missing',
  })
})
