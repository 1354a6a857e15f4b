import { randomUUID } from 'node:crypto'
import { ok } from '@agon/runner-core/result'
import { describe, expect, test } from 'vitest'
import { type Battle, eventsOf as battleEvents, cancel, statusOf } from '../../support/battles.ts'
import { beginRun, type ContenderJob, claimContenders, contending, runsOf, slotsOf, speaker } from '../../support/contenders.ts'
import { type Client, killedIn, loseLeases, rows, useDatabase, value } from '../../support/database.ts'
import { nodeDriver } from '../../support/node-driver.ts'
import { brokenRules } from '../../support/workflow-rules.ts'
import { claimNodes, completeNode, failNode, runStatus, saveWorkflow, type TestGraph } from '../../support/workflows.ts'

/*
 * Contenders that are workflows. The job of such a contender begins a run, waits for its end without a lease and hands in what it came to;
 * whoever dies in between, the run is begun once and the answer handed in once.
 */

const database = useDatabase()

const answering = speaker
const begun = (graphs: [TestGraph, TestGraph] = [answering, answering], more: Record<string, unknown> = {}, handicap = {}) =>
  contending(database.sql, { graphs, with: more, handicap })
const claim = (client: Client = database.sql, most = 10) => claimContenders(client, most)
const begin = (job: ContenderJob, client: Client = database.sql) => beginRun(client, job)
const runs = () => runsOf(database.sql)
const slots = (battle: Battle) => slotsOf(database.sql, battle)

describe('a workflow that contends', () => {
  test('is given the task and its inputs, and what its run comes to is its answer', async () => {
    const { battle, ownerId, contenders } = await begun()
    const { drain } = nodeDriver(database.sql)
    await drain()
    expect(await slots(battle)).toEqual([
      { slot: 'A', status: 'submitted', code: null, said: 'style 0: A haiku.' },
      { slot: 'B', status: 'submitted', code: null, said: 'style 1: A haiku.' },
    ])
    expect(await statusOf(database.sql, battle)).toBe('scoring')
    expect(await rows(database.sql, `select owner_id, trigger_mode, status::text from lenses.workflow_runs`)).toEqual([
      { owner_id: ownerId, trigger_mode: 'contender', status: 'completed' },
      { owner_id: ownerId, trigger_mode: 'contender', status: 'completed' },
    ])
    expect(await rows(database.sql, `select model_key, contender_type::text as type from battles.contenders order by slot`)).toEqual(
      contenders.map(({ workflow }) => ({ model_key: `workflow:${workflow.workflow_id}`, type: 'workflow' })),
    )
    expect(await value(database.sql, `select battle_type::text from battles.battles`)).toBe('workflow_battle')
    expect(await brokenRules(database.sql)).toEqual([])
  })

  test('fails with what its run failed with, once, and the other wins by walkover', async () => {
    const { battle } = await begun([{ nodes: [{ id: 'down' }] }, answering])
    for (const job of await claim()) await begin(job)
    for (const node of await claimNodes(database.sql))
      await (node.node_id === 'down' ? failNode(database.sql, node) : completeNode(database.sql, node))
    await nodeDriver(database.sql).drain()
    expect(await slots(battle)).toMatchObject([
      { status: 'failed', code: 'provider_unavailable' },
      { status: 'submitted', said: 'of say' },
    ])
    expect(await statusOf(database.sql, battle)).toBe('closed')
    expect(await value(database.sql, `select count(*)::int from execution.dead_letters where kind = 'workflow_contender'`)).toBe(1)
  })

  test('that a run’s owner cancels has failed; and one sent back begins another run', async () => {
    const { battle, ownerId } = await begun()
    for (const job of await claim()) await begin(job)
    const [first] = await runs()
    await value(database.sql, 'select lenses.fn_workflow_runs_cancel($1, $2)', [first!.run_id, ownerId])
    const driver = nodeDriver(database.sql)
    await driver.drain(['workflow_contender'])
    expect((await slots(battle)).filter(({ code }) => code === 'slot_unanswered')).toHaveLength(1)
    const letter = await value<number>(database.sql, 'select dead_letter_id from execution.dead_letters')
    expect(await value(database.sql, 'select battles.fn_redrive_dead_letter($1)', [letter])).toBe('redriven')
    await driver.drain()
    expect((await slots(battle)).map(({ status }) => status)).toEqual(['submitted', 'submitted'])
    expect(await runs()).toHaveLength(3)
    expect(await brokenRules(database.sql)).toEqual([])
  })

  test('has its contender’s time: the run ends with it, and the contender timed out', async () => {
    const { battle } = await begun([answering, answering], {}, { time_budget_ms: 60_000 })
    for (const job of await claim()) await begin(job)
    expect(
      await value(
        database.sql,
        `select bool_and(r.deadline_at = j.deadline_at) from lenses.workflow_runs r join execution.jobs j on j.job_id = r.caller_job_id`,
      ),
    ).toBe(true)
    await database.sql.query(`update lenses.workflow_runs set deadline_at = now() - interval '1 s'`)
    await value(database.sql, 'select lenses.fn_end_overdue_runs()')
    await nodeDriver(database.sql).drain(['workflow_contender'])
    expect(await slots(battle)).toMatchObject([{ status: 'timed_out' }, { status: 'timed_out' }])
    expect(await statusOf(database.sql, battle)).toBe('void')
  })

  test('whose time is over before its run noticed has it ended by an errand', async () => {
    const { battle } = await begun()
    for (const job of await claim()) await begin(job)
    await database.sql.query(
      `update execution.jobs set deadline_at = now() - interval '1 s' where subject_id is not null and queue_id = (select queue_id from execution.queues where kind = 'workflow_contender')`,
    )
    await database.sql.query(`update execution.later set run_after = now() - interval '1 ms'`)
    await nodeDriver(database.sql).drain(['workflow_contender'])
    expect(await slots(battle)).toMatchObject([{ status: 'timed_out' }, { status: 'timed_out' }])
    expect((await runs()).map(({ status }) => status)).toEqual(['cancelled', 'cancelled'])
    expect(await brokenRules(database.sql)).toEqual([])
  })

  test('spends from the budget of its battle', async () => {
    const { battle } = await begun([answering, answering], { budget_usd: 0.5 })
    for (const job of await claim()) await begin(job)
    expect(await rows(database.sql, 'select distinct spender_id, budget_usd::float as budget from lenses.workflow_runs')).toEqual([
      { spender_id: battle.battleId, budget: 0.5 },
    ])
  })

  test('that makes another kind than its battle is of, or a picture kept elsewhere, has not answered', async () => {
    const { battle } = await begun()
    for (const job of await claim()) await begin(job)
    const image = { kind: 'image', artifact_kind: 'image', output: '', media: { url: 'https://elsewhere.test/a.png' } }
    for (const node of await claimNodes(database.sql)) await completeNode(database.sql, node, { envelope: image })
    await nodeDriver(database.sql).drain(['workflow_contender'])
    expect(await slots(battle)).toMatchObject([{ code: 'mixed_kinds' }, { code: 'mixed_kinds' }])
    const pictures = await begun()
    await database.sql.query(`update battles.contenders set model_kind = 'image' where battle_id = $1`, [pictures.battle.battleId])
    for (const job of await claim()) await begin(job)
    for (const [nth, node] of (await claimNodes(database.sql)).entries())
      await completeNode(database.sql, node, { envelope: { ...image, media: { url: nth === 0 ? 'own' : 'https://elsewhere.test/a.png' } } })
    const copied: string[] = []
    const media = {
      isOwn: (url: string) => url === 'own',
      copy: async (_: unknown, { path }: { path: string }) => {
        copied.push(path)
        return ok({ url: `kept/${path}`, path, mimeType: 'image/png', bytes: 1 })
      },
    }
    await nodeDriver(database.sql, undefined, { media }).drain(['workflow_contender'])
    const ended = await slots(pictures.battle)
    expect(ended.map(({ status, code }) => code ?? status).sort()).toEqual(['media_refused', 'submitted'])
    // Kept under the battle's own name: where the node kept it would tell of the node.
    expect(
      await rows(database.sql, `select content_url from battles.submissions where battle_id = $1`, [pictures.battle.battleId]),
    ).toEqual([{ content_url: `kept/${copied[0]}` }])
    expect(copied[0]).toContain(pictures.battle.battleId)
  })
})

describe('a battle that is cancelled', () => {
  test('has the runs of its contenders end, by an errand and not under its own lock', async () => {
    const { battle } = await begun()
    const [first] = await claim(database.sql, 1)
    await begin(first!)
    expect(await cancel(database.sql, battle)).toBe('cancelled')
    expect(await runs()).toMatchObject([{ status: 'running' }])
    const [errand] = await claim()
    expect(errand).toMatchObject({ cancels: true })
    const end = (client: Client) =>
      value<boolean>(client, 'select battles.fn_worker_cancel_contender_run($1, $2)', [errand!.job_id, errand!.lease_token])
    await killedIn(database, end)
    expect(await runs()).toMatchObject([{ status: 'running' }])
    expect(await end(database.sql)).toBe(true)
    expect(await end(database.sql)).toBe(false)
    expect(await runs()).toMatchObject([{ status: 'cancelled' }])
    expect(await brokenRules(database.sql)).toEqual([])
  })

  test('while the run begins: whoever comes second finds nothing of it', async () => {
    const { battle } = await begun()
    const [a] = await claim(database.sql, 1)
    await cancel(database.sql, battle)
    expect(await begin(a!)).toEqual({ outcome: 'lost' })
    expect(await runs()).toEqual([])
  })
})

describe('a driver dies', () => {
  test('before the run begins, or while it does: the next driver begins it, and there is one', async () => {
    await begun()
    const [a] = await claim(database.sql, 1)
    await killedIn(database, (client) => begin(a!, client))
    expect(await runs()).toEqual([])
    await loseLeases(database.sql)
    const again = (await claim()).find(({ slot }) => slot === a!.slot)!
    expect(again).toMatchObject({ run: null, takes: ['prompt'] })
    expect(await begin(again)).toMatchObject({ outcome: 'begun' })
    expect(await begin(a!)).toEqual({ outcome: 'lost' }) // it had only lost its connection
    expect(await begin(again)).toEqual({ outcome: 'lost' }) // and asks again, because it never heard
    expect(await runs()).toHaveLength(1)
  })

  test('who had lost its lease begins no second run, though it did not know', async () => {
    await begun()
    const [a] = await claim(database.sql, 1)
    await loseLeases(database.sql)
    expect(await begin(a!)).toEqual({ outcome: 'lost' })
    expect(await runs()).toEqual([])
  })

  test('between the run’s end and the answer: the next driver hands it in, once', async () => {
    const { battle } = await begun()
    for (const job of await claim()) await begin(job)
    expect(await claim()).toEqual([]) // they wait, and hold no lease
    for (const node of await claimNodes(database.sql)) await completeNode(database.sql, node)
    const rung = await claim()
    expect(rung.map(({ run }) => run!.status)).toEqual(['completed', 'completed'])
    await loseLeases(database.sql)
    await nodeDriver(database.sql).drain(['workflow_contender'])
    expect((await battleEvents(database.sql, battle)).filter((type) => type === 'contender.submitted')).toHaveLength(2)
    const answer = (job: ContenderJob) =>
      value(database.sql, `select battles.fn_worker_complete_battle_job($1, $2, '{"content_text":"late"}')`, [job.job_id, job.lease_token])
    expect(await answer(rung[0]!)).toBe(false)
  })

  test('with a run that ends as its job looks at it: the end is seen, or rings', async () => {
    await begun()
    const jobs = await claim()
    for (const job of jobs) await begin(job)
    await database.sql.query(`update execution.later set run_after = now() - interval '1 ms'`) // somebody looks too early
    const [early] = await claim(database.sql, 1)
    const wait = (client: Client, job: ContenderJob) =>
      value<boolean>(client, 'select battles.fn_worker_await_contender_run($1, $2)', [job.job_id, job.lease_token])
    await killedIn(database, (client) => wait(client, early!))
    for (const node of await claimNodes(database.sql)) await completeNode(database.sql, node)
    expect(await wait(database.sql, early!)).toBe(true)
    expect(await wait(database.sql, early!)).toBe(false)
    const again = await claim()
    expect(again.map(({ run }) => run!.status)).toEqual(['completed', 'completed'])
  })

  test('a held battle’s job stays, and goes on with what its run came to when it is released', async () => {
    const { battle } = await begun()
    for (const job of await claim()) await begin(job)
    const nodes = await claimNodes(database.sql)
    await value(database.sql, `select battles.fn_battles_hold($1, 'why')`, [battle.battleId])
    for (const node of nodes) await completeNode(database.sql, node)
    expect(await claim()).toEqual([])
    await value(database.sql, 'select battles.fn_battles_release($1)', [battle.battleId])
    await nodeDriver(database.sql).drain(['workflow_contender'])
    expect((await slots(battle)).map(({ status }) => status)).toEqual(['submitted', 'submitted'])
    expect((await runs()).every(({ status }) => status === 'completed')).toBe(true)
    expect(await runStatus(database.sql, (await runs())[0]!.run_id)).toBe('completed')
  })
})

describe('which version contends', () => {
  const found = (owner: string, wanted: object[]) =>
    value<Record<string, unknown>[]>(database.sql, 'select lenses.fn_contending_versions($1, $2)', [owner, JSON.stringify(wanted)])

  test('the one that is named, or the published one of a workflow; for whoever may run it', async () => {
    const { ownerId, workflowId, versionId } = await saveWorkflow(database.sql, answering)
    const other = randomUUID()
    expect(await found(ownerId, [{ workflow_id: workflowId }, { version_id: versionId }, { workflow_id: randomUUID() }])).toMatchObject([
      { refused: 'workflow_unpublished' },
      { version_id: versionId, workflow_id: workflowId, missing: [], makes: 'text', simulated: false },
      { refused: 'not_found' },
    ])
    expect(await found(other, [{ version_id: versionId }, { workflow_id: workflowId }])).toEqual([
      { refused: 'not_found' },
      { refused: 'not_found' },
    ])
    await database.sql.query(`update lenses.workflow_versions set published_at = now(), capabilities = '{ffmpeg}' where version_id = $1`, [
      versionId,
    ])
    await database.sql.query(`update lenses.workflows set visibility = 'public' where workflow_id = $1`, [workflowId])
    expect(await found(other, [{ workflow_id: workflowId }])).toMatchObject([{ version_id: versionId, missing: ['ffmpeg'] }])
  })
})
