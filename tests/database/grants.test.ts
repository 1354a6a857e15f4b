import { describe, expect, test } from 'vitest'
import { ourSchemasInSql } from '../../scripts/our-schemas.ts'
import { cancel, claim, claimJudging, complete, createBattle, publish, recordVerdict, startJudging, verdictOf } from '../support/battles.ts'
import { asRole, rows, useDatabase, value } from '../support/database.ts'

const database = useDatabase()
const roles = ['anon', 'authenticated', 'service_role'] as const
type Role = (typeof roles)[number]

// ---------------------------------------------------------------- the matrix: who may do what, as data
// An object that is not here fails the test: whoever adds one decides who may touch it.

/** Table or view: what the applications' roles may read, and what the service may. Nobody writes: writing is calling functions. */
const relations: Record<string, { anon: Reading; authenticated: Reading; service_role: Reading }> = {
  'battles.battles': {
    ...both(
      'battle_id status battle_type category title task_prompt max_tokens temperature handicap scoring_mode outcome judge_outcome winner_contender_id',
      'judge_mode created_at published_at submissions_end_at voting_window_ms voting_ends_at finished_at',
    ),
    service_role: 'all columns',
  },
  'battles.contenders': {
    ...both('contender_id battle_id slot contender_type status model_key model_kind identity simulated settled_at'),
    service_role: 'all columns',
  },
  'battles.submissions': everyone(),
  'battles.events': service(),
  'battles.ratings': everyone(),
  'battles.elo_changes': everyone(),
  'battles.votes': service(),
  'battles.vote_events': service(),
  // Not status and error: in a blind battle a recusal would tell whose family contends.
  'battles.judges': { ...both('judge_id battle_id seat model_key weight simulated'), service_role: 'all columns' },
  'battles.winner_overrides': service(),
  'battles.analyses': service(),
  'battles.analysis_calls': service(),
  'battles.vote_settings': service(),
  'battles.voter_invitations': service(),
  'battles.verdicts': service(),
  'battles.verdict_scores': service(),
  'battles.elo_battle_log': service(),
  'battles.battle_execution_jobs': service(),
  'battles.battle_execution_dead_letters': service(),
  'execution.job_kinds': service(),
  'execution.lanes': service(),
  'execution.queues': service(),
  'execution.jobs': service(),
  'execution.capabilities': service(),
  'execution.job_archive': service(),
  'execution.request_counts': nobody(),
  'execution.retention': service(),
  'execution.ready': service(),
  'execution.later': service(),
  'execution.leases': service(),
  'execution.dead_letters': service(),
  'execution.job_status': service(),
  'execution.waiters': nobody(),
  'execution.switches': service(),
  'execution.rate_limits': service(),
  'execution.shares': service(),
  'execution.async_tasks': service(),
  'execution.callback_receipts': service(),
  'execution.checkpoints': service(),
  'ratings.comparisons': service(),
  'ratings.changes': service(),
  'ratings.pair_sums': service(),
  'ratings.answer_styles': service(),
  'ratings.boards': service(),
  'ratings.judgings': service(),
  'lensers.budgets': service(),
  'lensers.byok_api_keys': {
    ...nobody(),
    service_role: 'key_id owner_id provider label sealed_by hint created_at rotated_at expires_at revoked_at last_used_at'.split(' '),
  },
  'lensers.reservations': service(),
  'webhooks.deliveries': service(),
  'webhooks.subscriptions': nobody(),
}

/** Functions the service calls. anon and authenticated execute none of either schema. */
const serviceFunctions = [
  'battles.fn_battles_analyse',
  'battles.fn_battles_analyses',
  'battles.fn_battles_override_winner',
  'battles.fn_battles_start_analyses',
  'battles.fn_worker_claim_battle_analysis',
  'battles.fn_worker_complete_battle_analysis',
  'battles.fn_worker_record_analysis_call',
  'battles.fn_worker_record_rubric',
  'battles.fn_worker_claim_battle_keyframes',
  'battles.fn_worker_complete_battle_keyframes',
  'execution.fn_worker_announce_capabilities',
  'battles.fn_worker_record_transcript',
  'battles.fn_worker_yield_battle_job',
  'battles.fn_auto_finalize_battles',
  'battles.fn_battle_scores',
  'battles.fn_battles_cancel',
  'battles.fn_battles_close_voting',
  'battles.fn_battles_create',
  'battles.fn_battles_end_submissions',
  'battles.fn_battles_finalize',
  'battles.fn_battles_get',
  'battles.fn_battles_join',
  'battles.fn_battles_list',
  'battles.fn_battles_promote_due',
  'battles.fn_battles_publish',
  'battles.fn_battles_publish_results',
  'battles.fn_battles_set_promotion',
  'battles.fn_compute_elo_after_battle',
  'battles.fn_events_after',
  'battles.fn_export_answers',
  'battles.fn_export_battles',
  'battles.fn_export_verdicts',
  'battles.fn_export_votes',
  'battles.fn_leaderboard',
  'battles.fn_move_battle_job_to_dlq',
  'battles.fn_redrive_dead_letter',
  'battles.fn_redrive_dead_letters',
  'battles.fn_battles_redrive',
  'battles.fn_dead_letters_list',
  'battles.fn_requeue_battle_job_with_backoff',
  'battles.fn_battles_hold',
  'battles.fn_battles_release',
  'battles.fn_worker_checkpoint_battle_job',
  'battles.fn_worker_claim_async_executions',
  'battles.fn_submissions_submit',
  'battles.fn_submissions_withdraw',
  'battles.fn_submit_vote',
  'battles.fn_scan_votes',
  'battles.fn_worker_claim_vote_scan',
  'battles.fn_worker_record_vote_scan',
  'battles.fn_worker_votes_to_scan',
  'battles.fn_votes_decide',
  'battles.fn_votes_list',
  'battles.fn_worker_claim_battle_job',
  'battles.fn_worker_claim_battle_judging',
  'battles.fn_worker_complete_battle_job',
  'battles.fn_worker_complete_battle_judging',
  'battles.fn_worker_complete_task_cancel',
  'battles.fn_worker_park_battle_job',
  'battles.fn_worker_record_verdict',
  'battles.fn_worker_repark_battle_job',
  'battles.fn_worker_upsert_battle_submission',
  'execution.enqueue',
  'execution.fn_operator_switch',
  'execution.fn_count_request',
  'execution.fn_housekeeping',
  'execution.fn_status',
  'execution.fn_storage_orphans',
  'execution.fn_worker_callback',
  'execution.fn_worker_report_rate_limit',
  'execution.fn_worker_claim_jobs',
  'execution.fn_worker_complete_jobs',
  'execution.fn_worker_heartbeat',
  'execution.fn_worker_listen',
  'execution.fn_worker_step',
  'execution.fn_worker_wake',
  'execution.sweep',
  'ratings.fn_board',
  'ratings.fn_export_comparisons',
  'ratings.fn_judges',
  'ratings.fn_operator_import',
  'ratings.fn_operator_relog',
  'ratings.fn_operator_resum',
  'ratings.fn_pair_sums',
  'ratings.fn_refresh_due',
  'ratings.fn_slice',
  'ratings.fn_worker_claim_refresh',
  'ratings.fn_worker_fail_refresh',
  'ratings.fn_worker_leave_board',
  'ratings.fn_worker_record_board',
  'ratings.fn_worker_record_styles',
  'ratings.fn_worker_uncounted_answers',
  'ratings.log_battle',
  'lensers.fn_budgets_get',
  'lensers.fn_budgets_set',
  'lensers.fn_byok_add',
  'lensers.fn_byok_get',
  'lensers.fn_byok_list',
  'lensers.fn_byok_resealed',
  'lensers.fn_byok_revoke',
  'lensers.fn_byok_rotate',
  'lensers.fn_byok_to_reseal',
  'webhooks.fn_dispatch_webhook_outbox',
  'webhooks.fn_webhooks_create',
  'webhooks.fn_webhooks_delete',
  'webhooks.fn_webhooks_deliveries',
  'webhooks.fn_webhooks_get',
  'webhooks.fn_webhooks_list',
  'webhooks.fn_webhooks_redrive',
  'webhooks.fn_webhooks_resealed',
  'webhooks.fn_webhooks_rotate_secret',
  'webhooks.fn_webhooks_test',
  'webhooks.fn_webhooks_to_reseal',
  'webhooks.fn_webhooks_update',
  'webhooks.fn_worker_complete_webhook_delivery',
  'webhooks.fn_worker_fail_webhook_delivery',
]

/** Functions only other functions, triggers and views call. */
const innerFunctions = [
  'battles.frames_pending',
  'battles.frames_settled',
  'battles.give_up_keyframes',
  'battles.keyframes_patience',
  'battles.settle_buried_keyframes',
  'battles.start_keyframes',
  'execution.forget_capabilities',
  'execution.has_capability',
  'battles.battle_of',
  'battles.call_refusal',
  'battles.calls_of_judge',
  'battles.held_judge',
  'battles.judge_decisions',
  'battles.judging_of',
  'battles.judging_state',
  'battles.panel_decisions',
  'battles.panel_outcome',
  'battles.plan_analysis',
  'battles.start_analysis',
  'battles.is_scanning',
  'battles.start_vote_scan',
  'battles.eligibility_refusal',
  'battles.hold_same_source',
  'battles.hold_votes',
  'battles.battle_summary',
  'battles.begin_scoring',
  'battles.broadcast_event',
  'battles.call_estimate',
  'battles.competitor',
  'battles.crowd_comparisons',
  'battles.contender_document',
  'battles.end_submissions',
  'battles.end_turn',
  'battles.exported',
  'battles.funding_refusal',
  'battles.ended_jobs',
  'battles.forget_deltas',
  'battles.forget_events',
  'battles.forget_old_events',
  'battles.guard_status',
  'battles.page',
  'battles.hides_answers',
  'battles.hides_names',
  'battles.hides_results',
  'battles.judging_grace',
  'battles.judge_comparisons',
  'battles.judge_pairs',
  'battles.lock_job_owners',
  'battles.lock_ratings',
  'battles.open_realtime_topics',
  'battles.pair_results',
  'battles.public_event',
  'battles.record_attempt_event',
  'battles.record_event',
  'battles.settle',
  'battles.job_ids',
  'battles.publish',
  'battles.start_judging',
  'battles.settle_buried_job',
  'battles.task_budget',
  'battles.tell_delta',
  'battles.tell_rest',
  'battles.transition',
  'battles.until_deadline',
  'battles.utf16_from',
  'battles.utf16_length',
  'battles.type_of',
  'battles.write_submission',
  'execution.announce',
  'execution.announce_ready',
  'execution.archive_jobs',
  'execution.forget_archived_jobs',
  'execution.forget_async_tasks',
  'execution.forget_callback_receipts',
  'execution.forget_checkpoints',
  'execution.forget_cron_runs',
  'execution.forget_http_responses',
  'execution.forget_open_letters',
  'execution.forget_past_shares',
  'execution.forget_rate_limits',
  'execution.forget_redriven_letters',
  'execution.forget_request_counts',
  'execution.bury',
  'execution.cancel_jobs',
  'execution.claim_document',
  'execution.claim_plan',
  'battles.answers_to_judge',
  'execution.open_queues',
  'execution.take_turn',
  'execution.forget_shares',
  'execution.end_task',
  'execution.hold_jobs',
  'execution.release_jobs',
  'execution.park_job',
  'execution.yield_job',
  'execution.save_checkpoint',
  'execution.open_task',
  'execution.close_job',
  'execution.fail_attempt',
  'execution.has_ready',
  'execution.lock_owners',
  'execution.make_ready',
  'execution.next_due_ms',
  'execution.promote_due',
  'execution.queue_for',
  'execution.reclaim_lease',
  'execution.reclaim_expired',
  'execution.release',
  'execution.revive',
  'execution.wake',
  'ratings.cluster_of',
  'ratings.lock_boards',
  'ratings.log_judgings',
  'ratings.settle_buried_refresh',
  'ratings.standing',
  'ratings.window_start',
  'lensers.attempt_failed',
  'lensers.battle_spending',
  'lensers.byok_document',
  'lensers.byok_for_claim',
  'lensers.byok_refusal',
  'lensers.charge',
  'lensers.count_settled',
  'lensers.forget_reservations',
  'lensers.fund_claimed',
  'lensers.period_start',
  'lensers.reserve',
  'lensers.settle',
  'lensers.settle_cancelled',
  'webhooks.add_delivery',
  'webhooks.fan_out',
  'webhooks.forget_deliveries',
  'webhooks.lock_job_owners',
  'webhooks.log_attempt',
  'webhooks.payload_of',
  'webhooks.settle_buried_job',
  'webhooks.subscription_document',
]

const schemaUsage: Record<string, Role[]> = {
  battles: ['anon', 'authenticated', 'service_role'],
  execution: ['service_role'],
  ratings: ['service_role'],
  lensers: ['service_role'],
  webhooks: ['service_role'],
}

type Reading = 'all columns' | 'nothing' | string[]

function both(...columns: string[]): { anon: Reading; authenticated: Reading } {
  const list = columns.join(' ').split(' ')
  return { anon: list, authenticated: list }
}
function everyone() {
  return { anon: 'all columns', authenticated: 'all columns', service_role: 'all columns' } as const
}
function service() {
  return { anon: 'nothing', authenticated: 'nothing', service_role: 'all columns' } as const
}
function nobody() {
  return { anon: 'nothing', authenticated: 'nothing', service_role: 'nothing' } as const
}

// ---------------------------------------------------------------- the catalog against the matrix

const schemas = ourSchemasInSql
const relationsInCatalog = () =>
  rows<{ name: string; oid: number; kind: string }>(
    database.sql,
    `select n.nspname || '.' || c.relname as name, c.oid, c.relkind as kind from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname in ${schemas} and c.relkind in ('r', 'p', 'v', 'm', 'f') order by 1`,
  )

describe('the grants', () => {
  test('the matrix names every table and view, and nothing else', async () => {
    expect((await relationsInCatalog()).map(({ name }) => name)).toEqual(Object.keys(relations).toSorted())
  })

  test('every role reads what the matrix says, column by column', async () => {
    const seen: Record<string, Record<string, Reading>> = {}
    for (const { name, oid } of await relationsInCatalog()) {
      const columns = await rows<Record<Role, boolean> & { column: string }>(
        database.sql,
        `select a.attname as column, ${roles.map((role) => `has_column_privilege('${role}', $1::oid, a.attnum, 'select') as ${role}`).join(', ')}
         from pg_attribute a where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped order by a.attnum`,
        [oid],
      )
      seen[name] = Object.fromEntries(
        roles.map((role) => {
          const readable = columns.filter((column) => column[role]).map(({ column }) => column)
          return [role, readable.length === 0 ? 'nothing' : readable.length === columns.length ? 'all columns' : readable.toSorted()]
        }),
      )
    }
    const wanted = Object.fromEntries(
      Object.entries(relations).map(([name, cells]) => [
        name,
        Object.fromEntries(roles.map((role) => [role, Array.isArray(cells[role]) ? cells[role].toSorted() : cells[role]])),
      ]),
    )
    expect(seen).toEqual(wanted)
  })

  test('no role of the API holds any verb but select, on a table, a view, a column or a sequence', async () => {
    const verbs = ['insert', 'update', 'delete', 'truncate', 'references', 'trigger', 'maintain']
    const columnVerbs = ['insert', 'update', 'references']
    for (const { name, oid } of await relationsInCatalog()) {
      for (const role of roles) {
        for (const verb of verbs)
          expect(
            await value(database.sql, 'select has_table_privilege($1, $2::oid, $3)', [role, oid, verb]),
            `${role} ${verb} ${name}`,
          ).toBe(false)
        for (const verb of columnVerbs) {
          expect(
            await value(database.sql, 'select has_any_column_privilege($1, $2::oid, $3)', [role, oid, verb]),
            `${role} ${verb} a column of ${name}`,
          ).toBe(false)
        }
      }
    }
    const sequences = await rows<{ name: string }>(
      database.sql,
      `select s.name || ' ' || r.role as name from (select schemaname || '.' || sequencename as name from pg_sequences where schemaname in ${schemas}) s
       cross join unnest($1::text[]) r (role)
       where has_sequence_privilege(r.role, s.name, 'usage') or has_sequence_privilege(r.role, s.name, 'select') or has_sequence_privilege(r.role, s.name, 'update')`,
      [roles],
    )
    expect(sequences).toEqual([])
  })

  test('every function is executed by exactly the roles the matrix names; the applications’ roles by none', async () => {
    const functions = await rows<{ name: string; executors: string[] }>(
      database.sql,
      `select n.nspname || '.' || p.proname as name,
         array(select r.role from unnest($1::text[]) r (role) where has_function_privilege(r.role, p.oid, 'execute')) as executors
       from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname in ${schemas} order by 1`,
      [roles],
    )
    const wanted = [
      ...serviceFunctions.map((name) => ({ name, executors: ['service_role'] })),
      ...innerFunctions.map((name) => ({ name, executors: [] as string[] })),
    ].toSorted((a, b) => (a.name < b.name ? -1 : 1))
    expect(functions).toEqual(wanted)
  })

  test('a schema is entered by the roles that have something to do in it, and nobody creates there', async () => {
    for (const [schema, users] of Object.entries(schemaUsage)) {
      for (const role of roles) {
        expect(await value(database.sql, `select has_schema_privilege($1, $2, 'usage')`, [role, schema]), `${role} ${schema}`).toBe(
          users.includes(role),
        )
        expect(await value(database.sql, `select has_schema_privilege($1, $2, 'create')`, [role, schema]), `${role} ${schema}`).toBe(false)
      }
    }
  })
})

// ---------------------------------------------------------------- the house rules, on the catalog

describe('the house rules', () => {
  test('row level security is on for every table', async () => {
    expect(
      await rows(
        database.sql,
        `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname in ${schemas} and c.relkind in ('r', 'p') and not c.relrowsecurity`,
      ),
    ).toEqual([])
  })

  test('every view runs with the rights of whoever reads it', async () => {
    expect(
      await rows(
        database.sql,
        `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname in ${schemas} and c.relkind = 'v' and not coalesce(c.reloptions, '{}') @> '{security_invoker=true}'`,
      ),
    ).toEqual([])
  })

  test('every function has an empty search_path', async () => {
    expect(
      await rows(
        database.sql,
        `select p.oid::regprocedure::text as name, p.proconfig from pg_proc p join pg_namespace n on n.oid = p.pronamespace
         where n.nspname in ${schemas} and not coalesce(p.proconfig, '{}') @> array['search_path=""']`,
      ),
    ).toEqual([])
  })

  /** Objects without a comment, each with the reason. */
  const withoutComment: Record<string, string> = {}

  test('every schema, table, view and function says what it is for', async () => {
    const silent = await rows<{ name: string }>(
      database.sql,
      `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname in ${schemas} and c.relkind in ('r', 'p', 'v', 'm') and obj_description(c.oid, 'pg_class') is null
       union all select n.nspname || '.' || p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
         where n.nspname in ${schemas} and obj_description(p.oid, 'pg_proc') is null
       union all select nspname from pg_namespace where nspname in ${schemas} and obj_description(oid, 'pg_namespace') is null
       order by 1`,
    )
    expect(silent.map(({ name }) => name)).toEqual(Object.keys(withoutComment).toSorted())
  })

  test('every foreign key is the leading part of an index', async () => {
    expect(
      await rows(
        database.sql,
        `select k.conrelid::regclass::text as table, k.conname as name from pg_constraint k
         where k.contype = 'f' and k.connamespace::regnamespace::text in ${schemas} and not exists (
           select from pg_index i where i.indrelid = k.conrelid and (string_to_array(i.indkey::text, ' ')::int2[])[1:cardinality(k.conkey)] @> k.conkey)`,
      ),
    ).toEqual([])
  })
})

// ---------------------------------------------------------------- what that means to who asks

describe('a signed-in user', () => {
  const read = (what: string) => rows<Record<string, unknown>>(database.sql, `select ${what}`)
  const denied = (statement: string) => expect(database.sql.query(statement), statement).rejects.toMatchObject({ code: '42501' })

  test('sees their own draft; another user and a visitor do not, in any table', async () => {
    const { sql } = database
    const draft = await createBattle(sql, { with: { title: 'secret draft' } })
    await asRole(sql, 'authenticated', draft.ownerId)
    expect(await value(sql, 'select auth.uid()')).toBe(draft.ownerId)
    expect(await read('title from battles.battles')).toEqual([{ title: 'secret draft' }])
    expect(await read('slot from battles.contenders order by slot')).toEqual([{ slot: 'A' }, { slot: 'B' }])

    for (const [role, user] of [
      ['authenticated', '00000000-0000-4000-8000-000000000001'],
      ['authenticated', undefined],
      ['anon', undefined],
    ] as const) {
      await asRole(sql, role, user)
      for (const table of ['battles', 'contenders', 'submissions', 'elo_changes']) {
        expect(await value(sql, `select count(*) from battles.${table}`), `${role} ${table}`).toBe(0)
      }
    }
    await asRole(sql, 'postgres')
    expect(await value(sql, 'select battles.fn_battles_get($1, $2)', [draft.battleId, '00000000-0000-4000-8000-000000000001'])).toBeNull()
    expect(await value(sql, 'select battles.fn_battles_get($1, null)', [draft.battleId])).toBeNull()
    expect(await value(sql, `select battles.fn_battles_get($1, $2) ->> 'title'`, [draft.battleId, draft.ownerId])).toBe('secret draft')
    expect(await value(sql, `select jsonb_array_length(battles.fn_battles_list(null) -> 'battles')`)).toBe(0)
    expect(await value(sql, `select jsonb_array_length(battles.fn_battles_list($1) -> 'battles')`, [draft.ownerId])).toBe(1)
  })

  test('what is published is public, whole and rated, without the columns that name its owner or instruct a contender', async () => {
    const { sql } = database
    await startJudging(sql, {
      contenders: [{ model_key: 'a', system_prompt: 'hidden' }, { model_key: 'b' }],
      with: { idempotency_key: 'key of the owner', reference_answer: 'the answer', inputs: { x: 1 } },
    })
    const job = await claimJudging(sql)
    await recordVerdict(sql, job, verdictOf(job, 0, ['A', 'B']))
    await asRole(sql, 'anon')
    expect(await read('status::text from battles.battles')).toEqual([{ status: 'scoring' }])
    expect(await value(sql, 'select count(*) from battles.submissions')).toBe(2)
    for (const column of ['owner_id', 'idempotency_key', 'request_hash', 'reference_answer', 'inputs', 'rubric', '*']) {
      await denied(`select ${column} from battles.battles`)
    }
    await denied('select system_prompt from battles.contenders')
    await denied('select * from battles.verdicts')
    await denied('select * from battles.events')
    await denied('select * from battles.battle_execution_jobs')
  })

  test('cancelled and void battles stay public: only a draft is private', async () => {
    const { sql } = database
    await cancel(sql, await createBattle(sql))
    await asRole(sql, 'anon')
    expect(await read('status::text from battles.battles')).toEqual([{ status: 'cancelled' }])
  })

  test('cannot enter the step engine or call a worker’s function', async () => {
    const { sql } = database
    await publish(sql, await createBattle(sql))
    for (const role of ['anon', 'authenticated'] as const) {
      await asRole(sql, role, '00000000-0000-4000-8000-000000000001')
      await denied('select * from execution.jobs')
      await denied('select * from execution.leases')
      await denied(`select execution.fn_worker_claim_jobs('battle_job', 'thief', 1)`)
      await denied(`select battles.fn_worker_claim_battle_job('thief', 1)`)
      await denied(`select battles.fn_battles_publish(gen_random_uuid(), gen_random_uuid())`)
      await denied(`select battles.fn_battles_create(gen_random_uuid(), '{}')`)
      await denied(`select battles.record_event(gen_random_uuid(), 'battle.closed')`)
    }
  })

  test('the service drives a whole battle by functions alone', async () => {
    const { sql } = database
    await asRole(sql, 'service_role')
    const battle = await createBattle(sql)
    await publish(sql, battle)
    for (const held of await claim(sql, 2)) expect(await complete(sql, held)).toBe(true)
    const job = await claimJudging(sql)
    expect(await recordVerdict(sql, job, verdictOf(job, 0, ['A', 'B']))).toBe('recorded')
    expect(await value(sql, 'select execution.sweep()')).toEqual({ promoted: 0, reclaimed: 0 })
    expect(await value(sql, 'select count(*) from battles.battle_execution_jobs')).toBe(2)
    await denied(`update execution.jobs set state = 'completed'`)
    await denied(`select execution.close_job(1, 1, 'completed')`)
    await asRole(sql, 'postgres')
  })
})
