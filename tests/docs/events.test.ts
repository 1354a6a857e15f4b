import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectDir } from '../support/arena.ts'
import { rows, useDatabase } from '../support/database.ts'

// docs/events.md lists every type of event the database can write, and the client's types name the same.

const database = useDatabase()
const page = readFileSync(join(projectDir, 'docs/events.md'), 'utf8')
const documented = [...page.matchAll(/^\| `([a-z]+\.[a-z_]+)` \|/gm)].map((match) => match[1]!)

/** Types that a function makes of a status or an outcome, by what it puts before it. */
const made: Record<string, Record<string, () => Promise<string[]>>> = {
  transition: { 'battle.': () => labels('battle_status') },
  // What a contender can have become when its job was given up.
  settle_buried_job: { 'contender.': async () => ['failed', 'timed_out'] },
  // What a slot that a workflow was to answer can have become.
  end_slot: { 'contender.': async () => ['failed', 'timed_out'] },
  // What a person who contends can have become.
  end_turn: { 'contender.': async () => ['submitted', 'withdrawn', 'timed_out'] },
  // An insert of its own: the one event whose subject decides about its name.
  record_attempt_event: { 'contender.': async () => ['retried'], 'judging.': async () => ['retried'] },
}
const labels = async (type: string) =>
  (
    await rows<{ label: string }>(database.sql, `select enumlabel as label from pg_enum where enumtypid = ('battles.' || $1)::regtype`, [
      type,
    ])
  ).map(({ label }) => label)

/** Text as it comes. */
const byDrivers = 'contender.delta'

interface Writer {
  name: string
  types: string[]
  prefixes: string[]
}

/** Every function that writes events, and the types its source names: whole, or the beginning of one. */
async function writers(): Promise<Writer[]> {
  const functions = await rows<{ name: string; source: string }>(
    database.sql,
    `select p.proname as name, p.prosrc as source from pg_proc p join pg_namespace n on n.oid = p.pronamespace
     where n.nspname !~ '^(pg_|information_schema)' and n.nspname <> 'lenses' and p.prosrc ~ '(record_event\\s*\\(|into\\s+battles\\.events)' and p.proname <> 'record_event'`,
  )
  return functions.map(({ name, source }) => {
    const calls = [...source.matchAll(/record_event\s*\(\s*[^,]+,\s*('[^']*')(\s*\|\|)?/g)]
    const inserts = /into\s+battles\.events/.test(source) ? [...source.matchAll(/'([a-z]+\.)'/g)] : []
    const named = calls.map(([, literal, joined]) => ({ text: literal!.slice(1, -1), whole: joined === undefined }))
    // A call whose type is no literal at all would go unseen: there must be as many as there are calls.
    const count = [...source.matchAll(/record_event\s*\(/g)].length
    expect(named.length, `every record_event of ${name} begins with a literal type`).toBe(count)
    return {
      name,
      types: named.filter(({ whole }) => whole).map(({ text }) => text),
      prefixes: [...named.filter(({ whole }) => !whole).map(({ text }) => text), ...inserts.map((match) => match[1]!)],
    }
  })
}

test('every type of event a function can write is in the table, and nothing else but what drivers write', async () => {
  const written = new Set<string>()
  for (const { name, types, prefixes } of await writers()) {
    for (const type of types) written.add(type)
    for (const prefix of prefixes) {
      const ends = made[name]?.[prefix]
      expect(ends, `${name} makes events '${prefix}…': say here of what`).toBeDefined()
      for (const end of await ends!()) written.add(prefix + end)
    }
  }
  expect([...written].filter((type) => !documented.includes(type))).toEqual([])
  expect(documented.filter((type) => !written.has(type) && type !== byDrivers)).toEqual([])
})

test('the client’s types are the documented ones, and the names of their data too', () => {
  const source = readFileSync(join(projectDir, 'packages/client/src/events.ts'), 'utf8')
  expect([...source.matchAll(/^ {2}'([a-z]+\.[a-z_]+)':/gm)].map((match) => match[1]!).toSorted()).toEqual(documented.toSorted())
})

test('a status of a battle is the end of the name of an event', async () => {
  for (const status of await labels('battle_status')) expect(documented).toContain(`battle.${status}`)
})
