import type { WorkflowStore } from '@agon/runner-core'
import { type ErrorCode, errorTable, type StepError, stepError } from '@agon/runner-core/errors'
import { fail, ok } from '@agon/runner-core/result'
import { z } from 'zod'
import { type Connection, call } from './connection.ts'
import { contendingVersions } from './contending-versions.ts'
import type { Json } from './database.types.ts'
import { failureRecord } from './driver-answers.ts'
import { errorRow } from './driver-rows.ts'
import { battleMade, battleScores, battleView, nodeClaim, slotTaken } from './workflow-answers.ts'
import { nodeProgressRow, notesRow, resultRow, taskRow, waitRow } from './workflow-rows.ts'

/** What drivers of workflow nodes ask, over the database's RPCs. Lens runs go by the names of their own. */
export function workflowCalls({ battles, lenses }: Connection): WorkflowStore {
  return {
    claimWorkflowNodes: (kind, driver, most) =>
      kind === 'lens_run'
        ? call('fn_worker_claim_queued_run', lenses.rpc('fn_worker_claim_queued_run', { driver, most }), nodeClaim)
        : call('fn_worker_claim_workflow_nodes', lenses.rpc('fn_worker_claim_workflow_nodes', { kind, driver, most }), nodeClaim),
    completeWorkflowNode({ kind, jobId: job_id, leaseToken: lease_token }, ended, notes) {
      const name = kind === 'lens_run' ? 'fn_worker_complete_execution_run' : 'fn_worker_complete_workflow_node'
      return call(name, lenses.rpc(name, { job_id, lease_token, result: resultRow(ended, notes) }), z.boolean())
    },
    completeWorkflowNodes: (ends) =>
      call(
        'fn_worker_complete_workflow_nodes',
        lenses.rpc('fn_worker_complete_workflow_nodes', {
          ends: ends.map(({ lease, result, notes }) => ({
            job_id: lease.jobId,
            lease_token: lease.leaseToken,
            result: resultRow(result, notes),
          })),
        }),
        z.array(z.number()),
      ),
    completeWorkflowNodeAndGoOn: ({ kind, jobId: job_id, leaseToken: lease_token }, ended, notes, driver) =>
      call(
        'fn_worker_go_on_from_node',
        lenses.rpc('fn_worker_go_on_from_node', { job_id, lease_token, result: resultRow(ended, notes), kind, driver }),
        z.object({ recorded: z.boolean(), next: nodeClaim }),
      ),
    failWorkflowNode: ({ jobId, leaseToken }, error, backoffMs, notes) =>
      call(
        'fn_worker_fail_workflow_node',
        lenses.rpc('fn_worker_fail_workflow_node', {
          job_id: jobId,
          lease_token: leaseToken,
          error: errorRow(error),
          backoff_ms: (backoffMs === null ? null : Math.round(backoffMs)) as number,
          notes: notesRow(notes),
        }),
        failureRecord,
      ),
    suspendWorkflowNode: ({ jobId, leaseToken }, wait, notes) =>
      call(
        'fn_worker_suspend_workflow_node',
        lenses.rpc('fn_worker_suspend_workflow_node', { job_id: jobId, lease_token: leaseToken, wait: waitRow(wait, notes) }),
        z.boolean(),
      ),
    openNodeTask: ({ jobId, leaseToken }, task) =>
      call(
        'fn_worker_open_node_task',
        lenses.rpc('fn_worker_open_node_task', { job_id: jobId, lease_token: leaseToken, task: taskRow(task) }),
        z.boolean(),
      ),
    reparkNodeTask: ({ jobId, leaseToken }, pollAfterMs, progress) =>
      call(
        'fn_worker_repark_node_task',
        lenses.rpc('fn_worker_repark_node_task', {
          job_id: jobId,
          lease_token: leaseToken,
          poll_after_ms: Math.round(pollAfterMs),
          ...(progress === undefined ? {} : { progress }),
        }),
        z.boolean(),
      ),
    checkpointNode: ({ jobId, leaseToken }, progress, yields) =>
      call(
        'fn_worker_checkpoint_node',
        lenses.rpc('fn_worker_checkpoint_node', { job_id: jobId, lease_token: leaseToken, ...nodeProgressRow(progress), yields }),
        z.boolean(),
      ),

    async createBattleFor(owner_id, battle) {
      const made = await call('fn_battles_create', battles.rpc('fn_battles_create', { owner_id, battle: battle as Json }), battleMade)
      if (!made.ok) return made
      return 'refused' in made.value ? fail(refusal(made.value)) : ok({ battleId: made.value.battle_id })
    },
    async createBattleInRun({ jobId: job_id, leaseToken: lease_token }, battle) {
      const made = await call(
        'fn_worker_create_battle',
        lenses.rpc('fn_worker_create_battle', { job_id, lease_token, battle: battle as Json }),
        battleMade,
      )
      if (!made.ok) return made
      return 'refused' in made.value ? fail(refusal(made.value)) : ok({ battleId: made.value.battle_id })
    },
    contendingVersions: (owner_id, wanted) =>
      call(
        'fn_contending_versions',
        lenses.rpc('fn_contending_versions', { owner_id, wanted: wanted as unknown as Json }),
        contendingVersions,
      ),
    async takeSlot({ jobId: job_id, leaseToken: lease_token }, battle_id, slot) {
      const taken = await call(
        'fn_worker_take_slot',
        lenses.rpc('fn_worker_take_slot', { job_id, lease_token, battle_id, slot }),
        slotTaken,
      )
      if (!taken.ok) return taken
      if ('refused' in taken.value) return fail(stepError(taken.value.refused, `${taken.value.message}.`))
      return ok({ slot: taken.value.slot, taskPrompt: taken.value.task_prompt })
    },
    endOpenSlots: ({ jobId: job_id, leaseToken: lease_token }, battle_id) =>
      call('fn_worker_end_open_slots', lenses.rpc('fn_worker_end_open_slots', { job_id, lease_token, battle_id }), z.number().nullable()),
    publishBattleFor: (battle_id, owner_id) =>
      call('fn_battles_publish', battles.rpc('fn_battles_publish', { battle_id, owner_id }), z.string()),
    battleFor: (battle_id, owner_id) =>
      call('fn_worker_battle', lenses.rpc('fn_worker_battle', { battle_id, owner_id }), battleView.nullable()),
    battleScores: (battle_id) => call('fn_battle_scores', battles.rpc('fn_battle_scores', { battle_id }), battleScores),
    rateBattle: (battle_id) => call('fn_compute_elo_after_battle', battles.rpc('fn_compute_elo_after_battle', { battle_id }), z.boolean()),
  }
}

/** Why a battle was not made, under the code of the reason where there is one. */
function refusal({
  refused,
  path,
  message,
}: {
  refused: string
  path?: string | null | undefined
  message?: string | null | undefined
}): StepError {
  const code = Object.hasOwn(errorTable, refused) ? (refused as ErrorCode) : 'node_config'
  return stepError(code, `The battle was refused: ${refused}${path ? ` at ${path}` : ''}${message ? `: ${message}` : ''}.`)
}
