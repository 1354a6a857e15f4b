import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startPlatform } from '@agon/local-platform'
import { Client } from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { projectDir } from '../support/arena.ts'
import { schedules } from '../support/schedules.ts'

test('`supabase db push` applies every migration and puts the two secrets into Vault, as docs/operating.md says; a second push changes nothing', async () => {
  const platform = await startPlatform({ projectDir, temporary: true, migrate: false, functionsEnabled: false })
  onTestFinished(() => platform.stop())
  const home = mkdtempSync(join(tmpdir(), 'agon-push-'))
  onTestFinished(() => rmSync(home, { recursive: true }))
  const push = () =>
    promisify(execFile)(process.execPath, ['node_modules/supabase/dist/supabase.js', 'db', 'push', `--remote=${platform.dbUrl}`, '--yes'], {
      cwd: projectDir,
      env: {
        PATH: process.env.PATH,
        HOME: home,
        PGSSLMODE: 'disable',
        SUPABASE_TELEMETRY_DISABLED: '1',
        AGON_PROJECT_URL: 'https://project.supabase.co',
        AGON_WORKER_KEY: 'sb_secret_of_the_worker',
      },
    })
  await push()
  const database = new Client({ connectionString: platform.dbUrl })
  await database.connect()
  onTestFinished(() => database.end())
  const state = async () => ({
    migrations: (await database.query('select version from supabase_migrations.schema_migrations order by 1')).rows.map(
      (row) => row.version,
    ),
    secrets: (
      await database.query(
        `select name, decrypted_secret from vault.decrypted_secrets where name in ('project_url', 'agon_worker_key') order by 1`,
      )
    ).rows,
    jobs: (await database.query('select jobname from cron.job order by 1')).rows.map((row) => row.jobname),
  })
  const pushed = await state()
  expect(pushed.migrations).toEqual(
    readdirSync(join(projectDir, 'supabase/migrations'))
      .map((name) => name.slice(0, 14))
      .sort(),
  )
  expect(pushed.secrets).toEqual([
    { name: 'agon_worker_key', decrypted_secret: 'sb_secret_of_the_worker' },
    { name: 'project_url', decrypted_secret: 'https://project.supabase.co' },
  ])
  expect(pushed.jobs).toEqual(schedules.map(([name]) => name))
  await push()
  expect(await state()).toEqual(pushed)
})
