import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { type Battle, cancel, createBattle, publish } from '../support/battles.ts'
import { type Client, rows, useDatabase, value, warningsDuring } from '../support/database.ts'
import { brokenRules } from '../support/workflow-rules.ts'
import { type ClaimedNode, claimNodes, completeNode, failNode, saveWorkflow, startRun } from '../support/workflows.ts'

/*
 * A battle and a run that answers in it, changed by two at once: whoever comes first, nobody waits in a circle, nothing is answered twice, and
 * nothing is left to wait for what is over. Each pair of acts meets once.
 */

const database = useDatabase()
const isRefusal = (warning: string) => !warning.includes('cannot wake')

type Act<Scene> = [string, (client: Client, scene: Scene) => Promise<unknown>]

async function meet<Scene>(
  acts: Act<Scene>[],
  make: () => Promise<Scene>,
  after: (scene: Scene, names: string) => Promise<void>,
): Promise<void> {
  const [one, other] = (await database.connectMany(2)) as [Client, Client]
  for (const [nth, [first, act]] of acts.entries())
    for (const [second, another] of acts.slice(nth)) {
      const scene = await make()
      const names = `${first}, and ${second}`
      const warnings = await warningsDuring(one, async () => {
        const done = await Promise.allSettled([act(one, scene), another(other, scene)])
        expect(
          done.flatMap((each) => (each.status === 'rejected' ? [String(each.reason)] : [])),
          names,
        ).toEqual([])
      })
      expect(warnings.filter(isRefusal), names).toEqual([])
      await after(scene, names)
    }
}

const answeredTwice = () =>
  rows(
    database.sql,
    `select battle_id, data ->> 'slot' from battles.events where type in ('contender.submitted', 'contender.failed', 'contender.timed_out') group by 1, 2 having count(*) > 1`,
  )

describe('a run that answers in the battle it made', () => {
  interface Scene {
    runId: string
    ownerId: string
    battle: Battle
    a: ClaimedNode
    b: ClaimedNode
  }
  const take = (client: Client, node: ClaimedNode, battle: Battle, slot: string) =>
    value(client, 'select lenses.fn_worker_take_slot($1, $2, $3, $4)', [node.job_id, node.lease_token, battle.battleId, slot])

  async function make(): Promise<Scene> {
    const { sql } = database
    const contender = (id: string) => ({ id, type: 'contender_run', job_kind: 'lens_run' })
    const { runId, ownerId } = await startRun(sql, {
      nodes: [{ id: 'create', type: 'battle_create' }, contender('a'), contender('b')],
      edges: [
        ['create', 'a'],
        ['create', 'b'],
      ],
    })
    const create = (await claimNodes(sql)).find(({ run_id }) => run_id === runId)!
    const made = await value<{ battle_id: string }>(sql, 'select lenses.fn_worker_create_battle($1, $2, $3)', [
      create.job_id,
      create.lease_token,
      JSON.stringify({
        title: 'A battle',
        task_prompt: 'Answer.',
        judge: { model_key: 'house/judge' },
        contenders: [{ workflow: { node_id: 'a' } }, { workflow: { node_id: null }, identity: 'b' }],
      }),
    ])
    const battle = { battleId: made.battle_id, ownerId }
    await publish(sql, battle)
    await completeNode(sql, create)
    const nodes = (await claimNodes(sql, 100, 'lens_run')).filter(({ run_id }) => run_id === runId)
    const [a, b] = ['a', 'b'].map((id) => nodes.find(({ node_id }) => node_id === id)!) as [ClaimedNode, ClaimedNode]
    await take(sql, a, battle, 'A')
    return { runId, ownerId, battle, a, b }
  }

  const acts: Act<Scene>[] = [
    ['an answer', (client, { a }) => completeNode(client, a)],
    ['a failure', (client, { a }) => failNode(client, a)],
    ['the other takes its slot', (client, { b, battle }) => take(client, b, battle, 'B')],
    ['the other ends without it', (client, { b }) => completeNode(client, b)],
    [
      'a cancel of the run',
      (client, { runId, ownerId }) => value(client, 'select lenses.fn_workflow_runs_cancel($1, $2)', [runId, ownerId]),
    ],
    ['a cancel of the battle', (client, { battle }) => cancel(client, battle)],
    [
      'a hold and a release',
      async (client, { battle }) => {
        await value(client, `select battles.fn_battles_hold($1, 'why')`, [battle.battleId])
        await value(client, 'select battles.fn_battles_release($1)', [battle.battleId])
      },
    ],
    [
      'lost leases',
      async (client) => {
        await client.query(
          `update execution.leases set expires_at = now() - interval '1 second' where lease_token in (select lease_token from execution.leases for update skip locked)`,
        )
        await value(client, 'select execution.sweep()')
      },
    ],
  ]

  test('by two at once', { timeout: 120_000 }, async () => {
    await meet(acts, make, async ({ runId, ownerId, battle }, names) => {
      await value(database.sql, 'select lenses.fn_workflow_runs_cancel($1, $2)', [runId, ownerId])
      expect(await brokenRules(database.sql), names).toEqual([])
      expect(
        await value(database.sql, `select count(*)::int from battles.contenders where battle_id = $1 and status = 'pending'`, [
          battle.battleId,
        ]),
        names,
      ).toBe(0)
      expect(await answeredTwice(), names).toEqual([])
    })
  })
})

describe('a workflow that contends', () => {
  interface Job {
    job_id: number
    lease_token: number
    battle_id: string
    cancels: boolean
    run: { status: string } | null
  }
  interface Scene {
    battle: Battle
    /** Of a contender whose run has still to begin, and of one that waits for it and is looked at too early. */
    begins: Job
    looks: Job
    node: ClaimedNode
  }
  const claim = async (client: Client) =>
    (await value<{ jobs: Job[] }>(client, `select battles.fn_worker_claim_workflow_contender('a test', 100)`)).jobs
  const begin = (client: Client, job: Job) =>
    value(client, `select battles.fn_worker_begin_contender_run($1, $2, '{"prompt":"x"}')`, [job.job_id, job.lease_token])
  const runsOf = (battle: Battle) =>
    rows<{ run_id: string; owner_id: string; finished: boolean }>(
      database.sql,
      'select r.run_id, r.owner_id, r.finished_at is not null as finished from lenses.workflow_runs r join execution.jobs j on j.job_id = r.caller_job_id join battles.contenders c on c.contender_id = j.subject_id where c.battle_id = $1',
      [battle.battleId],
    )

  async function make(): Promise<Scene> {
    const { sql } = database
    const ownerId = randomUUID()
    const workflow = async () => {
      const { versionId, workflowId } = await saveWorkflow(sql, { nodes: ['say'] }, ownerId)
      return { workflow: { version_id: versionId, workflow_id: workflowId, inputs: {}, makes: 'text' } }
    }
    const battle = await createBattle(sql, { ownerId, contenders: [await workflow(), await workflow()] })
    await publish(sql, battle)
    const [one, two] = (await claim(sql)).filter(({ battle_id }) => battle_id === battle.battleId) as [Job, Job]
    await begin(sql, one)
    const [run] = await runsOf(battle)
    const node = (await claimNodes(sql)).find(({ run_id }) => run_id === run!.run_id)!
    await sql.query(`update execution.later set run_after = now() - interval '1 ms' where job_id = $1`, [one.job_id])
    const [looks] = (await claim(sql)).filter(({ battle_id }) => battle_id === battle.battleId)
    return { battle, begins: two, looks: looks!, node }
  }

  const acts: Act<Scene>[] = [
    ['its run begins', (client, { begins }) => begin(client, begins)],
    [
      'its job waits on',
      (client, { looks }) => value(client, 'select battles.fn_worker_await_contender_run($1, $2)', [looks.job_id, looks.lease_token]),
    ],
    ['its nodes are claimed', (client) => claimNodes(client)],
    ['its run ends', (client, { node }) => completeNode(client, node)],
    [
      'its run is cancelled',
      async (client, { battle }) => {
        for (const { run_id, owner_id } of await runsOf(battle))
          await value(client, 'select lenses.fn_workflow_runs_cancel($1, $2)', [run_id, owner_id])
      },
    ],
    [
      'its time is over',
      (client, { looks }) =>
        value(client, `select battles.fn_move_battle_job_to_dlq($1, $2, '{"code":"deadline_exceeded","message":"late"}')`, [
          looks.job_id,
          looks.lease_token,
        ]),
    ],
    ['a cancel of the battle', (client, { battle }) => cancel(client, battle)],
    [
      'a hold and a release',
      async (client, { battle }) => {
        await value(client, `select battles.fn_battles_hold($1, 'why')`, [battle.battleId])
        await value(client, 'select battles.fn_battles_release($1)', [battle.battleId])
      },
    ],
    [
      'lost leases',
      async (client) => {
        await client.query(
          `update execution.leases set expires_at = now() - interval '1 second' where lease_token in (select lease_token from execution.leases for update skip locked)`,
        )
        await value(client, 'select execution.sweep()')
      },
    ],
  ]

  test('by two at once', { timeout: 120_000 }, async () => {
    const { sql } = database
    await meet(acts, make, async ({ battle }, names) => {
      await cancel(sql, battle)
      // Errands end what nobody waits for.
      await value(sql, `select execution.sweep()`)
      await sql.query(`update execution.leases set expires_at = now() - interval '1 second'`)
      await value(sql, `select execution.sweep()`)
      for (const job of (await claim(sql)).filter(({ cancels }) => cancels))
        await value(sql, 'select battles.fn_worker_cancel_contender_run($1, $2)', [job.job_id, job.lease_token])
      expect(
        (await runsOf(battle)).filter(({ finished }) => !finished),
        names,
      ).toEqual([])
      expect(
        await value(
          sql,
          `select count(*)::int from lenses.workflow_runs where caller_job_id is not null group by caller_job_id having count(*) > 1`,
        ),
        names,
      ).toBeUndefined()
      expect(await answeredTwice(), names).toEqual([])
      expect(await brokenRules(sql), names).toEqual([])
    })
  })
})
