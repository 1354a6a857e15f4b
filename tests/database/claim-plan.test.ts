import { beforeAll, describe, expect, test } from 'vitest'
import { claimJobs, makeQueue } from '../support/battles.ts'
import { type Client, rows, useDatabase, value } from '../support/database.ts'

const database = useDatabase({ kept: true, alone: true })
const many = 100_000

interface Plan {
  'Node Type': string
  'Relation Name'?: string
  'Index Name'?: string
  'Actual Rows'?: number
  'Actual Loops'?: number
  'Rows Removed by Filter'?: number
  'Shared Hit Blocks'?: number
  'Shared Read Blocks'?: number
  Plans?: Plan[]
}

interface Explained {
  query: string
  nodes: Plan[]
  blocks: number
}

const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)]

/** The plans that the statements inside the functions really ran with: auto_explain tells them to the client as notices. */
async function explained(client: Client, work: () => Promise<unknown>): Promise<Explained[]> {
  const seen: Explained[] = []
  const listen = ({ message = '' }: { message?: string }) => {
    const json = message.slice(message.indexOf('{'))
    if (!message.includes('plan:')) return
    const { 'Query Text': query, Plan: plan } = JSON.parse(json) as { 'Query Text': string; Plan: Plan }
    seen.push({ query, nodes: nodesOf(plan), blocks: (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0) })
  }
  await client.query(`load 'auto_explain'; set auto_explain.log_min_duration = 0; set auto_explain.log_nested_statements = on;
    set auto_explain.log_analyze = on; set auto_explain.log_buffers = on; set auto_explain.log_timing = off;
    set auto_explain.log_format = json; set auto_explain.log_level = notice`)
  client.on('notice', listen)
  await work()
  client.off('notice', listen)
  await client.query('set auto_explain.log_min_duration = -1')
  return seen
}

const statement = (plans: Explained[], start: string): Explained => {
  const found = plans.find((plan) => plan.query.replace(/\s+/g, ' ').trim().startsWith(start))
  if (!found) throw new Error(`no statement began with "${start}":\n${plans.map((plan) => plan.query).join('\n---\n')}`)
  return found
}

/** Rows a node fetched, kept or not. */
const touched = (node: Plan) => ((node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0)) * (node['Actual Loops'] ?? 1)

const scansOf = (plan: Explained, table: string) =>
  plan.nodes.filter((node) => node['Relation Name'] === table && node['Node Type'] !== 'ModifyTable')

const hot = ['ready', 'jobs', 'later']
const idOf = (plan: Explained, node: Plan) =>
  `${node['Node Type']} of ${node['Relation Name']}, ${touched(node)} rows: ${plan.query.replace(/\s+/g, ' ').trim().slice(0, 120)}`

/** Scans of the hot tables that read more than they were asked for. */
const wideScans = (plans: Explained[], most: number) =>
  plans.flatMap((plan) =>
    hot
      .flatMap((table) => scansOf(plan, table))
      .filter((node) => touched(node) > most || node['Node Type'] === 'Seq Scan')
      .map((node) => idOf(plan, node)),
  )

/** A queue of many ready jobs, another as long beside it, as many delayed, and a few lanes. Statistics are those of the empty tables: the worst case. */
beforeAll(async () => {
  const { sql } = database
  const queue = await makeQueue(sql)
  const beside = await makeQueue(sql, 'beside')
  for (let nth = 0; nth < 10; nth++) await makeQueue(sql, 'plain', { concurrency_key: `local:${nth}`, concurrency_limit: 1 })
  await sql.query(`
    analyze execution.ready; analyze execution.jobs; analyze execution.later; analyze execution.leases;
    alter table execution.ready set (autovacuum_enabled = off); alter table execution.jobs set (autovacuum_enabled = off);
    alter table execution.later set (autovacuum_enabled = off); set session_replication_role = replica`)
  await sql.query(
    `with added as (
       insert into execution.jobs (queue_id) select case when n % 2 = 0 then $1 else $2 end::int from generate_series(1, $3::int) n returning job_id, queue_id)
     insert into execution.ready (queue_id, position, job_id) select queue_id, job_id, job_id from added`,
    [queue, beside, 2 * many],
  )
  await sql.query(
    `with added as (insert into execution.jobs (queue_id) select $1 from generate_series(1, $2::int) returning job_id)
     insert into execution.later select now() + interval '1 hour' + job_id * interval '1 ms', job_id, $1, 0 from added`,
    [queue, many],
  )
  await sql.query('set session_replication_role = origin')
})

describe(`among ${many.toLocaleString('en')} ready jobs, as many of another queue and as many delayed`, () => {
  for (const statistics of ['of the empty tables', 'up to date']) {
    test(`a claim walks the index and touches what it takes, with statistics ${statistics}`, async () => {
      const { sql } = database
      if (statistics === 'up to date') await sql.query('analyze execution.ready; analyze execution.jobs; analyze execution.later')
      let taken = 0
      const plans = await explained(sql, async () => {
        taken = (await claimJobs(sql, 'plain', 50)).length
      })
      expect(taken).toBe(50)

      const claim = statement(plans, 'with taken as ( delete from execution.ready')
      const ready = scansOf(claim, 'ready')
      expect(ready.map((node) => [node['Node Type'], node['Index Name'], touched(node)])).toEqual([
        ['Index Scan', 'ready_pkey', 50],
        ['Tid Scan', undefined, 50],
      ])
      expect(scansOf(claim, 'jobs').map((node) => [node['Node Type'], node['Index Name'], touched(node)])).toEqual([
        ['Index Scan', 'jobs_pkey', 50],
      ])
      // 50 rows, three index levels, their heap pages and what is written: nothing that grows with the queue.
      expect(claim.blocks).toBeLessThan(2_000)
      // Nothing else in the call reads a big table from end to end either.
      expect(wideScans(plans, 50)).toEqual([])
    })

    test(`a heartbeat, a completion, a sweep and a wake touch only their own jobs, with statistics ${statistics}`, async () => {
      const { sql } = database
      const done = await claimJobs(sql, 'plain', 50)
      const lost = await claimJobs(sql, 'plain', 50)
      await sql.query(`update execution.leases set expires_at = now() - interval '1 s' where lease_token = $1`, [lost[0]!.lease_token])
      await sql.query(
        `update execution.later set run_after = now() - interval '1 s' where job_id in (select job_id from execution.later order by run_after limit 20)`,
      )
      const plans = await explained(sql, async () => {
        await value(sql, 'select execution.fn_worker_heartbeat($1)', [done[0]!.lease_token])
        await value(sql, 'select execution.fn_worker_complete_jobs($1, $2)', [done[0]!.lease_token, done.map((job) => job.job_id)])
        expect(await value(sql, 'select execution.sweep()')).toMatchObject({ promoted: 20, reclaimed: 50 })
        await value(sql, `select execution.fn_worker_wake('plain')`)
      })
      expect(wideScans(plans, 50)).toEqual([])
    })
  }

  test('completing stays a heap-only update: no index covers a column that changes when a job ends', async () => {
    const covered = await rows(
      database.sql,
      `select i.indexrelid::regclass::text as index, a.attname from pg_index i join pg_attribute a on a.attrelid = i.indrelid
       where i.indrelid = 'execution.jobs'::regclass and a.attname = any ($1)
         and (a.attnum = any (i.indkey) or pg_get_expr(i.indpred, i.indrelid) ~ ('\\m' || a.attname || '\\M'))`,
      [['state', 'attempts', 'reclaims', 'finished_at', 'error']],
    )
    expect(covered).toEqual([])
  })

  test('keys that nobody has work on cost nothing: a claim, an arrival and a look for what is next read no more beside 2,000 of their queues', async () => {
    const { sql } = database
    const pagesOf = async () => {
      const plans = await explained(sql, async () => {
        await claimJobs(sql, 'plain', 10)
        await sql.query(
          `select execution.enqueue((select queue_id from execution.queues where kind = 'plain' and concurrency_key is null and limit_key is null), array['{}'::jsonb])`,
        )
        await value(sql, `select execution.next_due_ms('plain')`)
      })
      return plans.reduce((sum, { blocks }) => sum + blocks, 0)
    }
    await pagesOf() // whatever is read once is read now
    const few = await pagesOf()
    await sql.query(
      `select count(execution.queue_for('plain', limit_key => 'byok:' || n, provider => 'openai')) from generate_series(1, 2000) n`,
    )
    await sql.query('vacuum analyze execution.queues')
    await pagesOf()
    expect((await pagesOf()) / few).toBeLessThan(1.5)
  })
})
