import { createAgonClient } from '@agon/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Arena, startArena } from '../support/arena.ts'

// A document becomes a run and the run its output, on the functions as they are deployed, with a provider on the wire.

let arena: Arena
let agon: ReturnType<typeof createAgonClient>
beforeAll(async () => {
  arena = await startArena()
  arena.provider.on({ model: 'quill' }, (request) => ({ content: `An answer to: ${request.messages.at(-1)?.content}` }))
  agon = createAgonClient({
    url: arena.platform.url,
    publishableKey: arena.platform.publishableKey,
    accessToken: () => arena.asOwner.authorization.slice('Bearer '.length),
  })
})
afterAll(() => arena.stop())

async function saved(document: Record<string, unknown>): Promise<string> {
  const made = await agon.workflows.create({ document: { format: 'agon.workflow/v1', ...document } })
  if (!made.ok) throw new Error(JSON.stringify(made.problem))
  return made.value.workflow_id
}
const lens = (template: string) => ({ kind: 'text', template, model_key: 'sparring:quill' })

test('a lens alone answers', async () => {
  const made = await agon.lenses.create({ title: 'Haiku', document: lens('A haiku about [[topic]]') })
  if (!made.ok) throw new Error(JSON.stringify(made.problem))
  const begun = await agon.lenses.run(made.value.lens_id, { inputs: { topic: 'the sea' } })
  if (!begun.ok) throw new Error(JSON.stringify(begun.problem))
  const run = await agon.runs.waitFor(begun.value.run_id)
  expect(run).toMatchObject({ ok: true, value: { status: 'completed', output: { output: 'An answer to: A haiku about the sea' } } })
})

test('a graph runs to its end: templates, a branch, a loop and a sub-workflow', async () => {
  const inner = await saved({
    title: 'Inner',
    inputs: { topic: { type: 'string' } },
    nodes: [{ id: 'ask', type: 'lens', lens: lens('Inner [[topic]]') }],
  })
  const id = await saved({
    title: 'Outer',
    inputs: { topics: { type: 'array' } },
    nodes: [
      {
        id: 'each',
        type: 'loop_map',
        config: { items_path: 'topics', item_variable: 'topic', concurrency: 2, body: { workflow_id: inner } },
      },
      { id: 'many', type: 'if_condition', config: { expression: 'input.count > 1' } },
      { id: 'sum', type: 'prompt_template', config: { template: 'Many: [[input]]' } },
      { id: 'one', type: 'prompt_template', config: { template: 'One: [[input]]' } },
    ],
    edges: [
      { source: 'each', target: 'many', source_output_key: 'data' },
      { source: 'many', source_port: 'true', target: 'sum' },
      { source: 'many', source_port: 'false', target: 'one' },
    ],
  })
  const run = await agon.runWorkflow(id, { inputs: { topics: ['sea', 'sky'] } })
  if (!run.ok) throw new Error(JSON.stringify(run.problem))
  expect(run.value.error).toBeNull()
  expect(Object.fromEntries(run.value.nodes.map(({ node_id, status }) => [node_id, status]))).toEqual({
    each: 'completed',
    many: 'completed',
    sum: 'completed',
    one: 'skipped',
  })
  expect(run.value.output?.output).toContain('An answer to: Inner sea')
  expect(run.value.children.map(({ status }) => status)).toEqual(['completed', 'completed'])
  expect(await agon.runs.replayed(run.value.run_id)).toMatchObject({ ok: true, value: { equal: true } })
}, 60_000)

test('an approval is answered at the address that its owner hands on', async () => {
  const id = await saved({
    title: 'Print',
    inputs: { text: { type: 'string' } },
    nodes: [
      { id: 'ask', type: 'approval', config: { prompt: 'May [[inputs.text]] be printed?' } },
      { id: 'print', type: 'prompt_template', config: { template: 'Printed' } },
      { id: 'drop', type: 'prompt_template', config: { template: 'Dropped' } },
    ],
    edges: [
      { source: 'ask', source_port: 'approved', target: 'print' },
      { source: 'ask', source_port: 'rejected', target: 'drop' },
    ],
  })
  const begun = await agon.workflows.start(id, { inputs: { text: 'this' } })
  if (!begun.ok) throw new Error(JSON.stringify(begun.problem))
  const { run_id } = begun.value
  await expect.poll(async () => (await agon.runs.waitOf(run_id, 'ask')).ok, { timeout: 20_000 }).toBe(true)
  const wait = await agon.runs.waitOf(run_id, 'ask')
  if (!wait.ok || wait.value.url === null) throw new Error(JSON.stringify(wait))
  expect(wait.value).toMatchObject({ for: 'approval', prompt: 'May this be printed?', state: 'open' })
  const page = await fetch(wait.value.url, { headers: { accept: 'text/html' } })
  expect(await page.text()).toContain('May this be printed?')
  const sent = await fetch(wait.value.url, { method: 'POST', body: new URLSearchParams({ decision: 'approved', by: 'Ada' }) })
  expect(sent.status).toBe(200)
  expect(await agon.runs.waitFor(run_id)).toMatchObject({ ok: true, value: { status: 'completed', output: { output: 'Printed' } } })
}, 60_000)
