import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { expect, test } from 'vitest'
import { type Client, useDatabase, value } from '../support/database.ts'
import { brokenRules } from '../support/workflow-rules.ts'
import { type ClaimedNode, claimNodes, completeNode, failNode } from '../support/workflows.ts'
import { createDice, type Dice } from './dice.ts'
import { findingsOfRuns, startRuns } from './runs.ts'

/*
 * Two runs of 500 nodes, against the database alone: five drivers that fail, forget, come late and are killed in the middle of whatever they
 * do, and a sweep that takes their leases back after a moment. `npm run chaos` has such runs in the whole system, beside battles.
 */

const database = useDatabase()
const seed = process.env.AGON_CHAOS_SEED ?? String(Date.now())
const nodes = Number(process.env.AGON_CHAOS_NODES ?? 500)

/** What a driver may be told when its backend was killed, or the server is busy with that. */
const isDeath = (error: unknown): boolean => {
  const { code = '', message = '' } = error as { code?: string; message?: string }
  return /^(57P0|08)/.test(code) || /terminat|closed|ECONNRESET|not queryable/i.test(message)
}

async function driver(name: string, dice: Dice, over: () => boolean, deaths: { count: number }): Promise<void> {
  let client: Client | undefined
  const late: ClaimedNode[] = []
  while (!over()) {
    try {
      if (!client) {
        client = new pg.Client({ connectionString: database.url })
        client.on('error', () => undefined)
        await client.connect()
      }
      const claimed = await claimNodes(client, dice.between(1, 8), 'workflow_node', name)
      if (claimed.length === 0) await delay(5)
      for (const node of claimed) {
        const roll = dice.roll()
        if (roll < 0.05)
          late.push(node) // forgotten, and remembered when somebody else has it
        else if (roll < 0.1) await failNode(client, node, { code: 'provider_unavailable', message: 'chaos' }, 0)
        else {
          await completeNode(client, node)
          if (dice.chance(0.1)) expect(await completeNode(client, node)).toBe(false)
        }
      }
      if (late.length > 0 && dice.chance(0.3)) {
        const node = late.shift()!
        await (dice.chance(0.5) ? completeNode(client, node) : failNode(client, node, { code: 'provider_unavailable', message: 'late' }, 0))
      }
    } catch (error) {
      if (!isDeath(error)) throw error
      deaths.count++
      client = undefined
    }
  }
  await client?.end().catch(() => undefined)
}

test('two runs whose drivers are killed at random end with every node recorded once', { timeout: 300_000 }, async () => {
  const dice = createDice(seed)
  const { sql } = database
  await sql.query(`update execution.job_kinds set lease_ms = 1000 where kind = 'workflow_node'`)
  const stage = { sql: async <Row extends object>(text: string, values: unknown[] = []) => (await sql.query<Row>(text, values)).rows }
  const promised = await startRuns(stage, dice, nodes)
  let ended = false
  const over = () => ended
  const deaths = { count: 0 }
  const [sweeper, killer] = (await database.connectMany(2)) as [Client, Client]
  const working = Promise.all(Array.from({ length: 5 }, (_, nth) => driver(`driver ${nth}`, createDice(`${seed} ${nth}`), over, deaths)))
  const sweeping = (async () => {
    while (!ended) {
      await sweeper.query('select execution.sweep()')
      await delay(100)
    }
  })()
  const killing = (async () => {
    while (!ended) {
      await delay(dice.between(20, 150))
      await killer.query(
        `select pg_terminate_backend(pid) from (select pid from pg_stat_activity where datname = current_database() and query like '%fn_worker_%'
         and pid <> pg_backend_pid() order by random() limit $1) t`,
        [dice.between(1, 2)],
      )
    }
  })()
  const watching = (async () => {
    while (!ended) {
      await delay(100)
      ended = (await value<number>(sql, 'select count(*) from lenses.workflow_runs where finished_at is null')) === 0
    }
  })()
  await Promise.all([watching, working, sweeping, killing]).finally(() => {
    ended = true
  })
  console.log(`seed ${seed}: ${deaths.count} deaths, ${await value(sql, 'select sum(reclaims) from execution.jobs')} jobs taken back`)
  expect(deaths.count).toBeGreaterThan(0)
  expect((await findingsOfRuns(stage, promised)).map(({ kind, what }) => `${kind}: ${what}`)).toEqual([])
  expect(await brokenRules(sql)).toEqual([])
})
