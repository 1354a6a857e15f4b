import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createAgonClient } from '@agon/client'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { agon } from '../cli/support.ts'
import { type Arena, simpleProvider, startArena } from '../support/arena.ts'

// Battles of sparring partners, from their close to a board, a page of judges and an export, through HTTP, in real Deno.

let arena: Arena
const folder = mkdtempSync(join(tmpdir(), 'agon-boards-'))
const voters: string[] = []

beforeAll(async () => {
  arena = await startArena()
  simpleProvider(arena.provider)
  for (const name of ['ada', 'bob', 'cid']) voters.push(await arena.signUp(name))
  const answers = ['Ultramarine', 'Beige', 'Beige', 'Ultramarine', 'Ultramarine', 'Ultramarine']
  for (const [nth, favourite] of answers.entries()) {
    arena.provider.reset()
    simpleProvider(arena.provider, favourite)
    await arena.settled(await arena.create({ prompt: `Name colour ${nth % 4}.`, ...(nth < 2 && { category: 'colours' }) }))
  }
  const id = await arena.create({ prompt: 'Name colour 9.', scoring_mode: 'community', voting_window_ms: 3_600_000, judge: undefined })
  await arena.until(id, ({ status }) => status === 'voting')
  for (const [nth, token] of voters.entries())
    await arena.api(`/battles/${id}/vote`, {
      method: 'PUT',
      headers: { apikey: arena.platform.publishableKey, authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ choice: ['A', 'A', 'tie'][nth] }),
    })
  await arena.post(`/battles/${id}/close-voting`)
  await arena.settled(id)
}, 120_000)
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await arena.stop()
})

const client = () => createAgonClient({ url: arena.platform.url, publishableKey: arena.platform.publishableKey })
const remote = () => ['--url', arena.platform.url, '--publishable-key', arena.platform.publishableKey]
const asOperator = () => ['--url', arena.platform.url, '--secret-key', arena.platform.secretKeys.default!]
const read = async (path: string, key = arena.platform.publishableKey) => arena.api(path, { headers: { apikey: key } })

/** The board, when the schedule has had it computed. */
async function board(query: Parameters<ReturnType<typeof client>['board']>[0] = {}) {
  for (let end = Date.now() + 60_000; ; await delay(200)) {
    const found = await client().board(query)
    if (!found.ok) throw new Error(JSON.stringify(found.problem))
    if (found.value.computed_at !== null && found.value.stale_since === null) return found.value
    if (Date.now() > end) throw new Error(`no board: ${JSON.stringify(found.value)}`)
  }
}

test('a few battles make a board by themselves, with intervals, and another for the crowd', async () => {
  const judged = await board()
  expect(judged).toMatchObject({ board: 'bradley_terry', source: 'judge', kind: 'text', comparisons: 6, clusters: 4, style: false })
  expect(judged.leaderboard.map(({ competitor, games, wins }) => ({ competitor, games, wins }))).toEqual([
    { competitor: 'sparring:quill', games: 6, wins: 4 },
    { competitor: 'sparring-anthropic:ember', games: 6, wins: 2 },
  ])
  for (const row of judged.leaderboard) expect(row).toMatchObject({ rank: 1, simulated: true, provisional: null })
  expect((await board({ min_games: 7 })).leaderboard.map(({ rank, provisional, lower }) => [rank, provisional, lower])).toEqual([
    [null, 'few_games', null],
    [null, 'few_games', null],
  ])
  expect(await board({ source: 'crowd' })).toMatchObject({ comparisons: 2, clusters: 1 })
  expect(await board({ category: 'colours', since: '7d' })).toMatchObject({ comparisons: 2, window_days: 7, category: 'colours' })
  const styled = await board({ style: 'true' })
  expect(styled.coefficients!.map(({ feature }) => feature)).toEqual(['length', 'headers', 'lists', 'bold'])
  expect(await (await read('/leaderboard')).json()).toMatchObject({
    board: 'elo',
    leaderboard: [{ rank: 1, competitor: 'sparring:quill' }, {}],
  })
})

test('the terminal shows a board with its intervals, and says which options go with which', async () => {
  await board({ style: 'true' })
  const { code, out } = await agon(['leaderboard', '--board', 'bradley_terry', '--style', ...remote()])
  expect(code).toBe(0)
  expect(out).toMatch(/95 %/)
  expect(out).toMatch(/1\s+sparring:quill.*\d+–\d+/)
  expect(out).toContain('6 comparisons of 4 prompts')
  expect(out).toContain('At equal style: length')
  const wrong = await agon(['leaderboard', '--min-games', '3', ...remote()])
  expect([wrong.code, wrong.err.split('\n')[0]]).toEqual([2, expect.stringContaining('--min-games is for --board bradley_terry')])
})

test.each([
  ['/leaderboard?kind=text', '/kind', 'add board=bradley_terry'],
  ['/leaderboard?board=bradley_terry&kind=image&style=true', '/style', 'only text has a style'],
  ['/leaderboard?board=bradley_terry&category=No%20Such', '/category', 'use up to 40'],
  ['/leaderboard?board=glicko', '/board', ''],
  ['/pairs/next?models=one', '/models', 'name at least two'],
  ['/export/battles?source=crowd', '/source', 'only comparisons are a slice'],
  ['/export/comparisons?after=yesterday', '/after', 'use the agon-next'],
  ['/export/comparisons?since=yesterday', '/since', ''],
])('%s names the field and the remedy', async (path, field, remedy) => {
  const response = await read(path)
  const problem = (await response.json()) as { code: string; errors: { path: string; message: string }[] }
  expect([response.status, problem.code, problem.errors[0]!.path]).toEqual([422, 'invalid_request', field])
  expect(problem.errors[0]!.message).toContain(remedy)
})

test('the judge is consistent, and its agreement with nobody is none', async () => {
  const found = await client().judges({})
  if (!found.ok) throw new Error(found.problem.detail)
  expect(found.value.judges).toMatchObject([
    {
      judge: 'sparring:arbiter',
      battles: 6,
      verdicts: 12,
      pairs: 6,
      consistency: 1,
      first_share: 0.5,
      abstained: 0,
      crowd_agreement: { total: 0, ratio: null },
    },
  ])
  const { code, out } = await agon(['judges', ...remote()])
  expect(code).toBe(0)
  expect(out).toMatch(/sparring:arbiter\s+12\s+100 %\s+50 %/)
})

test('the next pair to compare is one with a newcomer in it', async () => {
  const models = 'sparring:quill,sparring-anthropic:ember,sparring:stumbler'
  const found = await client().nextPairs({ models, most: 3 })
  if (!found.ok) throw new Error(found.problem.detail)
  const { pairs } = found.value
  expect(pairs).toHaveLength(3)
  expect([pairs[0]!.a, pairs[0]!.b]).toContain('sparring:stumbler')
  expect(pairs.at(-1)).toMatchObject({ a: 'sparring-anthropic:ember', b: 'sparring:quill', comparisons: 6 })
  expect((await agon(['pairs', ...remote(), '--models', models, '--json'])).out).toContain('sparring:stumbler')
})

describe('an export', () => {
  const same = '?export_id=7f0f2f2e-8f7d-4b43-9d0b-4a4f6a8f9b11'

  test.each(['jsonl', 'csv'])('of comparisons, as %s, gives the board of the API to the last bit', async (format) => {
    const file = join(folder, `comparisons.${format}`)
    const { code, err } = await agon(['export', 'comparisons', '--format', format, '-o', file, ...remote()])
    expect(err).toBe(`Wrote ${file}.\n`)
    expect(code).toBe(0)
    const rated = JSON.parse((await agon(['rate', file, '--style', '--json'])).out)
    const [plain, styled] = [await board(), await board({ style: 'true' })]
    const standing = ({ competitor, rank, rating, lower, upper, games, wins }: (typeof plain)['leaderboard'][number]) => ({
      competitor,
      rank,
      rating,
      lower,
      upper,
      games,
      wins,
    })
    expect(rated.rows.map(standing)).toEqual(plain.leaderboard.map(standing))
    expect([rated.comparisons, rated.clusters, rated.clusterRatio]).toEqual([plain.comparisons, plain.clusters, plain.cluster_ratio])
    expect(rated.style.coefficients.map(({ value }: { value: number }) => value)).toEqual(styled.coefficients!.map(({ value }) => value))
  })

  test.each(['battles', 'answers', 'votes', 'verdicts'])(
    'of %s says the same as JSON lines and as CSV, and no key, no caller and no secret',
    async (what) => {
      const lines = await (await read(`/export/${what}${same}`)).text()
      const rows = lines
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>)
      expect(rows.length).toBe({ battles: 7, answers: 14, votes: 3, verdicts: 12 }[what])
      const response = await read(`/export/${what}${same}&format=csv`)
      expect(response.headers.get('content-type')).toMatch(/^text\/csv/)
      const table = parse(await response.text(), { columns: true }) as Record<string, string>[]
      for (const [nth, row] of table.entries())
        for (const [name, cell] of Object.entries(row)) {
          const value = rows[nth]![name] ?? ''
          expect(cell).toBe(typeof value === 'object' ? JSON.stringify(value) : String(value))
        }
      const { rows: users } = await arena.database.query('select id, email from auth.users')
      for (const secret of [...users.flatMap(({ id, email }) => [id, email]), ...Object.values(arena.platform.secretKeys)])
        expect(lines).not.toContain(secret)
      for (const name of ['owner_id', 'voter_id', 'user_id', 'idempotency_key', 'inputs', 'reference_answer'])
        for (const row of rows) expect(row).not.toHaveProperty(name)
      if (what === 'verdicts') for (const row of rows) expect(row.prompt).toBeNull()
    },
  )

  test('tells voters apart within itself, and not from one export to the next', async () => {
    const voterIds = async (query = '') =>
      (await (await read(`/export/votes${query}`)).text())
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { voter: string }).voter)
        .sort()
    const [first, second] = [await voterIds(), await voterIds()]
    expect(new Set(first).size).toBe(3)
    expect(first.some((voter) => second.includes(voter))).toBe(false)
    expect(await voterIds(same)).toEqual(await voterIds(same))
  })

  test('has drafts and kept results of nobody, but kept results for who runs the project', async () => {
    await arena.create({ prompt: 'A draft.', publish: false })
    const kept = await arena.create({ prompt: 'Kept to myself.', auto_publish_results: false })
    await arena.settled(kept)
    const [public_, own, operator] = await Promise.all([
      read('/export/battles').then((response) => response.text()),
      arena.api('/export/battles', { headers: arena.asOwner }).then((response) => response.text()),
      read('/export/battles', arena.platform.secretKeys.default).then((response) => response.text()),
    ])
    for (const text of [public_, own]) expect(text).not.toMatch(/A draft|Kept to myself/)
    expect(operator).toContain('Kept to myself')
    expect(operator).not.toContain('A draft')
    expect(
      await arena.database.query('select 1 from ratings.comparisons where battle_id = $1', [kept]).then(({ rowCount }) => rowCount),
    ).toBe(0)
    expect((await arena.post(`/battles/${kept}/publish-results`)).status).toBe(200)
    expect(
      await arena.database.query('select 1 from ratings.comparisons where battle_id = $1', [kept]).then(({ rowCount }) => rowCount),
    ).toBe(1)
    expect(await board()).toMatchObject({ comparisons: 7 })
  })

  test('is read page by page, and the pages are the whole', async () => {
    await arena.database.query(
      `insert into battles.battles (owner_id, title, task_prompt) select gen_random_uuid(), 't', 'p' from generate_series(1, 450)`,
    )
    await arena.database.query(
      `set session_replication_role = replica; update battles.battles set status = 'closed', outcome = 'no_verdict', results_published_at = now(), finished_at = now() where status = 'draft' and title = 't'; reset session_replication_role`,
    )
    const whole = await (await read('/export/battles')).text()
    const pages: string[] = []
    for (let after: string | null = ''; after !== null; ) {
      const response: Response = await read(`/export/battles?page=true${after && `&after=${encodeURIComponent(after)}`}`)
      pages.push(await response.text())
      after = response.headers.get('agon-next')
    }
    expect(pages.length).toBe(3)
    expect(pages.join('')).toBe(whole)
    expect(whole.trimEnd().split('\n')).toHaveLength(458)
    expect((await agon(['export', 'battles', ...remote()])).out).toBe(whole)
    await arena.database.query(`delete from battles.battles where title = 't'`)
  }, 60_000)

  test('that cannot be written says so, and leaves nothing behind', async () => {
    const { code, err } = await agon(['export', 'votes', '-o', join(folder, 'no', 'such', 'folder.jsonl'), ...remote()])
    expect(code).toBe(2)
    expect(err).toContain('cannot be written')
  })
})

describe('what comes from elsewhere', () => {
  test('enters once, as a board of its own, from comparisons and from battles', async () => {
    const live = await board()
    const battles = join(folder, 'battles.jsonl')
    await agon(['export', 'battles', '-o', battles, ...remote()])
    const comparisons = join(folder, 'elsewhere.csv')
    writeFileSync(
      comparisons,
      'question_id,model_a,model_b,winner,weight\nq1,z/new,sparring:quill,model_a,2\nq2,sparring:quill,z/new,model_a,1\nq3,z/new,sparring:quill,tie (bothbad),1\n',
    )
    const first = JSON.parse((await agon(['import', comparisons, ...asOperator(), '--json'])).out)
    expect(first).toMatchObject({ comparisons: 3, added: 3 })
    expect((await agon(['import', comparisons, ...asOperator()])).out).toContain('0 of 3 comparisons added; the others were in already')
    // 7 decided battles of the judge and the one of the crowd, as their results.
    expect(JSON.parse((await agon(['import', battles, ...asOperator(), '--json'])).out)).toMatchObject({ comparisons: 8, added: 8 })
    const imported = await board({ source: 'imported' })
    expect(imported.leaderboard.map(({ competitor }) => competitor).sort()).toEqual(['sparring-anthropic:ember', 'sparring:quill', 'z/new'])
    expect(imported.comparisons).toBe(11)
    expect((await board()).leaderboard).toEqual(live.leaderboard)
  }, 90_000)

  test('is not imported in part: a bad row is named, and nothing enters', async () => {
    const file = join(folder, 'bad.jsonl')
    writeFileSync(
      file,
      `${JSON.stringify({ model_a: 'x', model_b: 'y', winner: 'model_a' })}\n${JSON.stringify({ model_a: 'x', model_b: 'y', winner: 'nobody' })}\n`,
    )
    const { code, err } = await agon(['import', file, ...asOperator()])
    expect(code).toBe(2)
    expect(err).toContain('row 2: winner is "nobody"')
  })
})

test('agon ratings rebuild makes the same log and the same boards again', async () => {
  const before = await board()
  await arena.database.query(
    'set session_replication_role = replica; delete from ratings.comparisons where battle_id is not null; delete from ratings.pair_sums; reset session_replication_role',
  )
  const { code, out, err } = await agon(['ratings', 'rebuild', ...asOperator(), '--json'])
  expect(err).toBe('')
  expect(code).toBe(0)
  expect(JSON.parse(out)).toMatchObject({ written: 9 })
  const { computed_at: _, ...same } = await board()
  const { computed_at: __, ...was } = before
  expect(same).toEqual(was)
  expect(readFileSync(join(folder, 'comparisons.csv'), 'utf8')).not.toBe('')
}, 60_000)
