import { randomUUID } from 'node:crypto'
import { nodeTypes } from '@agon/runner-core/workflow'
import { type Client, value } from './database.ts'
import { compiledGraph, startRun } from './workflows.ts'

/** A member's turn as `compile` makes it, for a model that costs by list price. */
export const turnNode = (model_key = 'openai:gpt-5-mini', cost_estimate_usd: number | null = 0.01) => ({
  id: 'body',
  type: 'lens',
  job_kind: 'lens_run',
  model_key,
  provider: model_key.split(':')[0],
  limit_key: model_key.split(':')[0],
  funding_source: 'platform_credit',
  cost_estimate_usd,
  lens: { kind: 'text', template: '{{ prompt }}', input_contract: { parameters: { prompt: { type: 'string' } } } },
})

/** Starts a run of one node, a team of Ada and Bo that two lenses and a summary's were saved for. */
export async function startTeamRun(
  sql: Client,
  config: Record<string, unknown> = {},
  start: Record<string, unknown> = {},
  owner: string = randomUUID(),
) {
  const names = ['Ada', 'Bo', '@summary']
  const version_ids: Record<string, string> = {}
  for (const name of names) {
    const graph = { nodes: [turnNode()], document: { title: name, inputs: { prompt: { type: 'string' } } } }
    version_ids[name] = await value(sql, 'select lenses.fn_versions_store_nested($1)', [JSON.stringify(compiledGraph(graph))])
  }
  const parsed = nodeTypes.get('team_run')!.config.parse({
    task: 'Name a bakery.',
    members: [{ name: 'Ada' }, { name: 'Bo' }],
    ...config,
  })
  const node = { id: 'team', type: 'team_run', job_kind: 'team_run', config: { ...parsed, version_ids } }
  return startRun(sql, { nodes: [node] }, start, owner)
}
