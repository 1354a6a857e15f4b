import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectDir } from '../support/arena.ts'
import { rows, useDatabase } from '../support/database.ts'
import { expectCommand, quotedCommands } from './commands.ts'

// Nobody at 3 a.m. should find out that a command of the operating guide does not run.

const database = useDatabase()
const guide = readFileSync(join(projectDir, 'docs/operating.md'), 'utf8')
const quoted = [...guide.matchAll(/`([^`\n]+)`/g)].map((match) => match[1]!)
const statements = [...new Set(quoted.filter((text) => /^(select|update) .*[a-z]\.[a-z_]/.test(text) && !text.includes('…')))]
const commands = quotedCommands(guide)

test('the guide has statements and commands to check', () => {
  expect(statements.length).toBeGreaterThan(10)
  expect(commands.length).toBeGreaterThan(8)
})

test.each(statements)('%s', async (statement) => {
  const { sql } = database
  await sql.query('begin')
  await sql.query(statement.replaceAll(/<(battle|webhook|trigger)>/g, '11111111-1111-4111-8111-111111111111'))
  await sql.query('rollback')
})

test.each(commands)('agon %s is a command with these options', expectCommand)

test('the table of retention is what the migrations set', async () => {
  const section = guide.slice(guide.indexOf('## Retention'))
  const told = [...section.matchAll(/^\| `([a-z_.]+)` \| ([^|]+) \|/gm)].map(([, what, kept]) => [what, kept!.trim()])
  const set = await rows<{ what: string; keep: string }>(
    database.sql,
    `select what, keep = interval '0' as none, extract(epoch from keep)::int as s,
       case when keep = interval '0' then '0' when keep >= interval '1 day' then extract(day from keep) || case when keep = interval '1 day' then ' day' else ' days' end
         else extract(hour from keep) || ' hour' end as keep
     from execution.retention`,
  )
  expect(Object.fromEntries(told)).toEqual(Object.fromEntries(set.map(({ what, keep }) => [what, keep])))
})
