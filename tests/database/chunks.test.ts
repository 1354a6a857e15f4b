import { expect, test } from 'vitest'
import { claim, claimOne, complete, expireLease, type HeldJob, requeue, startBattle, sweep } from '../support/battles.ts'
import { rows, useDatabase, value } from '../support/database.ts'

// partial: text that takes more than one step. The held text and its checkpoint are what the next step goes on from.

const database = useDatabase()

const model = (nth: number) => ({ model_key: `house:${nth}`, model_kind: 'text', provider: 'house' })
const begin = async (): Promise<HeldJob> => {
  await startBattle(database.sql, { contenders: [model(1), model(2)] })
  return claimOne(database.sql)
}
const show = (
  job: HeldJob,
  offset: number,
  text: string,
  checkpoint: Record<string, unknown> = { chunks: 0 },
  fn = 'upsert_battle_submission',
) =>
  value<boolean>(
    database.sql,
    `select battles.fn_worker_${fn}(job_id => $1, lease_token => $2, output => '{}', checkpoint => $3, delta => $4)`,
    [job.job_id, job.lease_token, checkpoint, { offset, text }],
  )
const pause = (job: HeldJob, offset: number, text: string, checkpoint?: Record<string, unknown>) =>
  show(job, offset, text, checkpoint, 'checkpoint_battle_job')
const held = () =>
  value<string>(
    database.sql,
    `select content_text from battles.submissions s join battles.contenders c using (contender_id) where slot = 'A'`,
  )
const deltas = () =>
  rows<{ offset: number; text: string }>(
    database.sql,
    `select (data ->> 'offset')::int as offset, data ->> 'text' as text from battles.events where type = 'contender.delta' order by event_id`,
  )
const checkpoint = async (): Promise<Record<string, unknown> | null> => {
  const job = await claimOne(database.sql)
  return (job as HeldJob & { checkpoint: Record<string, unknown> | null }).checkpoint
}

test('text grows by its deltas, and a delta that arrives twice adds nothing', async () => {
  const job = await begin()
  expect(await show(job, 0, 'Once upon')).toBe(true)
  expect(await show(job, 0, 'Once upon a time')).toBe(true)
  expect(await show(job, 9, ' a time, there')).toBe(true)
  expect(await held()).toBe('Once upon a time, there')
  expect(await deltas()).toEqual([
    { offset: 0, text: 'Once upon' },
    { offset: 9, text: ' a time' },
    { offset: 16, text: ', there' },
  ])
})

test('places are counted as browsers count them: a character beyond the sixteenth bit takes two', async () => {
  const job = await begin()
  await show(job, 0, 'Waves 🌊')
  await show(job, 6, '🌊🐚 and foam')
  expect(await held()).toBe('Waves 🌊🐚 and foam')
  expect((await deltas())[1]).toEqual({ offset: 8, text: '🐚 and foam' })
})

test('a delta that would leave a gap is refused, and nothing changes', async () => {
  const job = await begin()
  await show(job, 0, 'One')
  await expect(show(job, 5, 'three')).rejects.toThrow(/a delta begins at 5, and 3/)
  expect(await held()).toBe('One')
})

test('a step that pauses hands the job on at once, with the text and the place it came to, and no attempt is counted', async () => {
  const job = await begin()
  expect(await pause(job, 0, 'The first half', { chunks: 1, cursor: { response_id: 'r' } })).toBe(true)
  expect((await claim(database.sql, 2)).find(({ job_id }) => job_id === job.job_id)).toMatchObject({
    attempts: 0,
    checkpoint: { text: 'The first half', chunks: 1, cursor: { response_id: 'r' }, length: 14 },
  })
  expect(await pause(job, 14, ' of a late driver')).toBe(false)
  expect(await held()).toBe('The first half')
})

test('a job whose driver died goes on from what was shown last, and its lost leases are forgotten as it comes further', async () => {
  const job = await begin()
  for (let nth = 0; nth < 5; nth++) {
    const driven = nth === 0 ? job : await claimOfA()
    expect(await show(driven, nth * 5, 'text ')).toBe(true)
    await expireLease(database.sql, driven.lease_token)
    await sweep(database.sql)
  }
  expect(await held()).toBe('text text text text text ')
  expect(await rows(database.sql, 'select from execution.dead_letters')).toEqual([])

  async function claimOfA(): Promise<HeldJob> {
    for (;;) {
      const next = await claimOne(database.sql)
      if (next.slot === 'A') return next
    }
  }
})

test('a failed attempt keeps the text so far for the next', async () => {
  const job = await begin()
  await show(job, 0, 'So far')
  expect(await requeue(database.sql, job, 0)).toBe('requeued')
  await claimOne(database.sql) // B
  expect(await checkpoint()).toMatchObject({ text: 'So far' })
})

test('the end of an answer tells what its deltas have not: put together, they are the answer', async () => {
  const job = await begin()
  await show(job, 0, 'All of')
  await complete(database.sql, job, { content_text: 'All of it' })
  expect((await deltas()).map(({ text }) => text).join('')).toBe('All of it')
  expect(await rows(database.sql, 'select from execution.checkpoints')).toEqual([])
})

test('an answer that was never shown in part costs no event but its own', async () => {
  await complete(database.sql, await begin())
  expect(await deltas()).toEqual([])
})

test('a redriven job begins anew, and what was shown before is void', async () => {
  const job = await begin()
  await show(job, 0, 'A first try')
  await value(database.sql, `select battles.fn_move_battle_job_to_dlq($1, $2, '{"code":"internal"}')`, [job.job_id, job.lease_token])
  await value(database.sql, 'select battles.fn_redrive_dead_letter((select dead_letter_id from execution.dead_letters))')
  const again = (await claimOne(database.sql)) as HeldJob & { checkpoint: unknown }
  const ours = again.slot === 'A' ? again : ((await claimOne(database.sql)) as typeof again)
  expect(ours.checkpoint).toBeNull()
  await show(ours, 0, 'A second')
  expect(await held()).toBe('A second')
  expect((await deltas()).at(-1)).toEqual({ offset: 0, text: 'A second' })
})
