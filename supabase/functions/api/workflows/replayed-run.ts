import type { RunEvent } from '@agon/runner-core/workflow'
import type { ShownRun } from '@agon/store/run-store'
import { loadRules } from './workflow-compiler.ts'

/** What a run is by its log, beside what its rows say: the same, or every difference. */
export async function stateBeside(run: ShownRun, log: readonly RunEvent[]) {
  const { replay } = await loadRules()
  const rebuilt = replay(
    log,
    run.nodes.map(({ node_id }) => node_id),
  )
  const differences: { node_id?: string; what: string; log: unknown; rows: unknown }[] = []
  const hold = (what: string, ofLog: unknown, ofRows: unknown, node_id?: string) => {
    if (ofLog !== ofRows) differences.push({ ...(node_id !== undefined && { node_id }), what, log: ofLog, rows: ofRows })
  }
  hold('status', rebuilt.status, run.status)
  for (const { node_id, status, reason } of run.nodes) {
    const node = rebuilt.nodes[node_id]
    // Which of the queued ones runs, its lease says and no event: between two events it is queued.
    hold('status', node?.status, status === 'running' ? 'queued' : status, node_id)
    hold('reason', node?.reason ?? null, reason ?? null, node_id)
  }
  return {
    run_id: run.run_id,
    equal: differences.length === 0 && rebuilt.oddities.length === 0,
    differences,
    oddities: rebuilt.oddities,
    state: rebuilt,
    events: log.length,
  }
}
