import { type ReplayedRun, type RunEvent, replay } from '../../packages/runner-core/src/workflow/replay.ts'
import { type Client, rows } from './database.ts'

/** What must never be of any run, at any time between two transactions, as queries that return what breaks it. */
const rules: Record<string, string> = {
  'in_flight is the number of queued nodes with a job, and never above the cap': `
    select r.run_id, r.in_flight, r.max_in_flight from lenses.workflow_runs r
    where r.finished_at is null and r.in_flight <> (select count(*) from lenses.workflow_node_results n where n.run_id = r.run_id and n.status = 'queued' and n.job_id is not null)
      or r.in_flight > r.max_in_flight or r.in_flight < 0 or (r.finished_at is not null and r.in_flight <> 0)`,
  'nodes_open is the number of nodes that have not ended': `
    select r.run_id, r.nodes_open from lenses.workflow_runs r
    where r.nodes_open <> (select count(*) from lenses.workflow_node_results n where n.run_id = r.run_id and n.finished_at is null)`,
  'no count of a node is below zero': `
    select run_id, node_id from lenses.workflow_node_results where least(edges_open, edges_taken, edges_failed, children_open) < 0`,
  'children_open is the number of children that have not ended': `
    select n.run_id, n.node_id, n.children_open from lenses.workflow_node_results n
    where n.children_open <> (select count(*) from lenses.workflow_runs c where c.parent_run_id = n.run_id and c.parent_node_id = n.node_id and c.finished_at is null)`,
  'no node runs, or has run, before all its parents have ended': `
    select n.run_id, n.node_id from lenses.workflow_node_results n join lenses.workflow_runs r on r.run_id = n.run_id
    join lenses.workflow_edges e on e.version_id = r.version_id and e.target_node_id = n.node_id
    join lenses.workflow_node_results p on p.run_id = n.run_id and p.node_id = e.source_node_id
    where n.job_id is not null and p.finished_at is null`,
  'waves are strict: no node has a job while one of an earlier wave is open': `
    select n.run_id, n.node_id from lenses.workflow_node_results n join lenses.workflow_runs r on r.run_id = n.run_id and r.scheduling = 'waves' and r.finished_at is null
    join lenses.workflow_node_results o on o.run_id = n.run_id and o.wave < n.wave and o.finished_at is null
    where n.job_id is not null and n.finished_at is null`,
  'an ended run has no open node, wait, child or live job': `
    select r.run_id from lenses.workflow_runs r where r.finished_at is not null and (
      exists (select from lenses.workflow_node_results n where n.run_id = r.run_id and n.finished_at is null)
      or exists (select from lenses.workflow_waits w where w.run_id = r.run_id and w.ended_at is null)
      or exists (select from lenses.workflow_runs c where c.parent_run_id = r.run_id and c.finished_at is null)
      or exists (select from lenses.workflow_node_results n join execution.jobs j on j.subject_id = n.result_id where n.run_id = r.run_id and j.state in ('active', 'held')))`,
  'a run that goes on has something that will move it: a job that is ready, leased or later, or a child that has': `
    select r.run_id from lenses.workflow_runs r where r.status = 'running' and not exists (
      select from lenses.workflow_node_results n join execution.jobs j on j.job_id = n.job_id and j.state = 'active'
      where n.run_id = r.run_id and n.finished_at is null and (
        exists (select from execution.ready x where x.job_id = j.job_id) or exists (select from execution.later x where x.job_id = j.job_id)
        or exists (select from execution.leases l where j.job_id = any (l.job_ids))))`,
  'a live job is in one place: ready, later or leased': `
    select j.job_id from execution.jobs j where j.state = 'active'
      and (select count(*) from execution.ready x where x.job_id = j.job_id) + (select count(*) from execution.later x where x.job_id = j.job_id)
        + (select count(*) from execution.leases l where j.job_id = any (l.job_ids)) <> 1`,
  'an open wait belongs to a node that waits': `
    select w.wait_id from lenses.workflow_waits w where w.ended_at is null and not exists (
      select from lenses.workflow_node_results n where n.result_id = w.result_id and n.status = 'waiting')`,
  'no attempt goes beyond what the node may have': `
    select j.job_id from execution.jobs j join lenses.workflow_node_results n on n.result_id = j.subject_id join lenses.workflow_runs r on r.run_id = n.run_id
    join lenses.workflow_nodes d on d.version_id = r.version_id and d.node_id = n.node_id where j.attempts > d.max_attempts`,
  'a node ends once between two times it is begun': `
    select e.run_id, e.node_id from (
      select e.run_id, e.node_id, count(*) filter (where e.type in ('node.completed', 'node.failed', 'node.timed_out', 'node.cancelled', 'node.skipped')) as ends,
        (select count(*) from lenses.workflow_run_events x where x.run_id = e.run_id and x.type = 'run.resumed' and x.data -> 'nodes' ? e.node_id) as again
      from lenses.workflow_run_events e where e.node_id is not null group by 1, 2) e
    where e.ends > 1 + e.again`,
  'a run that has ended leaves no slot of a battle open': `
    select c.contender_id from battles.battles b join lenses.workflow_runs r on r.run_id = b.run_id and r.finished_at is not null
    join battles.contenders c on c.battle_id = b.battle_id and c.run_id is not null and c.workflow_version_id is null and c.status = 'pending'`,
  'spending that is set aside belongs to a live job': `
    select reservation_id from lensers.reservations r where r.settled_at is null and not exists (
      select from execution.jobs j where j.job_id = r.job_id and j.state in ('active', 'held'))`,
}

/** Every run as its log alone says that it stands, by the function that clients follow a run with. */
async function replayed(sql: Client): Promise<Map<string, ReplayedRun>> {
  const log = await rows<RunEvent & { run_id: string }>(sql, 'select run_id, event_id, node_id, type, data from lenses.workflow_run_events')
  return new Map([...Map.groupBy(log, ({ run_id }) => run_id)].map(([runId, events]) => [runId, replay(events)]))
}

/** Statuses with their reasons; of nodes that have begun. */
const shown = ({ status, nodes }: Pick<ReplayedRun, 'status' | 'nodes'>): Record<string, string> => ({
  ...Object.fromEntries(
    Object.entries(nodes)
      .filter(([, node]) => node.status !== 'awaiting_dependency')
      .map(([id, node]) => [id, node.reason ? `${node.status} (${node.reason})` : node.status]),
  ),
  'the run': status,
})

/** What is broken, a line each; none: all is well. */
export async function brokenRules(sql: Client): Promise<string[]> {
  const broken: string[] = []
  for (const [rule, query] of Object.entries(rules)) {
    const found = await rows(sql, query)
    if (found.length > 0) broken.push(`${rule}: ${JSON.stringify(found.slice(0, 3))}`)
  }
  const logs = await replayed(sql)
  // Before it has a place, a node that may run stands in the log as one that has not begun.
  const stands = await rows<{ run_id: string; status: string; nodes: Record<string, string> | null }>(
    sql,
    `select r.run_id, r.status, (
       select json_object_agg(n.node_id, n.status || coalesce(' (' || n.reason || ')', '')) from lenses.workflow_node_results n
       where n.run_id = r.run_id and n.status <> 'awaiting_dependency' and not (n.status = 'queued' and n.job_id is null)) as nodes
     from lenses.workflow_runs r where r.status <> 'queued'`,
  )
  for (const { run_id, status, nodes } of stands) {
    const sorted = (run: Record<string, string>) => JSON.stringify(Object.entries(run).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    const replayed = logs.get(run_id)
    broken.push(...(replayed?.oddities ?? []))
    const log = sorted(replayed ? shown(replayed) : {})
    const stand = sorted({ ...nodes, 'the run': status })
    if (log !== stand) broken.push(`the log of ${run_id} says ${log}, and it stands at ${stand}`)
  }
  return broken
}
