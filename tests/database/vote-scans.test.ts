import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  autoFinalize,
  type Battle,
  closeVoting,
  expireLease,
  finalize,
  makeDue,
  modelOf,
  pastDeadline,
  startVoting,
  statusOf,
  sweep,
  voteAll,
} from '../support/battles.ts'
import { type Client, dump, rows, useDatabase, value } from '../support/database.ts'

// The scan of a crowd's votes: when it runs, what it reads, and what it holds.

const database = useDatabase()

interface Scan {
  job_id: number
  lease_token: number
  battle_id: string | null
}
const claimScans = async (sql: Client) =>
  (await value<{ jobs: Scan[] }>(sql, `select battles.fn_worker_claim_vote_scan('driver', 10)`)).jobs
const record = (sql: Client, scan: Scan, findings: object[]) =>
  value<number | null>(sql, 'select battles.fn_worker_record_vote_scan($1, $2, $3)', [
    scan.job_id,
    scan.lease_token,
    JSON.stringify(findings),
  ])
const voters = (sql: Client, choice: string) =>
  rows<{ voter_id: string }>(sql, 'select voter_id from battles.votes where choice = $1 order by voter_id', [choice])
const finding = (voter: string, battle_id: string | null = null) => ({ voter, battle_id, reason: 'concentration', evidence: { log10: 4 } })

async function crowded(mode: 'community' | 'hybrid' = 'community'): Promise<Battle> {
  const battle = await startVoting(database.sql, mode)
  await voteAll(database.sql, battle, ['A', 'A', 'A', 'B', 'B'])
  return battle
}

describe('a battle whose voting ends', () => {
  test('is scanned before its votes are counted: what the scan holds does not decide', async () => {
    const { sql } = database
    const battle = await crowded()
    expect(await closeVoting(sql, battle)).toBe('ended')
    expect(await statusOf(sql, battle)).toBe('scoring')
    expect(await finalize(sql, battle)).toBe('scanning')
    const [scan] = await claimScans(sql)
    expect(scan).toMatchObject({ battle_id: battle.battleId })
    expect(await finalize(sql, battle)).toBe('scanning')
    expect(
      await record(
        sql,
        scan!,
        (await voters(sql, 'A')).map(({ voter_id }) => finding(voter_id)),
      ),
    ).toBe(3)
    expect(await finalize(sql, battle)).toBe('closed')
    expect(await value(sql, `select battles.fn_battles_get($1, null) ->> 'winner_slot'`, [battle.battleId])).toBe('B')
    expect(await rows(sql, `select distinct reason, evidence, decided_by from battles.votes where status = 'held'`)).toEqual([
      { reason: 'concentration', evidence: { log10: 4 }, decided_by: 'scan' },
    ])
  })

  test('waits a minute for its scan and no longer', async () => {
    const { sql } = database
    const battle = await crowded()
    await pastDeadline(sql, battle, 'voting_ends_at')
    await autoFinalize(sql)
    expect(await statusOf(sql, battle)).toBe('scoring')
    await sql.query(`update execution.jobs set created_at = now() - interval '61 seconds'`)
    await autoFinalize(sql)
    expect(await statusOf(sql, battle)).toBe('closed')
    // The scan that comes after all holds nothing: what was counted stays counted.
    const [scan] = await claimScans(sql)
    expect(await record(sql, scan!, [finding((await voters(sql, 'A'))[0]!.voter_id)])).toBe(0)
  })

  test('is not kept waiting by a scan that was given up, and nobody is told to send that back', async () => {
    const { sql } = database
    const battle = await crowded()
    await closeVoting(sql, battle)
    for (let scans = await claimScans(sql); scans.length > 0; scans = await claimScans(sql)) {
      await expireLease(sql, scans[0]!.lease_token)
      await sweep(sql)
      await makeDue(sql)
      await sweep(sql)
    }
    expect(await finalize(sql, battle)).toBe('closed')
    const [letter] = (await value<{ dead_letters: Record<string, unknown>[] }>(sql, 'select battles.fn_dead_letters_list()')).dead_letters
    expect(letter).toMatchObject({ kind: 'vote_scan', redrivable: false })
    expect(await value(sql, 'select battles.fn_redrive_dead_letter($1)', [letter!.dead_letter_id])).toBe('not_found')
  })

  test('with fewer than five votes is not kept waiting', async () => {
    const { sql } = database
    const battle = await startVoting(sql)
    await voteAll(sql, battle, ['A', 'A', 'A', 'B'])
    await closeVoting(sql, battle)
    expect(await statusOf(sql, battle)).toBe('closed')
    expect(await claimScans(sql)).toEqual([])
  })
})

describe('what a scan found', () => {
  test('is recorded once: who lost the lease changes nothing, and the same again holds nothing more', async () => {
    const { sql } = database
    const battle = await crowded()
    const [{ voter_id: voter }] = (await voters(sql, 'A')) as [{ voter_id: string }]
    await value(sql, 'select battles.start_vote_scan(null)')
    const [first] = await claimScans(sql)
    expect(await record(sql, first!, [finding(voter)])).toBe(1)
    const before = await dump(sql)
    expect(await record(sql, first!, [finding(voter), finding((await voters(sql, 'B'))[0]!.voter_id)])).toBeNull()
    expect(await dump(sql)).toBe(before)
    await voteAll(sql, battle, ['A'])
    await closeVoting(sql, battle)
    const [again] = await claimScans(sql)
    expect(await record(sql, again!, [finding(voter)])).toBe(0)
  })

  test('of one battle is held in that battle, and of a voter wherever a battle is open', async () => {
    const { sql } = database
    const battles = [await startVoting(sql), await startVoting(sql)]
    const voter = randomUUID()
    for (const battle of battles) await sql.query(`select battles.fn_submit_vote($1, $2, 'A')`, [battle.battleId, voter])
    const scanned = async (battleId: string | null) => {
      await value(sql, 'select battles.start_vote_scan(null)')
      return record(sql, (await claimScans(sql))[0]!, [finding(voter, battleId)])
    }
    expect(await scanned(battles[0]!.battleId)).toBe(1)
    expect(await value(sql, `select battle_id from battles.votes where status = 'held'`)).toBe(battles[0]!.battleId)
    expect(await scanned(null)).toBe(1)
  })
})

test('a scan reads who stood where, oldest first, and leaves out what a moderator has rejected', async () => {
  const { sql } = database
  const battle = await startVoting(sql)
  await voteAll(sql, battle, ['A', 'B', 'tie'])
  await sql.query(
    `select battles.fn_votes_decide('rejected', jsonb_build_object('voter_id', voter_id)) from battles.votes where choice = 'tie'`,
  )
  const read = await value<Record<string, unknown>[]>(sql, 'select battles.fn_worker_votes_to_scan()')
  expect(read.map(({ choice }) => choice)).toEqual(['A', 'B'])
  expect(read[0]).toMatchObject({ open: true, cleared: false, contenders: { A: modelOf(0), B: modelOf(1) } })
})

test('the hourly scan begins once an hour, while a vote is open', async () => {
  const { sql } = database
  const begin = () => value<number>(sql, 'select battles.fn_scan_votes()')
  expect(await begin()).toBe(0)
  await voteAll(sql, await startVoting(sql), ['A'])
  expect([await begin(), await begin()]).toEqual([1, 0])
  await sql.query(`update execution.jobs set created_at = now() - interval '1 hour' where subject_id is null`)
  expect(await begin()).toBe(1)
})

describe('the twentieth vote for one choice within ten seconds', () => {
  const scans = () =>
    rows<{ state: string; delayed: boolean }>(
      database.sql,
      `select j.state::text, exists (select from execution.later w where w.job_id = j.job_id) as delayed
       from execution.jobs j join execution.queues q using (queue_id) where q.kind = 'vote_scan' order by j.job_id`,
    )
  const votes = (battle: Battle, count: number, choice = 'A') => voteAll(database.sql, battle, Array<string>(count).fill(choice))
  const later = () => database.sql.query(`update battles.vote_watch set scan_at = scan_at - interval '11 seconds'`)

  test('makes a scan, which rings whoever listens', async () => {
    const { sql } = database
    const battle = await startVoting(sql)
    const heard: string[] = []
    await value(sql, `select execution.fn_worker_listen('vote_scan')`)
    await sql.query('listen agon_ready')
    sql.on('notification', ({ payload }) => heard.push(payload!))
    await votes(battle, 19)
    await votes(battle, 19, 'B')
    expect(await scans()).toEqual([])
    await votes(battle, 1)
    expect(await scans()).toEqual([{ state: 'active', delayed: false }])
    await expect.poll(() => heard).toEqual(['vote_scan'])
    expect(await claimScans(sql)).toMatchObject([{ battle_id: null }])
  })

  test('and those after it are read by one more, ten seconds on, however many they are', async () => {
    const battle = await startVoting(database.sql)
    await votes(battle, 24)
    expect(await scans()).toEqual([
      { state: 'active', delayed: false },
      { state: 'active', delayed: true },
    ])
    await later()
    await votes(battle, 3)
    expect(await scans()).toHaveLength(3)
  })

  test('is no burst when they came one by one, or were only changed', async () => {
    const battle = await startVoting(database.sql)
    await votes(battle, 19)
    await database.sql.query(`update battles.votes set created_at = created_at - interval '11 seconds'`)
    await votes(battle, 19)
    for (const { voter_id } of await voters(database.sql, 'A'))
      await value(database.sql, `select battles.fn_submit_vote($1, $2, 'B')`, [battle.battleId, voter_id])
    expect(await scans()).toEqual([])
  })

  test('of many at once makes one scan, and one on its way', async () => {
    const battle = await startVoting(database.sql)
    await votes(battle, 19)
    const clients = await database.connectMany(6)
    await Promise.all(clients.map((client) => voteAll(client, battle, ['A', 'A', 'A'])))
    expect(await scans()).toEqual([
      { state: 'active', delayed: false },
      { state: 'active', delayed: true },
    ])
    expect(await voters(database.sql, 'A')).toHaveLength(37)
  })
  test('waits for nobody while a scan is on its way', async () => {
    const battle = await startVoting(database.sql)
    await votes(battle, 21)
    const [other, voter] = await database.connectMany(2)
    await other!.query('begin')
    await other!.query('select from battles.vote_watch for update')
    await voter!.query(`set statement_timeout = '5s'`)
    await voteAll(voter!, battle, ['A', 'A'])
    await other!.query('rollback')
  })
})
