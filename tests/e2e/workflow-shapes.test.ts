import { createHash } from 'node:crypto'
import { compileWorkflow } from '@agon/runner-core/workflow'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Arena, startArena } from '../support/arena.ts'

// Deep and wide, through edge functions alone: the short form of `npm run bench -- workflow-functions`. What it costs is counted, not timed.

let arena: Arena
beforeAll(async () => {
  arena = await startArena()
}, 120_000)
afterAll(() => arena?.stop())

const sha256 = async (text: string) => createHash('sha256').update(text).digest('hex')
const many = (count: number) => Array.from({ length: count }, (_, nth) => nth)
const node = (id: string, template = 'made') => ({ id, type: 'prompt_template', config: { template } })

/** Runs a workflow to its end: its output, the order its nodes ended in, and how often a function was posted to. */
async function run(title: string, shape: object) {
  const { database, ownerId } = arena
  const compiled = await compileWorkflow({ format: 'agon.workflow/v1', title, max_in_flight: 100, ...shape }, { sha256 })
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error))
  const { workflow } = compiled.value
  const made = await database.query(`select lenses.fn_workflows_create($1, $2, $3) ->> 'workflow_id' as id`, [
    ownerId,
    JSON.stringify({ title }),
    JSON.stringify({
      ...workflow,
      edges: workflow.edges.map(({ source, target, ...edge }) => ({ ...edge, source_node_id: source, target_node_id: target })),
    }),
  ])
  // Of this function alone: the sweep of a busy machine may wake others.
  const posts = async () => Number((await database.query('select last_value from net.http_request_queue_id_seq')).rows[0].last_value)
  const before = await posts()
  const started = await database.query(`select lenses.fn_start_workflow_run($1, $2) ->> 'run_id' as id`, [
    ownerId,
    JSON.stringify({ workflow_id: made.rows[0].id }),
  ])
  const runId = started.rows[0].id
  const status = async () => (await database.query('select status, output from lenses.workflow_runs where run_id = $1', [runId])).rows[0]
  await expect.poll(async () => (await status()).status, { timeout: 60_000 }).not.toBe('running')
  const { rows: ended } = await database.query(
    `select e.node_id, j.attempts, j.reclaims from lenses.workflow_run_events e
       join lenses.workflow_node_results n on n.run_id = e.run_id and n.node_id = e.node_id join execution.jobs j on j.job_id = n.job_id
     where e.run_id = $1 and e.type = 'node.completed' order by e.event_id`,
    [runId],
  )
  return {
    ...((await status()) as { status: string; output: { output: string } }),
    ended: ended.map(({ node_id }) => node_id as string),
    again: ended.filter(({ attempts, reclaims }) => attempts !== 1 || reclaims !== 0),
    posts: (await posts()) - before,
  }
}

test('a chain of twenty is one drain: each node after the one before, and nobody woken in between', async () => {
  const chain = await run('Chain', {
    nodes: many(20).map((nth) => node(`n${nth}`, nth === 0 ? '0' : `[[input]] ${nth}`)),
    edges: many(19).map((nth) => ({ source: `n${nth}`, target: `n${nth + 1}` })),
  })
  expect(chain).toMatchObject({ status: 'completed', again: [], output: { output: many(20).join(' ') } })
  expect(chain.ended).toEqual(many(20).map((nth) => `n${nth}`))
  expect(chain.posts).toBeLessThan(10)
})

test('one, then forty, then one: the last waits for all, and each ran once', async () => {
  const fan = await run('Fan', {
    nodes: [
      node('first'),
      ...many(40).map((nth) => node(`n${nth}`, `${nth}`)),
      { id: 'last', type: 'aggregate', config: { mode: 'array' } },
    ],
    edges: many(40).flatMap((nth) => [
      { source: 'first', target: `n${nth}` },
      { source: `n${nth}`, target: 'last', merge_strategy: 'array' },
    ]),
  })
  expect(fan).toMatchObject({ status: 'completed', again: [] })
  expect(fan.ended).toHaveLength(42)
  expect([fan.ended[0], fan.ended.at(-1)]).toEqual(['first', 'last'])
  for (const nth of many(40)) expect(fan.output.output).toContain(`${nth}`)
})
