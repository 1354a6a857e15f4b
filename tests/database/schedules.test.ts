import { expect, test } from 'vitest'
import { useDatabase } from '../support/database.ts'
import { schedules } from '../support/schedules.ts'

const database = useDatabase()

test('what runs on a schedule is what the migrations say, and every command of it runs', async () => {
  const { sql } = database
  const { rows } = await sql.query('select jobname, schedule, command from cron.job where active order by jobname')
  expect(rows.map(({ jobname, schedule }) => [jobname, schedule])).toEqual(schedules)
  for (const { command } of rows) await sql.query(command)
})

test('applying the schedules again changes nothing', async () => {
  const { sql } = database
  const jobs = async () => (await sql.query('select jobname, schedule, command from cron.job where active order by jobname')).rows
  const before = await jobs()
  await sql.query(`select cron.schedule(jobname, schedule, command) from cron.job`)
  expect(await jobs()).toEqual(before)
})
