import { expect, test } from 'vitest'
import { rows, useDatabase } from '../support/database.ts'
import { nodeDriver } from '../support/node-driver.ts'
import { startTeamRun } from '../support/teams.ts'
import { neverOfTeams, teamsHad } from './teams.ts'

// Whether the findings about teams find anything: of teams that went as they must nothing, and of each thing that must not be its own.

const database = useDatabase()
const found = async () => {
  const all: string[] = []
  for (const { kind, query } of neverOfTeams)
    for (const row of await rows<object>(database.sql, query)) all.push(`${kind}: ${Object.values(row)[0]}`)
  return all
}

const team = async (config: Record<string, unknown>, says: (nth: number) => string = (nth) => `turn ${nth}`) => {
  const { runId } = await startTeamRun(database.sql, config)
  await nodeDriver(database.sql, (_, nth) => says(nth)).drain()
  return runId
}

test('teams that ended as they must are found to have done so', async () => {
  await team({ rounds: 2, summary: {} })
  await team({ rounds: 2, mode: 'parallel' })
  await team({ rounds: 5, stop_when: 'DONE' }, (nth) => (nth === 3 ? 'Loaf.\nDONE' : 'More flour.'))
  await team({ rounds: 5, stop_when: { agreed: true } }, () => 'Loaf.\nAGREED')
  await team({ rounds: 20, budget_usd: 0.0086 })
  expect(await found()).toEqual([])
  const { byTeamEnd, turns } = await teamsHad(async (text) => rows<object>(database.sql, text))
  expect(byTeamEnd).toEqual({ agreed: 1, budget: 1, rounds: 2, stop: 1 })
  expect(turns).toBeGreaterThan(4 + 4 + 3 + 2)
})

const turnsOf = `lenses.workflow_runs c where c.parent_run_id = $1`
const second = `(select run_id from ${turnsOf} and item_index = 1)`

test.each<[what: string, done: string, finding: RegExp]>([
  [
    'a turn that was begun twice',
    `update lenses.workflow_runs set item_index = 0 where run_id = ${second}`,
    /doubled: turn 0 of .* was begun 2 times/,
  ],
  [
    'a turn that is gone',
    `update lenses.workflow_runs set parent_node_id = 'gone' where run_id = ${second}`,
    /lost: of 4 turns of .* there are 3/,
  ],
  [
    'a turn beyond the last round',
    `update lenses.workflow_runs set item_index = 9 where run_id = ${second}`,
    /wrong: turn 9 of .*, which has 4 at most/,
  ],
  [
    'a turn that began too early',
    `update lenses.workflow_runs set finished_at = now() + interval '1 hour' where run_id = ${second}`,
    /turn 2 of .* began before turn 1 was over/,
  ],
  [
    'a member that was not told all',
    `update lenses.workflow_runs set context_inputs = '{"prompt": "Begin."}' where parent_run_id = $1 and item_index = 3`,
    /lost: what was said in turn 0 of .*, to turn 3/,
  ],
  [
    'a transcript that says something else',
    `update lenses.workflow_node_results set output_data = jsonb_set(output_data, '{data,transcript,1,text}', '"no"') where run_id = $1`,
    /the transcript of .* is not what was said/,
  ],
  [
    'a log that tells of a turn twice',
    `insert into lenses.workflow_run_events (run_id, node_id, type, data) select run_id, node_id, type, data from lenses.workflow_run_events where run_id = $1 and type = 'node.turn' limit 1`,
    /the log tells that turn 0 of .* begins and is over as node.turn_begun, node.turn completed, node.turn completed/,
  ],
  [
    'a turn that was paid and not counted',
    `update lenses.workflow_node_results set cost_usd = cost_usd * 2 where run_id = ${second}`,
    /says that it cost/,
  ],
  [
    'a budget that was not kept',
    `update lenses.workflow_nodes n set config = config || '{"budget_usd": 0.00001}' from lenses.workflow_runs r where r.version_id = n.version_id and r.run_id = $1`,
    /its turns cost 0.0000\d+, of 0.00001/,
  ],
  [
    'a team that ended for no reason',
    `update lenses.workflow_node_results set output_data = jsonb_set(output_data, '{data,ended}', '"stop"') where run_id = $1`,
    /ended by stop after 4 of 4 turns/,
  ],
])('%s is found', async (_, done, finding) => {
  const runId = await team({ rounds: 2 })
  await database.sql.query('begin')
  await database.sql.query(done, [runId])
  const all = await found()
  await database.sql.query('rollback')
  expect(all.filter((each) => finding.test(each) && each.includes(runId))).not.toEqual([])
})
