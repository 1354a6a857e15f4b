import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Arena, projectDir, simpleProvider, startArena } from '../support/arena.ts'

// The function api as a cloud serves it: behind a proxy that writes where a request comes from. The platform of this machine writes that too,
// and it is this machine.

let arena: Arena
let api: ChildProcess
const port = 20_000 + (process.pid % 20_000)
const voters = new Map<string, { token: string; id: string }>()

beforeAll(async () => {
  arena = await startArena()
  simpleProvider(arena.provider)
  for (const name of ['vic', 'val', 'vera', 'vito', 'viola']) {
    const token = await arena.signUp(name)
    voters.set(name, { token, id: JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()).sub })
  }
  const folder = join(projectDir, 'supabase/functions/api')
  api = spawn(
    join(projectDir, 'node_modules/.bin/deno'),
    ['run', '-A', '--no-check', '--node-modules-dir=none', `--config=${join(folder, 'deno.json')}`, join(folder, 'index.ts')],
    {
      env: {
        ...process.env,
        DENO_NO_PACKAGE_JSON: '1',
        DENO_TLS_CA_STORE: 'system,mozilla',
        DENO_SERVE_ADDRESS: `tcp:127.0.0.1:${port}`,
        SUPABASE_URL: arena.platform.url,
        SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: arena.platform.publishableKey }),
        SUPABASE_SECRET_KEYS: JSON.stringify(arena.platform.secretKeys),
        AGON_VOTE_SALT: 'a secret of the tests, long enough',
        AGON_WRITES_PER_MINUTE: '0',
      },
      stdio: 'ignore',
    },
  )
  const answers = () =>
    fetch(`http://127.0.0.1:${port}/api/errors`).then(
      ({ ok }) => ok,
      () => false,
    )
  for (const end = Date.now() + 60_000; Date.now() < end && !(await answers()); ) await delay(100)
})
afterAll(async () => {
  api?.kill('SIGKILL')
  await arena.stop()
})

const vote = async (name: string, battle: string, choice: string, from: string) => {
  const response = await fetch(`http://127.0.0.1:${port}/api/battles/${battle}/vote`, {
    method: 'PUT',
    headers: {
      apikey: arena.platform.publishableKey,
      authorization: `Bearer ${voters.get(name)!.token}`,
      'content-type': 'application/json',
      'x-forwarded-for': `${from}, 10.0.0.1`,
    },
    body: JSON.stringify({ choice }),
  })
  return { status: response.status, body: (await response.json()) as { your_vote?: string } }
}

test('voters of one source are held over HTTP, all of them, are told nothing, and decide nothing', async () => {
  await arena.database.query('update battles.vote_settings set most_per_source = 2')
  const id = await arena.create({ judge: undefined, scoring_mode: 'community', voting_window_ms: 3_600_000 })
  await arena.until(id, ({ status }) => status === 'voting')
  for (const name of ['vic', 'val', 'vera'])
    expect(await vote(name, id, 'A', '203.0.113.7')).toMatchObject({ status: 200, body: { your_vote: 'A' } })
  expect(await vote('vito', id, 'B', '203.0.113.8')).toMatchObject({ status: 200, body: { your_vote: 'B' } })
  expect(await vote('viola', id, 'tie', '203.0.113.9')).toMatchObject({ status: 200 })

  const { rows } = await arena.database.query('select voter_id, status, reason, source_hash from battles.votes where battle_id = $1', [id])
  const ofSource = rows.filter(({ status }) => status === 'held')
  expect(ofSource.map(({ voter_id }) => voter_id).toSorted()).toEqual(['vic', 'val', 'vera'].map((name) => voters.get(name)!.id).toSorted())
  expect(new Set(ofSource.map(({ reason }) => reason))).toEqual(new Set(['same_source']))
  expect(new Set(rows.map(({ source_hash }) => source_hash)).size).toBe(3)
  expect(JSON.stringify(rows)).not.toContain('203.0.113')

  expect((await arena.post(`/battles/${id}/close-voting`)).status).toBe(200)
  expect(await arena.settled(id)).toMatchObject({ outcome: 'winner', winner_slot: 'B', votes: { given: 5, held: 3 } })
})
