import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Arena, simpleProvider, startArena } from '../support/arena.ts'

// People and crowds through HTTP, with users that signed up in Auth.

let arena: Arena
const tokens: Record<string, string> = {}
const ids: Record<string, string> = {}
beforeAll(async () => {
  arena = await startArena()
  for (const name of ['ada', 'bob', 'vic', 'val']) {
    tokens[name] = await arena.signUp(name)
    ids[name] = JSON.parse(Buffer.from(tokens[name]!.split('.')[1]!, 'base64url').toString()).sub
  }
})
beforeEach(() => {
  arena.provider.reset()
  simpleProvider(arena.provider)
})
afterAll(() => arena.stop())

interface Answer {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: a battle or a problem, which the tests look into
  body: any
}

async function as(name: string | null, method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await arena.api(path, {
    method,
    headers: {
      apikey: arena.platform.publishableKey,
      ...(name && { authorization: `Bearer ${tokens[name]}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: await response.json() }
}

const crowd = { scoring_mode: 'community', voting_window_ms: 3_600_000, judge: undefined }
const colours = { contenders: [{ model: 'sparring:quill' }, { model: 'sparring-anthropic:ember' }] }

test('a person against a model, from an open seat to the judge', async () => {
  const id = await arena.create({ contenders: [{ model: 'sparring:quill' }, { human: { identity: 'a passer-by' } }] })
  expect(await arena.battle(id)).toMatchObject({
    battle_type: 'human_vs_ai',
    contenders: [
      { contender_type: 'ai_model', open_seat: false },
      { contender_type: 'human', identity: 'a passer-by', model: null, open_seat: true },
    ],
  })
  expect(await as('ada', 'PUT', `/battles/${id}/submission`, { content_text: 'Beige.' })).toMatchObject({
    status: 403,
    body: { code: 'not_contending' },
  })
  expect(await as('ada', 'POST', `/battles/${id}/join`)).toMatchObject({ status: 200, body: { your_slot: 'B' } })
  expect(await as('bob', 'POST', `/battles/${id}/join`)).toMatchObject({ status: 409, body: { code: 'no_open_seat' } })

  expect(await as('ada', 'PUT', `/battles/${id}/submission`, { content_text: 'Some draft.' })).toMatchObject({
    status: 200,
    body: { status: 'executing' },
  })
  await arena.until(id, (now) => now.contenders[0]!.status === 'submitted')
  const [mine, others] = [await as('ada', 'GET', `/battles/${id}`), await as(null, 'GET', `/battles/${id}`)]
  expect(mine.body.contenders.map(({ submission }: { submission: unknown }) => submission)).toMatchObject([
    null,
    { content_text: 'Some draft.', is_final: false },
  ])
  expect(others.body.contenders.map(({ submission }: { submission: unknown }) => submission)).toEqual([null, null])

  expect(await as('ada', 'PUT', `/battles/${id}/submission`, { content_text: 'Beige, as ever.', final: true })).toMatchObject({
    status: 200,
  })
  expect(await as('ada', 'PUT', `/battles/${id}/submission`, { content_text: 'No, pink.' })).toMatchObject({
    body: { code: 'battle_state' },
  })
  expect(await arena.settled(id)).toMatchObject({
    status: 'closed',
    outcome: 'winner',
    winner_slot: 'A',
    contenders: [{ rating: null }, { rating: null }],
  })
})

test('person against person, decided by the crowd', async () => {
  const id = await arena.create({
    contenders: [{ human: { user_id: ids.ada } }, { human: { user_id: ids.bob, identity: 'Bob' } }],
    ...crowd,
  })
  await as('ada', 'PUT', `/battles/${id}/submission`, { content_text: 'Ultramarine.', final: true })
  expect(await as('vic', 'PUT', `/battles/${id}/vote`, { choice: 'A' })).toMatchObject({
    status: 409,
    body: { code: 'not_voting', detail: 'The battle is executing; its window of 3600000 ms opens when everyone has answered.' },
  })
  const handedIn = await as('bob', 'PUT', `/battles/${id}/submission`, { content_text: 'Beige.', final: true })
  expect(handedIn.body).toMatchObject({ status: 'voting', blind: true, your_slot: 'B', contenders: [{ identity: '' }, { identity: '' }] })

  expect(await as('owner-is-not-in-this-list', 'PUT', `/battles/${id}/vote`, { choice: 'A' })).toMatchObject({ status: 401 })
  for (const contender of ['ada', 'bob'])
    expect(await as(contender, 'PUT', `/battles/${id}/vote`, { choice: 'A' })).toMatchObject({
      status: 403,
      body: { code: 'is_contender' },
    })
  expect(await as('vic', 'PUT', `/battles/${id}/vote`, { choice: 'C' })).toMatchObject({
    status: 422,
    body: { code: 'unknown_choice', detail: 'Expected one of A, B, tie, both_bad.' },
  })
  expect(await as('vic', 'PUT', `/battles/${id}/vote`, { choice: 'A' })).toMatchObject({
    status: 200,
    body: { your_vote: 'A', votes: null },
  })
  expect(await as('vic', 'PUT', `/battles/${id}/vote`, { choice: 'B' })).toMatchObject({ status: 200, body: { your_vote: 'B' } })
  expect(await as('val', 'PUT', `/battles/${id}/vote`, { choice: 'tie' })).toMatchObject({ status: 200 })
  expect(await as('vic', 'POST', `/battles/${id}/close-voting`)).toMatchObject({ status: 404 })
  expect((await arena.post(`/battles/${id}/close-voting`)).status).toBe(200)

  const { body } = await as(null, 'GET', `/battles/${id}`)
  expect(body).toMatchObject({
    status: 'closed',
    outcome: 'winner',
    judge: null,
    judge_outcome: null,
    winner_slot: 'B',
    votes: { given: 2, held: 0, tie: 1, both_bad: 0 },
    contenders: [
      { votes: 0, vote_share: 0, identity: '' },
      { votes: 1, vote_share: 0.5, identity: 'Bob', submission: { content_text: 'Beige.' } },
    ],
  })
  expect(await as('val', 'PUT', `/battles/${id}/vote`, { choice: 'A' })).toMatchObject({
    body: { code: 'not_voting', detail: expect.stringMatching(/^The window closed at /) },
  })
  expect((await arena.post(`/battles/${id}/close-voting`)).status).toBe(409)
  // With a key it says that it may be a repeat, and what it asks for is there.
  expect((await arena.post(`/battles/${id}/close-voting`, undefined, { 'idempotency-key': 'again' })).status).toBe(200)
})

test('a hybrid of two models: blind while it is voted on, then judged, and half and half', async () => {
  const id = await arena.create({ ...colours, scoring_mode: 'hybrid', voting_window_ms: 3_600_000 })
  await arena.until(id, (now) => now.status === 'voting')
  const blind = await as('vic', 'GET', `/battles/${id}`)
  expect(JSON.stringify(blind.body.contenders) + JSON.stringify(blind.body.events)).not.toMatch(/quill|ember|anthropic/)
  expect(blind.body.contenders.map(({ submission }: { submission: { content_text: string } }) => submission.content_text)).toEqual([
    'Ultramarine, because the sea is deep.',
    'Beige. It is fine.',
  ])
  const list = await as('vic', 'GET', '/battles')
  expect(JSON.stringify(list.body.battles.find(({ battle_id }: { battle_id: string }) => battle_id === id))).not.toMatch(/quill|ember/)
  expect(JSON.stringify(await arena.battle(id))).toContain('sparring:quill')
  expect((await arena.post(`/battles/${id}/vote`)).status).toBe(405) // a vote is put
  for (const voter of ['vic', 'val', 'ada']) expect((await as(voter, 'PUT', `/battles/${id}/vote`, { choice: 'B' })).status).toBe(200)
  await arena.post(`/battles/${id}/close-voting`)
  // The judge gives A 9 and B 4: A has 0.45, B has 0.5 + 0.2.
  expect(await arena.settled(id)).toMatchObject({
    outcome: 'winner',
    judge_outcome: 'winner',
    winner_slot: 'B',
    contenders: [
      { score: 0.45, judge_mean: 9, votes: 0 },
      { score: 0.7, judge_mean: 4, votes: 3 },
    ],
  })
})

describe('the clock', () => {
  test('a draft publishes itself by the schedule, and only once it is due', async () => {
    await arena.database.query(`select cron.schedule('agon-promote', '1 second', 'select battles.fn_battles_promote_due()')`)
    const id = await arena.create({ ...colours, publish: false, promote_at: new Date(Date.now() + 3_600_000).toISOString() })
    expect(await arena.battle(id)).toMatchObject({ status: 'draft', pending_promotion: true })
    expect(await as(null, 'GET', `/battles/${id}`)).toMatchObject({ status: 404 })
    const moved = await arena.api(`/battles/${id}/promotion`, {
      method: 'PUT',
      headers: { ...(await ownerHeaders()), 'content-type': 'application/json' },
      body: JSON.stringify({ promote_at: new Date(Date.now() + 1500).toISOString() }),
    })
    expect(moved.status).toBe(200)
    expect(await arena.settled(id)).toMatchObject({ status: 'closed', pending_promotion: false })
    expect((await arena.battle(id)).events.filter(({ type }) => type === 'battle.published')).toHaveLength(1)
  })

  test('windows end by the schedule: what was written last is final, and the votes of the window decide', async () => {
    await arena.database.query(`select cron.schedule('agon-end-submissions', '1 second', 'select battles.fn_battles_end_submissions()')`)
    await arena.database.query(`select cron.schedule('agon-finalize', '1 second', 'select battles.fn_auto_finalize_battles()')`)
    const id = await arena.create({
      contenders: [{ human: { user_id: ids.ada } }, { human: { user_id: ids.bob } }],
      scoring_mode: 'community',
      judge: undefined,
      submission_window_ms: 2500,
      voting_window_ms: 2500,
    })
    await as('ada', 'PUT', `/battles/${id}/submission`, { content_text: 'A draft.' })
    await as('bob', 'PUT', `/battles/${id}/submission`, { content_text: 'Another.' })
    await arena.until(id, (now) => now.status === 'voting')
    expect((await as('vic', 'PUT', `/battles/${id}/vote`, { choice: 'A' })).status).toBe(200)
    expect(await arena.settled(id)).toMatchObject({ status: 'closed', outcome: 'winner', winner_slot: 'A' })
    expect(await as('val', 'PUT', `/battles/${id}/vote`, { choice: 'A' })).toMatchObject({ status: 409 })
  })

  const ownerHeaders = async () => {
    const session = await fetch(`${arena.platform.url}/auth/v1/token?grant_type=password`, {
      method: 'POST',
      headers: { apikey: arena.platform.publishableKey, 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'owner@example.com', password: 'correct horse battery' }),
    })
    const { access_token } = (await session.json()) as { access_token: string }
    return { authorization: `Bearer ${access_token}`, apikey: arena.platform.publishableKey }
  }
})

test('withdrawing and cancelling, over HTTP', async () => {
  const id = await arena.create({ contenders: [{ human: { user_id: ids.ada } }, { human: {} }, { model: 'sparring:quill' }] })
  await as('bob', 'POST', `/battles/${id}/join`)
  await as('bob', 'PUT', `/battles/${id}/submission`, { content_text: 'to be deleted' })
  expect(await as('bob', 'DELETE', `/battles/${id}/submission`)).toMatchObject({
    status: 200,
    body: { contenders: [{}, { status: 'withdrawn', submission: null }, {}] },
  })
  expect(await as('vic', 'DELETE', `/battles/${id}/submission`)).toMatchObject({ status: 403, body: { code: 'not_contending' } })
  expect(await (await arena.post(`/battles/${id}/cancel`)).json()).toMatchObject({ status: 'cancelled' })
  expect(await as('ada', 'PUT', `/battles/${id}/submission`, { content_text: 'late' })).toMatchObject({
    status: 409,
    body: { code: 'battle_state', detail: 'The battle is cancelled; people contend while it executes.' },
  })
})

test('a battle that keeps its results shows them when its owner says so', async () => {
  const id = await arena.create({ ...colours, auto_publish_results: false })
  await arena.settled(id)
  expect(await as(null, 'GET', `/battles/${id}`)).toMatchObject({
    body: { status: 'closed', outcome: null, verdicts: [], results_published: false },
  })
  expect(await as('vic', 'POST', `/battles/${id}/publish-results`)).toMatchObject({ status: 404 })
  expect(await (await arena.post(`/battles/${id}/publish-results`)).json()).toMatchObject({ outcome: 'winner', results_published: true })
  expect(await as(null, 'GET', `/battles/${id}`)).toMatchObject({ body: { outcome: 'winner', results_published: true } })
})

describe('what is asked for', () => {
  const ask = async (body: object) => {
    const response = await arena.post('/battles', { prompt: 'Name a colour.', judge: { model: 'sparring:arbiter' }, ...colours, ...body })
    return { status: response.status, body: (await response.json()) as { code: string; errors?: { path: string; message: string }[] } }
  }
  const person = { human: {} }

  test.each<[string, object, string, string | RegExp]>([
    ['a battle of workflows without one', { battle_type: 'workflow_battle' }, '/battle_type', 'these contenders make it ai_vs_ai'],
    ['a coding battle of models', { battle_type: 'coding' }, '/battle_type', 'these contenders make it ai_vs_ai; leave it out'],
    ['another type than it is', { battle_type: 'human_vs_ai' }, '/battle_type', 'these contenders make it ai_vs_ai; leave it out'],
    [
      'a quiz of people',
      { battle_type: 'qa', contenders: [person, person] },
      '/battle_type',
      'these contenders make it human_vs_human; leave it out',
    ],
    [
      'a contender that is both',
      { contenders: [person, { model: 'sparring:quill', human: {} }] },
      '/contenders/1',
      'expected model, human or workflow_id, and one of them alone',
    ],
    [
      'a contender that is neither',
      { contenders: [person, { identity: 'who' }] },
      '/contenders/1',
      'expected model, human or workflow_id, and one of them alone',
    ],
    [
      'a person with a system prompt',
      { contenders: [person, { human: {}, system_prompt: 'Be brief.' }] },
      '/contenders/1/system_prompt',
      /belongs to a model/,
    ],
    ['a judge nobody hears', { scoring_mode: 'community' }, '/judge', /decided by votes alone/],
    ['no judge', { judge: undefined }, '/judge', 'ai_judge needs a judge'],
    ['a hybrid without a judge', { scoring_mode: 'hybrid', judge: undefined }, '/judge', 'hybrid needs a judge'],
    [
      'votes without a vote',
      { scoring_mode: 'hybrid', voting_window_ms: 0 },
      '/voting_window_ms',
      'hybrid needs a vote: expected at least 1000 ms',
    ],
    ['a window of years', { scoring_mode: 'hybrid', voting_window_ms: 1e11 }, '/voting_window_ms', /30 days/],
    ['a window for nobody', { submission_window_ms: 5000 }, '/submission_window_ms', /no contender is a person/],
    ['yesterday', { promote_at: '2020-01-01T00:00:00Z' }, '/promote_at', /lies in the past/],
    ['a time that is none', { promote_at: 'tomorrow' }, '/promote_at', /expected a time/],
    ['now and later', { publish: true, promote_at: new Date(Date.now() + 60_000).toISOString() }, '/promote_at', /published at once/],
    ['to be first', { priority: -1 }, '/priority', /.+/],
  ])('%s is refused at its field', async (_, body, path, message) => {
    expect(await ask(body)).toMatchObject({ status: 422, body: { errors: [{ path, message: expect.stringMatching(message) }] } })
  })

  test('the same person twice is refused; two open seats are not', async () => {
    const twice = { contenders: [{ human: { user_id: ids.ada } }, { human: { user_id: ids.ada } }] }
    expect(await ask(twice)).toMatchObject({ status: 422, body: { code: 'duplicate_contender', errors: [{ path: '/contenders/1' }] } })
    expect(await ask({ contenders: [person, person], battle_type: 'human_vs_human' })).toMatchObject({ status: 201 })
    expect(await ask({ battle_type: 'qa' })).toMatchObject({ status: 201, body: { battle_type: 'qa' } })
  })

  test('a submission that is none is refused at its field; people submit text so far', async () => {
    const id = await arena.create({ contenders: [{ human: { user_id: ids.ada } }, person] })
    const send = (body: object) => as('ada', 'PUT', `/battles/${id}/submission`, body)
    expect(await send({ content_text: '  ' })).toMatchObject({
      status: 422,
      body: { errors: [{ path: '/content_text', message: 'expected some text' }] },
    })
    expect(await send({ content_text: 'x', content_url: 'https://example.com' })).toMatchObject({
      status: 422,
      body: { errors: [{ path: '/content_url' }] },
    })
    expect(await send({ content_text: 'x'.repeat(100_001) })).toMatchObject({ status: 422, body: { errors: [{ path: '/content_text' }] } })
    expect(await as('vic', 'PUT', `/battles/${id}/vote`, { choice: 'best' })).toMatchObject({
      status: 422,
      body: { errors: [{ path: '/choice' }] },
    })
  })
})
