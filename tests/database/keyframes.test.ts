import { afterEach, describe, expect, test } from 'vitest'
import {
  autoFinalize,
  type Battle,
  cancel,
  claimJudgings,
  claimTasks,
  complete,
  createBattle,
  deadLetter,
  eventsOf,
  expireLease,
  finalize,
  judge,
  makeDue,
  type NewBattle,
  publish,
  requeue,
  statusOf,
  sweep,
  voteAll,
} from '../support/battles.ts'
import { type Client, rows, useDatabase, value } from '../support/database.ts'

// Films that are judged: their pictures come first, and every way their job can end leads to a verdict.

const database = useDatabase()
const sql = () => database.sql

const announce = (capabilities: string[], driver = 'worker-1') =>
  sql().query('select execution.fn_worker_announce_capabilities($1, $2)', [driver, capabilities])
afterEach(() => sql().query('delete from execution.capabilities'))

const films = [1, 2].map((nth) => ({ model_key: `house/film-${nth}`, model_kind: 'video', provider: 'fal' }))
const filmOutput = (slot: string) => ({
  media_url: `https://project.test/${slot}.mp4`,
  mime_type: 'video/mp4',
  output_modality: 'video',
})

/** A battle of films whose contenders have answered. */
async function startFilms(wanted: NewBattle = {}): Promise<Battle> {
  await announce(['ffmpeg'])
  const battle = await createBattle(sql(), { contenders: films, ...wanted })
  await publish(sql(), battle)
  for (const job of await claimTasks(sql(), 10)) await complete(sql(), job, filmOutput(job.slot))
  return battle
}

interface HeldFilm {
  lease_token: number
  job_id: number
  contender_id: string
  content_url: string
}
const claimFilms = async (most = 1, client: Client = sql()) =>
  (await value<{ jobs: HeldFilm[] }>(client, 'select battles.fn_worker_claim_battle_keyframes($1, $2)', ['worker-1', most])).jobs
const keep = (film: HeldFilm, places = [125, 375]) =>
  value<boolean>(sql(), 'select battles.fn_worker_complete_battle_keyframes($1, $2, $3)', [
    film.job_id,
    film.lease_token,
    JSON.stringify(places.map((at_ms) => ({ url: `${film.content_url}.${at_ms}.jpg`, at_ms }))),
  ])
const redrive = (battle: Battle) =>
  value<string>(
    sql(),
    `select battles.fn_redrive_dead_letter(d.dead_letter_id) from execution.dead_letters d where battles.battle_of(d.subject_id) = $1`,
    [battle.battleId],
  )

describe('what drivers can do', () => {
  const has = () => value<boolean>(sql(), `select execution.has_capability('ffmpeg')`)

  test('is known while one that can was heard of, and taken back when it stops', async () => {
    expect(await has()).toBe(false)
    await announce(['ffmpeg', 'other'])
    await announce(['ffmpeg'], 'worker-2')
    expect(await has()).toBe(true)
    await announce(['other'])
    expect(await has()).toBe(true)
    await announce([], 'worker-2')
    expect(await has()).toBe(false)
  })

  test('is forgotten after ten minutes of silence', async () => {
    await announce(['ffmpeg'])
    await sql().query(`update execution.capabilities set seen_at = now() - interval '11 minutes'`)
    expect(await has()).toBe(false)
    expect(await value(sql(), `select execution.forget_capabilities('0', 10)`)).toBe(1)
  })

  test('decides whether a battle of films may be judged, and of nothing else', async () => {
    await expect(createBattle(sql(), { contenders: films })).rejects.toThrow('capability_missing')
    await createBattle(sql(), {
      contenders: films,
      judge: undefined as never,
      with: { judge: null, scoring_mode: 'community', voting_window_ms: 60_000 },
    })
    await createBattle(sql(), { contenders: [1, 2].map((nth) => ({ model_key: `house/image-${nth}`, model_kind: 'image' })) })
    // A repeat is the battle that was made, whatever can be done by now.
    await announce(['ffmpeg'])
    const again = {
      contenders: films,
      ownerId: '00000000-0000-4000-8000-00000000f11e',
      with: { idempotency_key: 'again', request_hash: 'x' },
    }
    const first = await createBattle(sql(), again)
    await announce([])
    expect((await createBattle(sql(), again)).battleId).toBe(first.battleId)
  })
})

describe('a film that will be judged', () => {
  test('has its pictures taken out by a worker alone, and no judge begins before the last has them', async () => {
    const battle = await startFilms()
    expect(await value(sql(), `select wake_function from execution.job_kinds where kind = 'battle_keyframes'`)).toBeNull()
    expect(await statusOf(sql(), battle)).toBe('scoring')
    const [a, b] = await claimFilms(5)
    expect(a!.content_url).toMatch(/\.mp4$/)
    expect(await claimJudgings(sql(), 5)).toEqual([])
    // The schedule does not take a battle without a judging for one that is over.
    expect([await autoFinalize(sql()), await finalize(sql(), battle)]).toEqual([0, 'judging'])
    expect(await keep(a!)).toBe(true)
    expect(await claimJudgings(sql(), 5)).toEqual([])
    expect(await keep(b!)).toBe(true)
    await judge(sql(), [
      ['A', 'B'],
      ['A', 'B'],
    ])
    expect(await finalize(sql(), battle)).toBe('closed')
    expect(await eventsOf(sql(), battle)).toEqual(expect.arrayContaining(['keyframes.extracted', 'verdict.recorded', 'battle.closed']))
  })

  test('is shown to the judge with its pictures, and to a reader', async () => {
    const battle = await startFilms()
    for (const film of await claimFilms(5)) await keep(film)
    const [judging] = await claimJudgings(sql())
    expect(judging!.answers).toMatchObject([
      { keyframes: [{ at_ms: 125 }, { at_ms: 375 }] },
      { keyframes: [{ at_ms: 125 }, { at_ms: 375 }] },
    ])
    const shown = await value<{ contenders: { submission: { keyframes: unknown[] } }[] }>(
      sql(),
      'select battles.fn_battles_get($1, null)',
      [battle.battleId],
    )
    expect(shown.contenders.map(({ submission }) => submission.keyframes.length)).toEqual([2, 2])
  })

  test('is not touched where votes alone decide', async () => {
    await startFilms({ with: { judge: null, scoring_mode: 'community', voting_window_ms: 60_000 } })
    expect(await claimFilms(5)).toEqual([])
  })

  test('waits through a vote: its pictures are taken meanwhile', async () => {
    const battle = await startFilms({ with: { scoring_mode: 'hybrid', voting_window_ms: 60_000 } })
    expect(await statusOf(sql(), battle)).toBe('voting')
    for (const film of await claimFilms(5)) await keep(film)
    await voteAll(sql(), battle, ['A'])
    await value(sql(), 'select battles.fn_battles_close_voting($1, $2)', [battle.battleId, battle.ownerId])
    expect(await claimJudgings(sql(), 5)).toHaveLength(1)
  })
})

describe('a film that cannot be read', () => {
  test('is given up with its reason, and the judge is asked without its pictures', async () => {
    const battle = await startFilms()
    const [a, b] = await claimFilms(5)
    await keep(a!)
    expect(await deadLetter(sql(), b!, { code: 'media_unreadable', message: 'no film' })).toBe('dead_lettered')
    const [judging] = await claimJudgings(sql())
    expect(judging!.answers.map((answer) => (answer as unknown as { keyframes: unknown[] | null }).keyframes?.length ?? null)).toEqual([
      2,
      null,
    ])
    expect(
      await rows(
        sql(),
        `select data ->> 'slot' as slot, data #>> '{error,code}' as code from battles.events where battle_id = $1 and type = 'keyframes.failed'`,
        [battle.battleId],
      ),
    ).toEqual([{ slot: 'B', code: 'media_unreadable' }])
    // Judges have begun: other pictures would show them another battle.
    expect(await redrive(battle)).toBe('battle_scoring')
  })

  test('is tried again first, and contenders stay as they answered', async () => {
    const battle = await startFilms()
    const [a, b] = await claimFilms(5)
    await keep(b!)
    expect(await requeue(sql(), a!, 1000, { code: 'media_unavailable', message: 'later' })).toBe('requeued')
    expect(await claimJudgings(sql(), 5)).toEqual([])
    await makeDue(sql())
    const [again] = await claimFilms(5)
    expect(again!.job_id).toBe(a!.job_id)
    await keep(again!)
    expect(await claimJudgings(sql(), 5)).toHaveLength(1)
    expect(await rows(sql(), 'select distinct status from battles.contenders where battle_id = $1', [battle.battleId])).toEqual([
      { status: 'submitted' },
    ])
  })

  test('and whose drivers vanish is given up after so many', async () => {
    await startFilms()
    const [a, b] = await claimFilms(5)
    await keep(b!)
    for (let lost = a!; ; lost = (await claimFilms(5))[0]!) {
      await expireLease(sql(), lost.lease_token)
      await sweep(sql())
      expect(await keep(lost)).toBe(false)
      if ((await claimJudgings(sql(), 5)).length > 0) break
    }
    expect(await value(sql(), `select error_code from execution.dead_letters where kind = 'battle_keyframes'`)).toBe('lease_lost')
  })

  test('because no worker is there any more is given up in its time; one in hand is left to its driver', async () => {
    const battle = await startFilms()
    const [held] = await claimFilms(1)
    const overdue = () =>
      sql().query(
        `update execution.jobs set deadline_at = now() - interval '1 second' where subject_id in (select submission_id from battles.submissions)`,
      )
    expect(await autoFinalize(sql())).toBe(0)
    await overdue()
    await autoFinalize(sql())
    expect(await claimJudgings(sql(), 5)).toEqual([])
    await keep(held!)
    expect(await claimJudgings(sql(), 5)).toHaveLength(1)
    expect(
      await rows(sql(), `select data #>> '{error,code}' as code from battles.events where battle_id = $1 and type = 'keyframes.failed'`, [
        battle.battleId,
      ]),
    ).toEqual([{ code: 'capability_missing' }])
    expect(await claimFilms(5)).toEqual([])
  })

  test('can be sent back while nobody judges yet', async () => {
    const battle = await startFilms({ with: { scoring_mode: 'hybrid', voting_window_ms: 60_000 } })
    const [a, b] = await claimFilms(5)
    await keep(a!)
    await deadLetter(sql(), b!)
    expect(await redrive(battle)).toBe('redriven')
    const listed = await value<{ dead_letters: { battle_id: string }[] }>(
      sql(),
      `select battles.fn_dead_letters_list('{"kind": "battle_keyframes", "state": "all"}')`,
    )
    expect(listed.dead_letters.map(({ battle_id }) => battle_id)).toContain(battle.battleId)
    await keep((await claimFilms(5))[0]!)
    await value(sql(), 'select battles.fn_battles_close_voting($1, $2)', [battle.battleId, battle.ownerId])
    expect(await claimJudgings(sql(), 5)).toHaveLength(1)
  })
})

test('a walkover needs no judge, and its film no pictures', async () => {
  await announce(['ffmpeg'])
  const battle = await createBattle(sql(), { contenders: films })
  await publish(sql(), battle)
  const [a, b] = await claimTasks(sql(), 2)
  await complete(sql(), a!, filmOutput(a!.slot))
  const [film] = await claimFilms(5)
  await deadLetter(sql(), b!)
  expect(await statusOf(sql(), battle)).toBe('closed')
  expect(await keep(film!)).toBe(false)
  expect((await eventsOf(sql(), battle)).at(-1)).toBe('battle.closed')
})

test('a battle that is cancelled, or held, takes its films with it', async () => {
  const battle = await startFilms()
  const [a, b] = await claimFilms(5)
  await value(sql(), `select battles.fn_battles_hold($1, 'look')`, [battle.battleId])
  expect(await keep(a!)).toBe(false)
  expect([await claimFilms(5), await claimJudgings(sql(), 5)]).toEqual([[], []])
  await value(sql(), 'select battles.fn_battles_release($1)', [battle.battleId])
  const [again, other] = await claimFilms(5)
  expect([again!.job_id, other!.job_id].toSorted()).toEqual([a!.job_id, b!.job_id].toSorted())
  await keep(again!)
  expect(await cancel(sql(), battle)).toBe('cancelled')
  expect(await keep(other!)).toBe(false)
  expect(
    await rows(sql(), `select j.state::text from execution.jobs j where j.job_id in ($1, $2) order by 1`, [a!.job_id, b!.job_id]),
  ).toEqual([{ state: 'cancelled' }, { state: 'completed' }])
})
