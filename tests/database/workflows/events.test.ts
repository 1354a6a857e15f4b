import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { answerAll, createBattle as makeBattle, publish } from '../../support/battles.ts'
import { asRole, type Client, rows, untilWaiting, useDatabase, value, warningsDuring } from '../../support/database.ts'
import { fireAll, firingsOf, makeTrigger, runsOf, triggerRow } from '../../support/triggers.ts'
import { drainNodes, startRun } from '../../support/workflows.ts'

const database = useDatabase()
const createBattle = async (client: Client): Promise<string> => (await makeBattle(client)).battleId

describe('an event of a battle', () => {
  const owned = async (battleId: string): Promise<string> =>
    value(database.sql, 'select owner_id from battles.battles where battle_id = $1', [battleId])
  const record = (battleId: string, type: string, data: Record<string, unknown> = {}, client = database.sql) =>
    client.query('insert into battles.events (battle_id, type, data) values ($1, $2, $3)', [battleId, type, JSON.stringify(data)])

  test('starts the workflow of its owner’s trigger with the event as an input, by a job, once', async () => {
    const { sql } = database
    const battle = await createBattle(sql)
    const { triggerId } = await makeTrigger(sql, 'battle_event', { owner: await owned(battle), config: { types: ['battle.closed'] } })
    await record(battle, 'battle.closed', { outcome: 'winner', winner_slot: 'B', prompt: 'not for anybody' })
    expect(await firingsOf(sql, triggerId)).toEqual(['pending'])
    expect(await runsOf(sql, triggerId)).toEqual([]) // nothing of lenses under a battle's lock
    expect(await fireAll(sql)).toEqual(['started'])
    expect(await fireAll(sql)).toEqual([])
    const [{ context_inputs, trigger_mode }, ...others] = (await runsOf(sql, triggerId)) as [Awaited<ReturnType<typeof runsOf>>[0]]
    expect(others).toEqual([])
    expect(trigger_mode).toBe('battle_event')
    expect(context_inputs.event).toEqual({
      battle_id: battle,
      event_id: expect.any(Number),
      type: 'battle.closed',
      created_at: expect.any(String),
      outcome: 'winner',
      winner_slot: 'B',
    })
  })

  test('is for the types, the battle and the data that the trigger names, and for its owner alone', async () => {
    const { sql } = database
    const [battle, other] = [await createBattle(sql), await createBattle(sql)]
    const owner = await owned(battle)
    const trigger = async (config: Record<string, unknown>, of = owner) =>
      (await makeTrigger(sql, 'battle_event', { owner: of, config, graph: { nodes: [`n${randomUUID().slice(0, 8)}`] } })).triggerId
    const wanted = [
      await trigger({ types: ['battle.*'] }),
      await trigger({ types: ['*'], battle_id: battle }),
      await trigger({ types: ['battle.closed'], filter: { outcome: 'winner' } }),
    ]
    const unwanted = [
      await trigger({ types: ['battle.voting', 'contender.*'] }),
      await trigger({ types: ['*'], battle_id: other }),
      await trigger({ types: ['battle.closed'], filter: { outcome: 'draw' } }),
      await trigger({ types: ['*'] }, randomUUID()),
    ]
    await record(battle, 'battle.closed', { outcome: 'winner' })
    await record(battle, 'contender.delta', { text: 'a' })
    for (const id of wanted) expect(await firingsOf(sql, id), id).toEqual(['pending'])
    for (const id of unwanted) expect(await firingsOf(sql, id), id).toEqual([])
  })

  test('makes two runs of two events with the same words: they are two', async () => {
    const { sql } = database
    const battle = await createBattle(sql)
    const { triggerId } = await makeTrigger(sql, 'battle_event', { owner: await owned(battle), config: { types: ['battle.voting'] } })
    await record(battle, 'battle.voting')
    await record(battle, 'battle.voting')
    expect(await fireAll(sql)).toEqual(['started', 'started'])
    expect(await runsOf(sql, triggerId)).toHaveLength(2)
  })

  test('of a transaction that is rolled back starts nothing', async () => {
    const { sql } = database
    const battle = await createBattle(sql)
    const { triggerId } = await makeTrigger(sql, 'battle_event', { owner: await owned(battle), config: { types: ['*'] } })
    await sql.query('begin')
    await record(battle, 'battle.closed')
    await sql.query('rollback')
    expect(await firingsOf(sql, triggerId)).toEqual([])
    expect(await fireAll(sql)).toEqual([])
  })

  test('is recorded though its trigger is being removed, and waits for no start of it', async () => {
    const { sql } = database
    const battle = await createBattle(sql)
    const { triggerId, ownerId } = await makeTrigger(sql, 'battle_event', { owner: await owned(battle), config: { types: ['*'] } })
    const [remover, driver] = (await database.connectMany(2)) as [Client, Client]
    await driver.query('begin')
    await driver.query('select from lenses.workflow_triggers where trigger_id = $1 for no key update', [triggerId])
    await record(battle, 'battle.voting')
    expect(await firingsOf(sql, triggerId)).toEqual(['pending'])
    await driver.query('rollback')
    await remover.query('begin')
    await remover.query('select lenses.fn_triggers_delete($1, $2)', [triggerId, ownerId])
    const recording = record(battle, 'battle.closed')
    await untilWaiting(remover, sql, recording)
    await remover.query('commit')
    await recording
    expect(await value(sql, `select count(*) from battles.events where type = 'battle.closed'`)).toBe(1)
    expect(await fireAll(sql)).toEqual(['gone'])
  })

  test('a trigger that is turned off meanwhile starts nothing, and says so', async () => {
    const { sql } = database
    const battle = await createBattle(sql)
    const { triggerId, ownerId } = await makeTrigger(sql, 'battle_event', { owner: await owned(battle), config: { types: ['*'] } })
    await record(battle, 'battle.closed')
    await sql.query('select lenses.fn_triggers_update($1, $2, $3)', [triggerId, ownerId, JSON.stringify({ enabled: false })])
    await record(battle, 'battle.closed')
    expect(await fireAll(sql)).toEqual(['skipped'])
    expect(await firingsOf(sql, triggerId)).toEqual(['skipped'])
  })

  test('workflows that make battles that start workflows end, five deep', async () => {
    const { sql } = database
    const { runId, ownerId } = await startRun(sql, { nodes: ['make'] })
    const { triggerId } = await makeTrigger(sql, 'battle_event', {
      owner: ownerId,
      config: { types: ['battle.draft'] },
      graph: { nodes: ['make', 'then'] },
    })
    let run = runId
    const outcomes: string[] = []
    for (let depth = 0; depth < 9; depth++) {
      // What battle_create does: the battle carries its node's key.
      const battle = randomUUID()
      await sql.query(
        `insert into battles.battles (battle_id, owner_id, title, task_prompt, idempotency_key) values ($1, $2, 'B', 'Say it', $3)`,
        [battle, ownerId, `agon-node-${run}-make${depth}`],
      )
      await record(battle, 'battle.draft')
      outcomes.push(...(await fireAll(sql)))
      const newest = (await runsOf(sql, triggerId)).at(-1)
      if (newest) run = newest.run_id
    }
    expect(outcomes).toEqual(Array(5).fill('started'))
    expect(await firingsOf(sql, triggerId)).toEqual([...Array(5).fill('started'), ...Array(4).fill('refused trigger_depth')])
    expect(await triggerRow(sql, triggerId)).toMatchObject({ enabled: true, consecutive_failures: 0 })
  })

  test('another’s run in a battle’s key counts for nothing', async () => {
    const { sql } = database
    const { runId } = await startRun(sql, { nodes: ['make'] })
    const battle = await createBattle(sql)
    await sql.query('update battles.battles set idempotency_key = $2 where battle_id = $1', [battle, `agon-node-${runId}-make`])
    expect(await value(sql, 'select lenses.caused_depth($1)', [battle])).toBe(0)
  })

  test('a whole battle runs as before, with a trigger on all that happens to it', async () => {
    const { sql } = database
    const made = await makeBattle(sql)
    const { triggerId } = await makeTrigger(sql, 'battle_event', { owner: made.ownerId, config: { types: ['*'] } })
    await publish(sql, made)
    await answerAll(sql)
    const events = await value<number>(
      sql,
      `select count(*) from battles.events where battle_id = $1 and type not in ('contender.delta', 'battle.draft')`,
      [made.battleId],
    )
    expect(events).toBeGreaterThan(4)
    expect(await firingsOf(sql, triggerId)).toEqual(Array(events).fill('pending'))
  })
})

describe('a change of a table', () => {
  /** A user's own table with the trigger attached; dropped with the transaction's end or by the next test's database. */
  async function attached(config: Record<string, unknown> = {}, strict = false) {
    const { sql } = database
    const made = await makeTrigger(sql, 'database_event', { config })
    const name = `orders_${randomUUID().slice(0, 8)}`
    await sql.query(`create table public.${name} (id integer primary key, state text, secret text)`)
    await sql.query(
      `create trigger start_it after insert or update or delete on public.${name} for each row
       execute function lenses.start_workflow_on_change('${made.triggerId}'${strict ? `, 'strict'` : ''})`,
    )
    return { ...made, table: `public.${name}`, name }
  }

  test('starts the workflow with the row before and after', async () => {
    const { sql } = database
    const { triggerId, table, name } = await attached()
    await sql.query(`insert into ${table} values (1, 'new', 's')`)
    await sql.query(`update ${table} set state = 'paid'`)
    await sql.query(`delete from ${table}`)
    expect(await fireAll(sql)).toEqual(['started', 'started', 'started'])
    expect((await runsOf(sql, triggerId)).map(({ context_inputs }) => context_inputs.change)).toEqual([
      { operation: 'insert', schema: 'public', table: name, new: { id: 1, state: 'new', secret: 's' }, old: null },
      {
        operation: 'update',
        schema: 'public',
        table: name,
        new: { id: 1, state: 'paid', secret: 's' },
        old: { id: 1, state: 'new', secret: 's' },
      },
      { operation: 'delete', schema: 'public', table: name, new: null, old: { id: 1, state: 'paid', secret: 's' } },
    ])
    await sql.query(`drop table ${table}`)
  })

  test('hands on the columns that the trigger names, and no other', async () => {
    const { sql } = database
    const { triggerId, table, name } = await attached({ columns: ['id', 'state'], input_label: 'order' })
    await sql.query(`insert into ${table} values (1, 'new', 's')`)
    await fireAll(sql)
    expect(await runsOf(sql, triggerId)).toMatchObject([
      { context_inputs: { order: { operation: 'insert', schema: 'public', table: name, new: { id: 1, state: 'new' }, old: null } } },
    ])
    await sql.query(`drop table ${table}`)
  })

  test('by a signed-in user who may write that table and nothing of ours', async () => {
    const { sql } = database
    const { triggerId, table } = await attached()
    await sql.query(`grant insert on ${table} to authenticated`)
    await asRole(sql, 'authenticated', randomUUID())
    await sql.query(`insert into ${table} values (1, 'new', 's')`)
    await asRole(sql, 'postgres')
    expect(await firingsOf(sql, triggerId)).toEqual(['pending'])
    await sql.query(`drop table ${table}`)
  })

  test('is made though the trigger is gone or the row too large, with a warning', async () => {
    const { sql } = database
    const { triggerId, ownerId, table } = await attached()
    const large = await warningsDuring(sql, () => sql.query(`insert into ${table} values (1, repeat('x', 600000), '')`))
    expect(large).toEqual([expect.stringMatching(/Agon started nothing .* larger than the 512 KB/)])
    await sql.query('select lenses.fn_triggers_delete($1, $2)', [triggerId, ownerId])
    const gone = await warningsDuring(sql, () => sql.query(`insert into ${table} values (2, 'new', '')`))
    expect(gone).toEqual([expect.stringMatching(/there is no database_event trigger .*; drop this trigger/)])
    expect(await value(sql, `select count(*) from ${table}`)).toBe(2)
    await sql.query(`drop table ${table}`)
  })

  test('strict, it fails with the start', async () => {
    const { sql } = database
    const { triggerId, ownerId, table } = await attached({}, true)
    await sql.query('select lenses.fn_triggers_delete($1, $2)', [triggerId, ownerId])
    await expect(sql.query(`insert into ${table} values (2, 'new', '')`)).rejects.toThrow('there is no database_event trigger')
    expect(await value(sql, `select count(*) from ${table}`)).toBe(0)
    await sql.query(`drop table ${table}`)
  })

  test('more than max_per_minute of them are skipped, and the firings say so: a workflow that writes its own table stops', async () => {
    const { sql } = database
    const { triggerId, table } = await attached({ max_per_minute: 2 })
    await sql.query(`insert into ${table} select n, 'new', '' from generate_series(1, 5) n`)
    expect((await fireAll(sql)).toSorted()).toEqual(['skipped', 'skipped', 'skipped', 'started', 'started'])
    expect(
      await value(sql, `select count(*) from lenses.trigger_firings where trigger_id = $1 and message like 'More than max_per_minute%'`, [
        triggerId,
      ]),
    ).toBe(3)
    await sql.query(`drop table ${table}`)
  })
})

describe('a job of an event', () => {
  test('that no driver lives through is refused in the firing, with the code', async () => {
    const { sql } = database
    const battle = await createBattle(sql)
    const owner = await value<string>(sql, 'select owner_id from battles.battles where battle_id = $1', [battle])
    const { triggerId } = await makeTrigger(sql, 'battle_event', { owner, config: { types: ['*'] } })
    await sql.query(`insert into battles.events (battle_id, type) values ($1, 'battle.voting')`, [battle])
    const { jobs } = await value<{ jobs: { job_id: number; lease_token: number }[] }>(
      sql,
      `select lenses.fn_worker_claim_workflow_triggers('d', 1)`,
    )
    const [job] = jobs
    expect(
      await value(sql, 'select lenses.fn_worker_fail_trigger_job($1, $2, null, $3)', [
        job!.job_id,
        job!.lease_token,
        JSON.stringify({ code: 'store_refused', message: 'no' }),
      ]),
    ).toBe('dead_lettered')
    expect(await firingsOf(sql, triggerId)).toEqual(['refused store_refused'])
    expect(await triggerRow(sql, triggerId)).toMatchObject({ consecutive_failures: 1 })
  })

  test('whose lease is lost starts nothing, and the next driver starts it', async () => {
    const { sql } = database
    const battle = await createBattle(sql)
    const owner = await value<string>(sql, 'select owner_id from battles.battles where battle_id = $1', [battle])
    const { triggerId } = await makeTrigger(sql, 'battle_event', { owner, config: { types: ['*'] } })
    await sql.query(`insert into battles.events (battle_id, type) values ($1, 'battle.voting')`, [battle])
    const { jobs } = await value<{ jobs: { job_id: number; lease_token: number }[] }>(
      sql,
      `select lenses.fn_worker_claim_workflow_triggers('d', 1)`,
    )
    await sql.query(`update execution.leases set expires_at = now() - interval '1 second'`)
    await sql.query('select execution.sweep()')
    expect(await value(sql, 'select lenses.fn_worker_fire_trigger($1, $2)', [jobs[0]!.job_id, jobs[0]!.lease_token])).toBeNull()
    expect(await fireAll(sql)).toEqual(['started'])
    expect(await runsOf(sql, triggerId)).toHaveLength(1)
    expect(await drainNodes(sql)).toEqual(['a'])
  })
})

describe('housekeeping', () => {
  test('forgets old firings and receipts, not a pending firing, and no receipt of the last 24 hours', async () => {
    const { sql } = database
    const { triggerId } = await makeTrigger(sql, 'webhook', { config: { auth: 'bearer' } })
    const hook = (id: string) => value(sql, `select lenses.fn_hooks_fire($1, '{}', repeat('a', 64), $2)`, [triggerId, id])
    await hook('old')
    await hook('new')
    await sql.query(`insert into lenses.trigger_firings (trigger_id, outcome) values ($1, 'pending')`, [triggerId])
    await sql.query(
      `update lenses.trigger_firings set created_at = now() - interval '40 days' where outcome = 'pending' or run_id = (select run_id from lenses.trigger_receipts where message_id = 'old')`,
    )
    await sql.query(`update lenses.trigger_receipts set received_at = now() - interval '25 hours' where message_id = 'old'`)
    await sql.query(`update execution.retention set keep = interval '0' where what = 'workflow_triggers.receipts'`)
    await sql.query('select execution.fn_housekeeping()')
    await sql.query(`update execution.retention set keep = interval '1 day' where what = 'workflow_triggers.receipts'`)
    expect(await rows(sql, 'select message_id from lenses.trigger_receipts')).toEqual([{ message_id: 'new' }])
    expect((await firingsOf(sql, triggerId)).toSorted()).toEqual(['pending', 'started'])
  })
})
