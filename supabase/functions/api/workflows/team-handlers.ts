import type { RunStore } from '@agon/store/run-store'
import type { WorkflowOwnerStore } from '@agon/store/workflow-owner-store'
import { problem } from '../../_shared/problem.ts'
import { given } from '../given.ts'
import type { Handlers } from '../routes.ts'
import { runInputs } from './run-inputs.ts'
import { startRun } from './start-run.ts'
import type { teamRoutes } from './team-routes.ts'
import { compileFor, loadRules } from './workflow-compiler.ts'
import { documentRefused, inputsRefused } from './workflow-problems.ts'

/** A team alone: a workflow of one node, whose task is an input, so that nothing in it is taken for a template. */
export function teamHandlers(workflows: WorkflowOwnerStore, runs: RunStore): Handlers<keyof typeof teamRoutes> {
  return {
    async startTeam({ user, headers, body }) {
      const { task, title = 'Team', members, mode, rounds, stop_when, summary, budget_usd, config = {}, ...start } = body
      const { teamWorkflow } = await loadRules()
      const alone = teamWorkflow({ ...config, ...given({ members, mode, rounds, stop_when, summary, budget_usd }) }, title)
      const compiled = await compileFor(workflows, user, alone)
      if (!compiled.ok) {
        if (compiled.error.kind === 'error') return problem(compiled.error.error.code, compiled.error.error.message)
        return documentRefused('workflow_invalid', compiled.error.problems, (path) => path.replace('/nodes/0/config', ''))
      }
      const stored = await workflows.storeNested(compiled.value.rows)
      if (!stored.ok) return problem(stored.error.code, stored.error.message)
      // One key must not be taken for a run of another team that was given the same task.
      const bound = await runInputs(alone.inputs, { task }, stored.value)
      if (bound.violations.length > 0) return inputsRefused(bound.violations)
      return startRun(runs, user, 'this team', {
        version_id: stored.value,
        inputs: bound.inputs,
        inputs_hash: bound.hash,
        ...start,
        idempotency_key: headers['idempotency-key'] ?? start.idempotency_key,
      })
    },
  }
}
