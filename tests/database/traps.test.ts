import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ourSchemasInSql } from '../../scripts/our-schemas.ts'
import { projectDir } from '../support/arena.ts'
import { cancel, claimOne, createBattle, deadLetter, publish, startBattle } from '../support/battles.ts'
import { asRole, rows, useDatabase, value } from '../support/database.ts'

// What broke in engines like this one, as rules that hold for every function and list there is, and for those to come.

const database = useDatabase()
const ours = `n.nspname in ${ourSchemasInSql}`

interface Function {
  name: string
  source: string
  arguments: string[]
}
const functions = () =>
  rows<Function>(
    database.sql,
    `select n.nspname || '.' || p.proname as name, p.prosrc as source, coalesce(p.proargnames, '{}') as arguments
     from pg_proc p join pg_namespace n on n.oid = p.pronamespace where ${ours} and p.prokind = 'f' order by 1`,
  )

describe('functions', () => {
  test('no name stands for two: over REST nobody could say which is meant', async () => {
    const names = (await functions()).map(({ name }) => name)
    expect(names.length).toBeGreaterThan(80)
    expect(names.filter((name, nth) => names.indexOf(name) !== nth)).toEqual([])
  })

  test('none deletes or updates without saying which rows: hosted Supabase refuses that over REST', async () => {
    const loose = (await functions()).flatMap(({ name, source }) =>
      source
        .replaceAll(/--.*$/gm, '')
        .split(';')
        .filter((statement) => /\b(delete\s+from|(?<!do\s)update)\s+[a-z_]+\.[a-z_]+/i.test(statement) && !/\bwhere\b/i.test(statement))
        .map((statement) => `${name}: ${statement.trim()}`),
    )
    expect(loose).toEqual([])
  })

  test('none builds a statement out of a caller’s text: what is executed comes from the engine’s own tables', async () => {
    const dynamic = (await functions())
      .filter(({ source }) => /\bexecute\s+(?!function|on)/i.test(source.replaceAll(/--.*$/gm, '')))
      .map(({ name }) => name)
    expect(dynamic).toEqual([
      'battles.open_realtime_topics',
      'execution.archive_jobs',
      'execution.bury',
      'execution.fn_housekeeping',
      'execution.fn_storage_orphans',
      'execution.forget_cron_runs',
      'execution.forget_http_responses',
      'execution.lock_owners',
      'lenses.fn_call_allowed', // names out of the operator's list and the catalog, quoted; values are parameters
      'lenses.open_realtime_topics',
    ])
    expect(
      await rows(
        database.sql,
        `select kind from execution.job_kinds where coalesce(lock_owner, '') || coalesce(settle_owner, '') || coalesce(ended_jobs, '') ~ '[^a-z0-9_.]'`,
      ),
    ).toEqual([])
  })
})

describe('the system switch', () => {
  test('holds at every door: no function that claims gets past it, whatever the kind', async () => {
    const { sql } = database
    const kinds = (await rows<{ kind: string }>(sql, 'select kind from execution.job_kinds order by 1')).map(({ kind }) => kind)
    for (const kind of kinds) await sql.query(`select execution.enqueue(execution.queue_for($1), array['{}'::jsonb])`, [kind])
    await startBattle(sql)
    const doors = (await functions()).filter(({ name }) => /\.fn_worker_(claim|step)/.test(name))
    expect(doors.length).toBeGreaterThanOrEqual(4)
    await sql.query(`select execution.fn_operator_switch('system', '', true)`)
    const knock = async () => {
      for (const { name, arguments: names } of doors) {
        for (const kind of kinds) {
          const given: Record<string, string> = { kind: `'${kind}'`, driver: `'thief'`, most: '100', lease_token: '0', done_ids: `'{}'` }
          const listed = names.filter((argument) => argument in given).map((argument) => `${argument} => ${given[argument]}`)
          await sql.query(
            `select ${name}(${[...new Set(listed)].filter((text) => !text.startsWith('lease_token') || name.endsWith('step')).join(', ')})`,
          )
        }
      }
    }
    await knock()
    expect(await value(sql, 'select count(*) from execution.leases')).toBe(0)
    await sql.query(`select execution.fn_operator_switch('system', '', false)`)
    await knock()
    expect(await value(sql, 'select count(*) from execution.ready')).toBe(0) // else the test knocked at no door
  })
})

describe('ids', () => {
  test('of one kind open nothing of another: a contender’s is no battle’s, a job’s no letter’s, an owner’s no battle’s', async () => {
    const { sql } = database
    const battle = await startBattle(sql)
    await claimOne(sql)
    const job = await claimOne(sql)
    await deadLetter(sql, job)
    const letter = await value<number>(sql, 'select dead_letter_id from execution.dead_letters')
    expect(await value(sql, 'select battles.fn_redrive_dead_letter($1)', [letter + job.job_id + 1])).toBe('not_found')
    for (const id of [job.contender_id, battle.ownerId]) {
      expect(await value(sql, 'select battles.fn_battles_get($1, $2)', [id, battle.ownerId])).toBeNull()
      expect(await value(sql, 'select battles.fn_battles_cancel($1, $2)', [id, battle.ownerId])).toBe('not_found')
      expect(await value(sql, `select battles.fn_battles_hold($1, '')`, [id])).toBe('not_found')
      expect(await value(sql, 'select battles.fn_battles_redrive($1, $2)', [id, battle.ownerId])).toBeNull()
    }
    for (const stranger of [battle.battleId, job.contender_id]) {
      expect(await cancel(sql, { ...battle, ownerId: stranger })).toBe('not_found')
      expect(await value(sql, 'select battles.fn_battles_redrive($1, $2)', [battle.battleId, stranger])).toBeNull()
    }
  })

  test('a user is one id everywhere: who creates is who owns, to a function, to a policy and in a list', async () => {
    const { sql } = database
    const draft = await createBattle(sql)
    expect(await value(sql, 'select owner_id from battles.battles where battle_id = $1', [draft.battleId])).toBe(draft.ownerId)
    await asRole(sql, 'authenticated', draft.ownerId)
    expect(await value(sql, 'select count(*) from battles.battles')).toBe(1)
    await asRole(sql, 'postgres')
    expect(await value(sql, `select jsonb_array_length(battles.fn_battles_list($1, true) -> 'battles')`, [draft.ownerId])).toBe(1)
    expect(await publish(sql, draft)).toBe('published')
  })
})

describe('lists of words', () => {
  interface Schema {
    enum?: (string | null)[]
    properties?: Record<string, Schema>
    items?: Schema
    $ref?: string
  }
  const { components, paths } = JSON.parse(readFileSync(join(projectDir, 'docs/api/openapi.json'), 'utf8')) as {
    components: { schemas: Record<string, Schema> }
    paths: Record<string, Record<string, { parameters?: { name: string; schema: Schema }[] }>>
  }
  const enumOf = (name: string) =>
    value<string[]>(database.sql, `select array_agg(enumlabel::text order by enumsortorder) from pg_enum where enumtypid = $1::regtype`, [
      name,
    ])
  const words = (schema: Schema | undefined) => schema?.enum?.filter((word) => word !== null).toSorted()
  const contender = components.schemas.Contender!.properties!

  test.each([
    ['battles.battle_status', () => components.schemas.Battle!.properties!.status],
    ['battles.battle_status', () => paths['/api/battles']!.get!.parameters!.find(({ name }) => name === 'status')!.schema],
    ['battles.battle_type', () => paths['/api/battles']!.get!.parameters!.find(({ name }) => name === 'battle_type')!.schema],
    ['battles.contender_status', () => contender.status],
  ] as [string, () => Schema | undefined][])('%s is the same in the API', async (name, schema) => {
    expect(words(schema())).toEqual((await enumOf(name)).toSorted())
  })

  test('a job has the statuses that the view can show', async () => {
    const shown = await value<string>(database.sql, `select pg_get_viewdef('execution.job_status')`)
    const derived = [...shown.matchAll(/'(queued|claimed|running)'::text/g)].map(([, word]) => word!)
    const final = (await enumOf('execution.job_state')).filter((state) => state !== 'active')
    expect(words(components.schemas.Job!.properties!.status)).toEqual([...new Set([...derived, ...final])].toSorted())
  })

  test('every kind of job that a dead letter can be filtered by is one there is, and the other way round', async () => {
    const kinds = (await rows<{ kind: string }>(database.sql, 'select kind from execution.job_kinds')).map(({ kind }) => kind)
    const listed = words(paths['/api/dead-letters']!.get!.parameters!.find(({ name }) => name === 'kind')!.schema)!
    expect(kinds.filter((kind) => !listed.includes(kind))).toEqual([])
  })
})
