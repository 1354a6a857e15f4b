import type { CodingStore } from '@agon/runner-core/coding'
import { z } from 'zod'
import { claimOf, lease, leaseOf } from './claims.ts'
import { type Connection, call } from './connection.ts'
import type { Json } from './database.types.ts'
import { submissionRow } from './driver-rows.ts'

const job = z
  .object({
    ...lease,
    battle_id: z.string(),
    contender_id: z.string(),
    slot: z.string(),
    model_key: z.string(),
    task_prompt: z.string(),
    inputs: z.record(z.string(), z.unknown()).nullable(),
    deadline_ms: z.number().nullable(),
    repository: z.object({ source: z.string(), ref: z.string(), commit: z.string().optional() }),
    checks: z.array(z.string()),
  })
  .transform((row) => ({
    ...leaseOf(row),
    battleId: row.battle_id,
    contenderId: row.contender_id,
    slot: row.slot,
    modelKey: row.model_key,
    taskPrompt: row.task_prompt,
    inputs: row.inputs,
    deadlineMs: row.deadline_ms,
    repository: row.repository,
    checks: row.checks,
  }))
const claim = claimOf(job)

const contender = z
  .object({
    contender_id: z.string(),
    slot: z.string(),
    identity: z.string(),
    model_key: z.string(),
    simulated: z.boolean(),
    status: z.string(),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    lane: z.string(),
    duration_ms: z.number().nullable(),
    output_tokens: z.number().nullable(),
    tokens_per_second: z.number().nullable(),
    checks: z.array(z.unknown()),
    checks_share: z.number().nullable(),
    judge_mean: z.number().nullable(),
    score: z.number().nullable(),
  })
  .transform((row) => ({
    contenderId: row.contender_id,
    slot: row.slot,
    identity: row.identity,
    modelKey: row.model_key,
    simulated: row.simulated,
    status: row.status,
    error: row.error,
    lane: row.lane,
    durationMs: row.duration_ms,
    outputTokens: row.output_tokens,
    tokensPerSecond: row.tokens_per_second,
    checks: row.checks,
    checksShare: row.checks_share,
    judgeMean: row.judge_mean,
    score: row.score,
  }))
const standings = z.array(
  z
    .object({
      battle_id: z.string(),
      title: z.string(),
      task_prompt: z.string(),
      status: z.string(),
      scoring_mode: z.string(),
      repository: z.record(z.string(), z.unknown()),
      checks: z.array(z.string()),
      outcome: z.string().nullable(),
      winner_slot: z.string().nullable(),
      created_at: z.string(),
      finished_at: z.string().nullable(),
      contenders: z.array(contender),
    })
    .transform((row) => ({
      battleId: row.battle_id,
      title: row.title,
      taskPrompt: row.task_prompt,
      status: row.status,
      scoringMode: row.scoring_mode,
      repository: row.repository,
      checks: row.checks,
      outcome: row.outcome,
      winnerSlot: row.winner_slot,
      createdAt: row.created_at,
      finishedAt: row.finished_at,
      contenders: row.contenders,
    })),
)

/** What a worker that runs commands asks of the database, one method an RPC. */
export const createCodingStore = ({ battles }: Connection): CodingStore => ({
  claim: (driver, most) => call('fn_worker_claim_coding_job', battles.rpc('fn_worker_claim_coding_job', { driver, most }), claim),
  pinCommit: (job_id, lease_token, commit_id) =>
    call('fn_worker_pin_commit', battles.rpc('fn_worker_pin_commit', { job_id, lease_token, commit_id }), z.string().nullable()),
  complete: (job_id, lease_token, output) =>
    call(
      'fn_worker_complete_battle_job',
      battles.rpc('fn_worker_complete_battle_job', {
        job_id,
        lease_token,
        output: { ...(submissionRow(output) as Record<string, Json>), diff: output.diff, work: output.work as unknown as Json },
      }),
      z.boolean(),
    ),
  standings: (battle_ids) =>
    call('fn_worker_coding_results', battles.rpc('fn_worker_coding_results', { battle_ids: [...battle_ids] }), standings),
})
