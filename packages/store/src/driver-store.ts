import type { Store } from '@agon/runner-core'
import { stepError } from '@agon/runner-core/errors'
import { fail, ok } from '@agon/runner-core/result'
import { z } from 'zod'
import { id } from './claims.ts'
import type { Connection } from './connection.ts'
import { call } from './connection.ts'
import type { Json } from './database.types.ts'
import {
  analysisClaim,
  asyncClaim,
  battleClaim,
  failureRecord,
  judgingClaim,
  rubric,
  scannedVotes,
  verdictRecord,
  voteScanClaim,
  webhookClaim,
} from './driver-answers.ts'
import { attemptRow, callRow, errorRow, progressRow, submissionRow, verdictRow } from './driver-rows.ts'
import { createTurnstile } from './turnstile.ts'
import { contenderRunBegun, workflowContenderClaim } from './workflow-contender-answers.ts'
import { workflowCalls } from './workflow-store.ts'

/** Characters of an answer that is recorded in turn: below it, copies cost less than waiting. */
const largeAnswer = 128 * 1024

/** runner-core's Store over the database's RPCs, one method each. */
export function createDriverStore(connection: Connection): Store {
  const { battles, execution, webhooks } = connection
  // On its way to the database an answer is in memory five times over: 32 of a megabyte at once did not fit an isolate
  // (measured: 259 MB over a bare process; 2 at a time, 160 MB).
  const large = createTurnstile(2)
  return {
    ...workflowCalls(connection),
    claimBattleJobs: (driver, most) =>
      call('fn_worker_claim_battle_job', battles.rpc('fn_worker_claim_battle_job', { driver, most }), battleClaim),
    claimAsyncExecutions: (driver, most) =>
      call('fn_worker_claim_async_executions', battles.rpc('fn_worker_claim_async_executions', { driver, most }), asyncClaim),
    claimBattleJudgings: (driver, most) =>
      call('fn_worker_claim_battle_judging', battles.rpc('fn_worker_claim_battle_judging', { driver, most }), judgingClaim),
    claimWorkflowContenders: (driver, most) =>
      call(
        'fn_worker_claim_workflow_contender',
        battles.rpc('fn_worker_claim_workflow_contender', { driver, most }),
        workflowContenderClaim,
      ),
    async beginContenderRun(job_id, lease_token, inputs) {
      const begun = await call(
        'fn_worker_begin_contender_run',
        battles.rpc('fn_worker_begin_contender_run', { job_id, lease_token, inputs: inputs as Json }),
        contenderRunBegun,
      )
      if (!begun.ok) return begun
      if ('refused' in begun.value)
        return fail(stepError(begun.value.refused, begun.value.message ?? 'The run of the workflow could not begin.'))
      return ok(begun.value.outcome === 'begun')
    },
    awaitContenderRun: (job_id, lease_token) =>
      call('fn_worker_await_contender_run', battles.rpc('fn_worker_await_contender_run', { job_id, lease_token }), z.boolean()),
    cancelContenderRun: (job_id, lease_token) =>
      call('fn_worker_cancel_contender_run', battles.rpc('fn_worker_cancel_contender_run', { job_id, lease_token }), z.boolean()),
    heartbeat: (lease_token) => call('fn_worker_heartbeat', execution.rpc('fn_worker_heartbeat', { lease_token }), z.array(id)),
    completeBattleJob(job_id, lease_token, output) {
      const record = () =>
        call(
          'fn_worker_complete_battle_job',
          battles.rpc('fn_worker_complete_battle_job', { job_id, lease_token, output: submissionRow(output) }),
          z.boolean(),
        )
      return (output.contentText?.length ?? 0) < largeAnswer ? record() : large(record)
    },
    showProgress: (job_id, lease_token, progress) =>
      call(
        'fn_worker_upsert_battle_submission',
        battles.rpc('fn_worker_upsert_battle_submission', { job_id, lease_token, ...progressRow(progress) }),
        z.boolean(),
      ),
    checkpointBattleJob: (job_id, lease_token, progress) =>
      call(
        'fn_worker_checkpoint_battle_job',
        battles.rpc('fn_worker_checkpoint_battle_job', { job_id, lease_token, ...progressRow(progress) }),
        z.boolean(),
      ),
    parkBattleJob: (job_id, lease_token, { taskId, details = {}, pollAfterMs }, output_modality) =>
      call(
        'fn_worker_park_battle_job',
        battles.rpc('fn_worker_park_battle_job', {
          job_id,
          lease_token,
          task: { provider_task_id: taskId, details, poll_after_ms: Math.round(pollAfterMs) },
          output: { output_modality },
        }),
        z.boolean(),
      ),
    reparkBattleJob: (job_id, lease_token, poll_after_ms, progress) =>
      call(
        'fn_worker_repark_battle_job',
        battles.rpc('fn_worker_repark_battle_job', {
          job_id,
          lease_token,
          poll_after_ms: Math.round(poll_after_ms),
          ...(progress === undefined ? {} : { progress }),
        }),
        z.boolean(),
      ),
    completeTaskCancel: (job_id, lease_token) =>
      call('fn_worker_complete_task_cancel', battles.rpc('fn_worker_complete_task_cancel', { job_id, lease_token }), z.boolean()),
    reportRateLimit: async (limit_key, retry_after_ms) => {
      const reported = await call(
        'fn_worker_report_rate_limit',
        execution.rpc('fn_worker_report_rate_limit', { limit_key, retry_after_ms: Math.round(Math.min(retry_after_ms, 3_600_000)) }),
        z.unknown(),
      )
      return reported.ok ? ok(undefined) : reported
    },
    requeueBattleJob: (job_id, lease_token, backoff_ms, error) =>
      call(
        'fn_requeue_battle_job_with_backoff',
        battles.rpc('fn_requeue_battle_job_with_backoff', {
          job_id,
          lease_token,
          backoff_ms: Math.round(backoff_ms),
          error: errorRow(error),
        }),
        failureRecord,
      ),
    deadLetterBattleJob: (job_id, lease_token, error) =>
      call(
        'fn_move_battle_job_to_dlq',
        battles.rpc('fn_move_battle_job_to_dlq', { job_id, lease_token, error: errorRow(error) }),
        failureRecord,
      ),
    recordVerdict: (job_id, lease_token, verdict) =>
      call(
        'fn_worker_record_verdict',
        battles.rpc('fn_worker_record_verdict', { job_id, lease_token, verdict: verdictRow(verdict) }),
        verdictRecord,
      ),
    recordRubric: (job_id, lease_token, written, made) =>
      call(
        'fn_worker_record_rubric',
        battles.rpc('fn_worker_record_rubric', {
          job_id,
          lease_token,
          rubric: written as unknown as Json,
          generated_by: callRow(made),
        }),
        rubric,
      ),
    recordTranscript: (job_id, lease_token, contender_id, { text, costUsd, onPlatform }) =>
      call(
        'fn_worker_record_transcript',
        battles.rpc('fn_worker_record_transcript', {
          job_id,
          lease_token,
          contender_id,
          transcript: text,
          cost_usd: costUsd,
          on_platform: onPlatform,
        }),
        z.boolean(),
      ),
    yieldJob: (job_id, lease_token) =>
      call('fn_worker_yield_battle_job', battles.rpc('fn_worker_yield_battle_job', { job_id, lease_token }), z.boolean()),
    claimBattleAnalyses: (driver, most) =>
      call('fn_worker_claim_battle_analysis', battles.rpc('fn_worker_claim_battle_analysis', { driver, most }), analysisClaim),
    recordAnalysisCall: (job_id, lease_token, made) =>
      call(
        'fn_worker_record_analysis_call',
        battles.rpc('fn_worker_record_analysis_call', { job_id, lease_token, call: { stage: made.stage, ...callRow(made) } }),
        verdictRecord,
      ),
    completeBattleAnalysis: (job_id, lease_token, result) =>
      call(
        'fn_worker_complete_battle_analysis',
        battles.rpc('fn_worker_complete_battle_analysis', { job_id, lease_token, result: result as Json }),
        z.boolean(),
      ),
    startAnalyses: () => call('fn_battles_start_analyses', battles.rpc('fn_battles_start_analyses'), z.number()),
    completeBattleJudging: (job_id, lease_token) =>
      call('fn_worker_complete_battle_judging', battles.rpc('fn_worker_complete_battle_judging', { job_id, lease_token }), z.boolean()),
    finalizeBattle: (battle_id) => call('fn_battles_finalize', battles.rpc('fn_battles_finalize', { battle_id }), z.string()),
    claimWebhookDeliveries: (driver, most) =>
      call('fn_dispatch_webhook_outbox', webhooks.rpc('fn_dispatch_webhook_outbox', { driver, most }), webhookClaim),
    completeWebhookDelivery: (job_id, lease_token, attempt) =>
      call(
        'fn_worker_complete_webhook_delivery',
        webhooks.rpc('fn_worker_complete_webhook_delivery', { job_id, lease_token, attempt: attemptRow(attempt) }),
        z.boolean(),
      ),
    failWebhookDelivery: (job_id, lease_token, backoff_ms, error, attempt) =>
      call(
        'fn_worker_fail_webhook_delivery',
        webhooks.rpc('fn_worker_fail_webhook_delivery', {
          job_id,
          lease_token,
          backoff_ms: (backoff_ms === null ? null : Math.round(backoff_ms)) as number,
          error: errorRow(error),
          attempt: attemptRow(attempt),
        }),
        failureRecord,
      ),
    wake: (kind) => call('fn_worker_wake', execution.rpc('fn_worker_wake', { kind }), z.boolean()),
    claimVoteScans: (driver, most) =>
      call('fn_worker_claim_vote_scan', battles.rpc('fn_worker_claim_vote_scan', { driver, most }), voteScanClaim),
    votesToScan: () => call('fn_worker_votes_to_scan', battles.rpc('fn_worker_votes_to_scan'), scannedVotes),
    recordVoteScan: (job_id, lease_token, findings) =>
      call(
        'fn_worker_record_vote_scan',
        battles.rpc('fn_worker_record_vote_scan', {
          job_id,
          lease_token,
          findings: findings.map(({ battleId, ...finding }) => ({ ...finding, battle_id: battleId })) as Json,
        }),
        z.number().nullable(),
      ),
  }
}
