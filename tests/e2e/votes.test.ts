import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { agon } from '../cli/support.ts'
import { type Arena, simpleProvider, startArena } from '../support/arena.ts'

// Who may vote, how often, and what a moderator does about votes that are held: through HTTP and agon, with users of the real Auth.

let arena: Arena
const voters: Record<string, { token: string; id: string }> = {}
const names = ['vic', 'val', 'vera', 'vito', 'viola']
beforeAll(async () => {
  arena = await startArena()
  simpleProvider(arena.provider)
  for (const name of names) {
    const token = await arena.signUp(name)
    voters[name] = { token, id: JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()).sub }
  }
})
afterAll(() => arena.stop())

interface Answer {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: a battle or a problem, which the tests look into
  body: any
}

async function send(method: string, path: string, headers: Record<string, string>, body?: unknown): Promise<Answer> {
  const response = await arena.api(path, {
    method,
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return { status: response.status, headers: response.headers, body: await response.json() }
}
const vote = (name: string, battle: string, choice = 'A') =>
  send(
    'PUT',
    `/battles/${battle}/vote`,
    { apikey: arena.platform.publishableKey, authorization: `Bearer ${voters[name]!.token}` },
    { choice },
  )
const operate = (method: string, path: string, body?: unknown) => send(method, path, { apikey: arena.platform.secretKeys.default! }, body)
const create = (more: object = {}) => arena.post('/battles', { ...community, ...more })
const community = {
  prompt: 'Name a colour.',
  contenders: [{ model: 'sparring:quill' }, { model: 'sparring-anthropic:ember' }],
  scoring_mode: 'community',
  voting_window_ms: 3_600_000,
  publish: true,
}
async function open(more: object = {}): Promise<string> {
  const id = await arena.create({ judge: undefined, ...community, ...more })
  await arena.until(id, ({ status }) => status === 'voting')
  return id
}
const hold = (battle: string, where = 'true') =>
  arena.database.query(
    `select battles.hold_votes(array(select vote_id from battles.votes where battle_id = $1 and ${where}), 'burst', '{"votes": 9}', 'scan')`,
    [battle],
  )

describe('who may vote', () => {
  test('is asked of the accounts in Auth: an address that is not confirmed, and an account that is too young, are refused with the reason', async () => {
    await arena.database.query('update auth.users set email_confirmed_at = null where id = $1', [voters.val!.id])
    const confirmed = await open({ voter_eligibility: 'confirmed_email' })
    expect((await vote('vic', confirmed)).status).toBe(200)
    const refused = await vote('val', confirmed)
    expect(refused).toMatchObject({ status: 403, body: { code: 'not_eligible', detail: 'Confirm your email address first.' } })

    await arena.database.query(`update auth.users set created_at = now() - interval '3 days' where id = $1`, [voters.vic!.id])
    const aged = await open({ voter_eligibility: 'account_age', min_account_age_ms: 86_400_000 })
    expect((await vote('vic', aged)).status).toBe(200)
    expect((await vote('val', aged)).body).toMatchObject({ code: 'not_eligible', detail: expect.stringContaining('too young') })
  })

  test('is the owner’s list, which nobody else is shown', async () => {
    const id = await open({ voter_eligibility: 'invited', invited_voters: [voters.vera!.id] })
    const seen = await vote('vera', id)
    expect(seen).toMatchObject({ status: 200, body: { voter_eligibility: 'invited', invited_voters: null, your_vote: 'A' } })
    expect((await vote('vic', id)).body).toMatchObject({ code: 'not_eligible', detail: 'Its owner has invited others.' })
    expect(await arena.battle(id)).toMatchObject({ invited_voters: [voters.vera!.id] })
  })

  test('is changed by the owner while the vote goes on; what was given stays, and nobody else is told who is on it', async () => {
    const id = await open({ voter_eligibility: 'invited', invited_voters: [voters.vera!.id] })
    await vote('vera', id)
    const set = (users: string[], headers = arena.asOwner as Record<string, string>) =>
      send('PUT', `/battles/${id}/voters`, headers, { invited_voters: users })
    const asVera = { apikey: arena.platform.publishableKey, authorization: `Bearer ${voters.vera!.token}` }
    expect((await set([voters.vera!.id, voters.vic!.id], asVera)).status).toBe(404)
    expect(await set([voters.vic!.id])).toMatchObject({ status: 200, body: { invited_voters: [voters.vic!.id] } })
    expect((await vote('vic', id, 'B')).status).toBe(200)
    expect((await vote('vera', id, 'B')).body).toMatchObject({ code: 'not_eligible' })
    const invite = (...args: string[]) =>
      agon(['invite', id, ...args, '--json'], {
        AGON_URL: arena.platform.url,
        AGON_PUBLISHABLE_KEY: arena.platform.publishableKey,
        AGON_ACCESS_TOKEN: arena.asOwner.authorization.slice('Bearer '.length),
      })
    expect(JSON.parse((await invite(voters.val!.id)).out).invited_voters).toHaveLength(2)
    expect(JSON.parse((await invite(voters.vic!.id, '--remove')).out).invited_voters).toEqual([voters.val!.id])
    await arena.post(`/battles/${id}/close-voting`)
    expect(await arena.settled(id)).toMatchObject({ outcome: 'draw', votes: { given: 2 } })
    expect((await set([voters.vic!.id])).body).toMatchObject({ code: 'battle_state' })
    const { body } = await send('GET', `/battles/${id}`, asVera)
    expect(body.events.filter(({ type }: { type: string }) => type === 'voters.invited').map(({ data }: { data: object }) => data)).toEqual(
      [
        { voters: 1, added: 1, removed: 1 },
        { voters: 2, added: 1, removed: 0 },
        { voters: 1, added: 0, removed: 1 },
      ],
    )
    const others = await open()
    expect((await send('PUT', `/battles/${others}/voters`, arena.asOwner, { invited_voters: [voters.vic!.id] })).body).toMatchObject({
      code: 'battle_state',
    })
  })

  test.each([
    [{ voter_eligibility: 'account_age' }, '/min_account_age_ms'],
    [{ voter_eligibility: 'invited' }, '/invited_voters'],
    [{ min_account_age_ms: 86_400_000 }, '/min_account_age_ms'],
    [{ voter_eligibility: 'invited', invited_voters: [] }, '/invited_voters'],
    [{ voter_eligibility: 'friends' }, '/voter_eligibility'],
    [
      { scoring_mode: 'ai_judge', judge: { model: 'sparring:arbiter' }, voting_window_ms: 0, voter_eligibility: 'confirmed_email' },
      '/voter_eligibility',
    ],
    [
      { scoring_mode: 'ai_judge', judge: { model: 'sparring:arbiter' }, voting_window_ms: 3_600_000, vote_weighting: 'reliability' },
      '/vote_weighting',
    ],
  ])('a battle that says %o is refused by the field', async (more, path) => {
    const refused = await create(more)
    const { errors } = (await refused.json()) as { errors: { path: string }[] }
    expect([refused.status, errors.map((error) => error.path)]).toEqual([422, [path]])
  })
})

test('a voter who votes too often is told when to come back', async () => {
  const id = await open()
  await arena.database.query('update battles.vote_settings set most_per_minute = 2')
  try {
    await arena.database.query('delete from execution.request_counts')
    for (const choice of ['A', 'B']) expect((await vote('vera', id, choice)).status).toBe(200)
    const refused = await vote('vera', id, 'tie')
    expect(refused).toMatchObject({ status: 429, body: { code: 'vote_rate', detail: '2 votes a minute are yours.' } })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  } finally {
    await arena.database.query('update battles.vote_settings set most_per_minute = 30')
  }
})

describe('a moderator', () => {
  test.each([
    ['GET', '/votes/held'],
    ['POST', '/votes/release'],
    ['POST', '/votes/reject'],
    ['POST', '/votes/11111111-1111-4111-8111-111111111111/release'],
    ['POST', '/votes/11111111-1111-4111-8111-111111111111/reject'],
  ])('%s %s is for a secret key alone', async (method, path) => {
    for (const headers of [{ apikey: arena.platform.publishableKey }, arena.asOwner])
      expect((await send(method, path, headers, method === 'POST' ? {} : undefined)).status).toBe(401)
  })

  test('lists, releases and rejects by the api; the voter is told nothing, and the tally says what counts', async () => {
    const id = await open()
    await vote('vic', id, 'A')
    await vote('val', id, 'A')
    await vote('vera', id, 'B')
    await hold(id, `choice = 'A'`)
    const { body: page } = await operate('GET', `/votes/held?battle_id=${id}&limit=1`)
    expect(page).toMatchObject({
      votes: [{ reason: 'burst', evidence: { votes: 9 }, decided_by: 'scan' }],
      next_cursor: expect.any(String),
    })
    const next = await operate('GET', `/votes/held?battle_id=${id}&limit=1&cursor=${encodeURIComponent(page.next_cursor)}`)
    expect(next.body).toMatchObject({ votes: [{ battle_id: id }], next_cursor: null })
    const [first, second] = [page.votes[0], next.body.votes[0]]
    expect((await operate('POST', `/votes/${first.vote_id}/reject`, { by: 'mo', note: 'a script' })).body).toEqual({
      outcome: 'rejected',
      votes: 1,
      after_close: 0,
      more: false,
    })
    expect((await operate('POST', '/votes/11111111-1111-4111-8111-111111111111/reject', {})).body).toMatchObject({ code: 'not_found' })
    expect((await operate('POST', '/votes/reject', {})).body).toMatchObject({ code: 'invalid_request', errors: [{ path: '/voter_id' }] })
    expect((await arena.post(`/battles/${id}/close-voting`)).status).toBe(200)
    const closed = await arena.settled(id)
    expect(closed).toMatchObject({ winner_slot: 'B', votes: { given: 3, held: 1, rejected: 1 } })
    expect((await operate('POST', '/votes/release', { voter_id: second.voter_id, battle_id: id })).body).toEqual({
      outcome: 'released',
      votes: 1,
      after_close: 1,
      more: false,
    })
    expect(await arena.battle(id)).toMatchObject({ winner_slot: 'B', votes: { given: 3, held: 0, rejected: 1 } })
  })

  test('does the same with agon votes', async () => {
    const id = await open()
    await vote('vic', id, 'A')
    await vote('val', id, 'B')
    await hold(id)
    const run = (...args: string[]) =>
      agon(['votes', ...args, '--url', arena.platform.url, '--secret-key', arena.platform.secretKeys.default!])
    const listed = await run('held', '--battle', id)
    expect(listed).toMatchObject({ code: 0, out: expect.stringContaining('burst') })
    expect(listed.out).toContain(voters.vic!.id)
    const [one] = JSON.parse((await run('held', '--battle', id, '--voter', voters.vic!.id, '--json')).out)
    expect(await run('release', one.vote_id, '--by', 'mo', '--note', 'a real person')).toMatchObject({ code: 0, out: '1 vote released.\n' })
    expect(await run('release', one.vote_id)).toMatchObject({ code: 0, out: expect.stringContaining('Nothing changed') })
    expect((await arena.post(`/battles/${id}/close-voting`)).status).toBe(200)
    await arena.settled(id)
    expect(await run('reject', '--voter', voters.val!.id, '--battle', id)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^1 vote rejected\.\n1 of them in battles that had closed: .*every rating/),
    })
    expect(await run('held', '--battle', id)).toMatchObject({ code: 0, out: 'No such votes.\n' })
    expect(await run('held', '--battle', id, '--status', 'rejected')).toMatchObject({ out: expect.stringContaining('rejected') })
    for (const [args, error] of [
      [['reject'], 'Give an id from agon votes held, or --voter'],
      [['reject', one.vote_id, '--voter', voters.val!.id], 'and not both'],
      [['reject', 'mine'], 'Expected a UUID'],
    ] as const)
      expect(await run(...args)).toMatchObject({ code: 2, err: expect.stringContaining(error) })
  })
})

test('a battle of five votes is scanned by scan-votes before it is decided, and what is held does not decide', async () => {
  // What a scan reads: a voter who has been for one competitor everywhere, against a crowd that was not.
  const id = await open()
  for (const name of names) expect((await vote(name, id, name === 'vera' || name === 'val' ? 'B' : 'A')).status).toBe(200)
  const history = (voter: string, choice: string, mostly: string) =>
    arena.database.query(
      `with b as (
         insert into battles.battles (owner_id, title, task_prompt, scoring_mode, voting_window_ms)
         select gen_random_uuid(), 'past', 'past', 'community', 1000 from generate_series(1, 25) returning battle_id
       ), c as (
         insert into battles.contenders (battle_id, slot, model_key, provider, status, settled_at)
         select b.battle_id, s.slot, s.model, 'sparring', 'submitted', now() from b, (values ('A', 'sparring:quill'), ('B', 'sparring-anthropic:ember')) s (slot, model)
       ) insert into battles.votes (battle_id, voter_id, choice, created_at) select battle_id, $1, case when row_number() over () % 4 = 0 then $2 else $3 end, now() - interval '1 day' * random() from b`,
      [voter, choice, mostly],
    )
  for (const name of ['val', 'vera', 'viola']) await history(voters[name]!.id, 'A', 'B')
  await history(voters.vito!.id, 'A', 'A')
  expect((await arena.post(`/battles/${id}/close-voting`)).status).toBe(200)
  const closed = await arena.settled(id)
  expect(closed).toMatchObject({ votes: { given: 5, held: 1 }, outcome: 'draw' })
  const { body } = await operate('GET', `/votes/held?battle_id=${id}`)
  expect(body.votes).toMatchObject([{ voter_id: voters.vito!.id, decided_by: 'scan', evidence: { alpha: 0.001 } }])
})
