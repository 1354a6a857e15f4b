import { createHash } from 'node:crypto'
import { compileWorkflow } from '@agon/runner-core/workflow'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Arena, startArena } from '../support/arena.ts'

// A document, compiled, stored and run by the edge functions: nobody drives but the database's wakes.

let arena: Arena
beforeAll(async () => {
  arena = await startArena()
}, 120_000)
afterAll(() => arena?.stop())

const sha256 = async (text: string) => createHash('sha256').update(text).digest('hex')

async function run(document: object, inputs: Record<string, unknown>): Promise<string> {
  const compiled = await compileWorkflow(document, { sha256 })
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error, null, 1))
  const { workflow } = compiled.value
  const rows = {
    ...workflow,
    edges: workflow.edges.map(({ source, target, ...edge }) => ({ ...edge, source_node_id: source, target_node_id: target })),
  }
  const { database, ownerId } = arena
  const made = await database.query('select lenses.fn_workflows_create($1, $2, $3) as made', [
    ownerId,
    JSON.stringify({ title: 'A workflow' }),
    JSON.stringify(rows),
  ])
  const started = await database.query('select lenses.fn_start_workflow_run($1, $2) as run', [
    ownerId,
    JSON.stringify({ workflow_id: made.rows[0].made.workflow_id, inputs }),
  ])
  return started.rows[0].run.run_id as string
}

async function ended(runId: string) {
  for (let end = Date.now() + 60_000; ; ) {
    const { rows } = await arena.database.query('select status::text, output, error from lenses.workflow_runs where run_id = $1', [runId])
    if (!['queued', 'running'].includes(rows[0].status))
      return rows[0] as { status: string; output: Record<string, unknown>; error: unknown }
    if (Date.now() > end) {
      const nodes = await arena.database.query('select node_id, status::text, error from lenses.workflow_node_results where run_id = $1', [
        runId,
      ])
      throw new Error(`It did not end: ${JSON.stringify(nodes.rows)}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

test('a lens, a branch and a wait run from end to end in edge functions', async () => {
  arena.provider.on({ model: 'quill' }, { content: 'It will rain.', usage: { prompt_tokens: 5, completion_tokens: 7 } })
  const runId = await run(
    {
      format: 'agon.workflow/v1',
      title: 'Weather',
      inputs: { place: { type: 'string' } },
      nodes: [
        {
          id: 'ask',
          type: 'lens',
          lens: { kind: 'text', template: 'The weather in [[place]]?', model_key: 'sparring:quill', parameters: ['place'] },
        },
        { id: 'wet', type: 'if_condition', config: { expression: 'input contains "rain"' } },
        { id: 'pause', type: 'wait', config: { duration_ms: 300 } },
        { id: 'take', type: 'prompt_template', config: { template: 'Take an umbrella: [[input]]' } },
        { id: 'leave', type: 'prompt_template', config: { template: 'Leave it at home.' } },
      ],
      edges: [
        { source: 'ask', target: 'wet' },
        { source: 'wet', source_port: 'true', target: 'pause' },
        { source: 'pause', target: 'take' },
        { source: 'wet', source_port: 'false', target: 'leave' },
      ],
      output: 'take',
    },
    { place: 'Bergen' },
  )
  const { status, output, error } = await ended(runId)
  expect({ status, error }).toEqual({ status: 'completed', error: null })
  expect(output).toMatchObject({ output: 'Take an umbrella: It will rain.' })
  const asked = arena.provider.getRequests().filter(({ body }) => JSON.stringify(body).includes('Bergen'))
  expect(asked).toHaveLength(1)
})
