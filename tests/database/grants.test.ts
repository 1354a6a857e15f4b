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
  'battles.judge_weights': service(),
  'battles.rubric_calls': service(),
  'battles.winner_overrides': service(),
  'battles.analyses': service(),
  'battles.analysis_calls': service(),
  'battles.vote_settings': service(),
  'battles.vote_watch': service(),
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
  'execution.job_archive': service(),
  'execution.request_counts': nobody(),
  'execution.retention': service(),
  'execution.ready': service(),
  'execution.later': service(),
  'execution.ready_heads': service(),
  'execution.later_heads': service(),
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
  'content.tag_map': service(),
  'execution.artifacts': service(),
  'execution.capabilities': service(),
  'execution.worker_heartbeats': service(),
  'execution.execution_tags': service(),
  'lenses.callable_rpcs': service(),
  'lenses.lenses': service(),
  'lenses.versions': service(),
  'lenses.version_parameters': service(),
  'lenses.workflows': service(),
  'lenses.workflow_versions': service(),
  'lenses.workflow_nodes': service(),
  'lenses.workflow_edges': service(),
  'lenses.workflow_runs': service(),
  'lenses.workflow_node_results': service(),
  'lenses.workflow_run_events': service(),
  // Not the hash of a token, nor what was answered or what a node left for itself.
  'lenses.workflow_waits': {
    ...nobody(),
    service_role: 'wait_id run_id node_id result_id waits_for prompt begun_at expires_at answered_at ended_at'.split(' '),
  },
  'lenses.workflow_triggers': nobody(),
  'lenses.schedule_dues': service(),
  'lenses.trigger_firings': service(),
  'lenses.trigger_receipts': nobody(),
  'webhooks.deliveries': service(),
  'webhooks.subscriptions': nobody(),
}

/**
 * A function named fn_… is called by the service; any other only by functions, triggers and views of ours. anon and authenticated execute
 * none. What the service calls besides:
 */
const serviceFunctions = ['execution.enqueue', 'execution.sweep', 'ratings.log_battle']

/** Asked by a policy on a table that is not ours, with the rights of who reads it. They cannot call it: its schema is closed to them. */
const policyFunctions: Record<string, Role[]> = { 'lenses.owns_topic': ['authenticated'] }

const schemaUsage: Record<string, Role[]> = {
  battles: ['anon', 'authenticated', 'service_role'],
  execution: ['service_role'],
  ratings: ['service_role'],
  content: ['service_role'],
  lensers: ['service_role'],
  lenses: ['service_role'],
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

  test('every function is executed by the roles its name says, and by no application’s', async () => {
    const functions = await rows<{ name: string; executors: string[] }>(
      database.sql,
      `select n.nspname || '.' || p.proname as name,
         array(select r.role from unnest($1::text[]) r (role) where has_function_privilege(r.role, p.oid, 'execute')) as executors
       from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname in ${schemas} order by 1`,
      [roles],
    )
    const isService = (name: string) => /\.fn_/.test(name) || serviceFunctions.includes(name)
    expect(functions).toEqual(
      functions.map(({ name }) => ({ name, executors: isService(name) ? ['service_role'] : (policyFunctions[name] ?? []) })),
    )
    expect(serviceFunctions.filter((wanted) => !functions.some(({ name }) => name === wanted))).toEqual([])
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
