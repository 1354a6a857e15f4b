import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { expect, test } from 'vitest'
import { createProgram } from '../../apps/cli/src/program.ts'
import { projectDir } from '../support/arena.ts'
import { rows, useDatabase } from '../support/database.ts'

// Nobody at 3 a.m. should find out that a command of the operating guide does not run.

const database = useDatabase()
const guide = readFileSync(join(projectDir, 'docs/operating.md'), 'utf8')
const quoted = [...guide.matchAll(/`([^`\n]+)`/g)].map((match) => match[1]!)
const statements = [...new Set(quoted.filter((text) => /^(select|update) .*[a-z]\.[a-z_]/.test(text) && !text.includes('…')))]
const commands = [...new Set(quoted.flatMap((text) => /^npm run agon -- (.+)$/.exec(text)?.[1] ?? []))]

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

test.each(commands)('agon %s is a command with these options', (line) => {
  const words = [...line.matchAll(/"[^"]*"|\S+/g)].map(([word]) => word)
  let command: Command = createProgram({ signal: new AbortController().signal } as never, () => undefined)
  for (let next = command.commands.find((child) => child.name() === words[0]); next; ) {
    command = next
    words.shift()
    next = command.commands.find((child) => child.name() === words[0])
  }
  expect(command.commands).toEqual([]) // a whole command, not a group
  const known = new Set(command.options.map(({ long }) => long))
  const given = words.filter((word) => word.startsWith('--'))
  expect(given.filter((option) => !known.has(option))).toEqual([])
  const values = words.filter((word, nth) => !word.startsWith('--') && !words[nth - 1]?.startsWith('--'))
  expect(values.length).toBeGreaterThanOrEqual(command.registeredArguments.filter(({ required }) => required).length)
  expect(values.length).toBeLessThanOrEqual(command.registeredArguments.length)
})

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
