import { eloUpdate } from '@agon/runner-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Arena, simpleProvider, startArena } from '../support/arena.ts'

let arena: Arena
beforeAll(async () => {
  arena = await startArena()
})
beforeEach(() => {
  arena.provider.reset()
  simpleProvider(arena.provider)
})
afterAll(() => arena.stop())

test('a battle is answered, judged blind in both orders, closed and rated', async () => {
  const id = await arena.create({ prompt: 'Name a colour, and say why.' })
  const battle = await arena.settled(id)
  expect(battle).toMatchObject({ status: 'closed', outcome: 'winner', judge_outcome: 'winner', winner_slot: 'A' })
  expect(battle.events.map((event) => event.type)).toEqual([
    'battle.draft',
    'battle.published',
    'battle.executing',
    'contender.submitted',
    'contender.submitted',
    'battle.voting',
    'battle.scoring',
    'verdict.recorded',
    'verdict.recorded',
    'battle.closed',
    'battle.rated',
  ])
  expect(battle.contenders.map((contender) => contender.submission)).toMatchObject([
    { content_text: 'Ultramarine, because the sea is deep.', is_final: true, input_tokens: 5, output_tokens: 7 },
    { content_text: 'Beige. It is fine.', is_final: true },
  ])
  expect(battle.verdicts.map((verdict) => verdict.slot_order).sort()).toEqual(['AB', 'BA'])
  expect(battle.contenders.map((contender) => contender.judge_mean)).toEqual([9, 4])
  expect(battle.contenders.map((contender) => contender.rating)).toEqual([
    { before: 1000, after: 1016 },
    { before: 1000, after: 984 },
  ])

  const judged = arena.provider.getRequests().filter((request) => (request.body as { model: string }).model === 'arbiter')
  expect(judged).toHaveLength(2)
  for (const request of judged) expect(JSON.stringify(request.body)).not.toMatch(/quill|ember|sparring-anthropic/)
})

test('a judge that flips with the order decides nothing: the battle is a draw and the rating’s draw branch runs', async () => {
  arena.provider.prependFixture({
    match: { model: 'arbiter' },
    response: {
      content: JSON.stringify({
        reasoning: 'The first one.',
        scores: [
          { label: 1, score: 8 },
          { label: 2, score: 6 },
        ],
        verdict: '1',
      }),
    },
  })
  const battle = await arena.settled(await arena.create({}))
  expect(battle).toMatchObject({ status: 'closed', outcome: 'draw', judge_outcome: 'inconsistent', winner_slot: null })
  const [a, b] = battle.contenders.map((contender) => contender.rating!)
  const expected = eloUpdate(
    new Map([
      ['A', a!.before],
      ['B', b!.before],
    ]),
    [{ a: 'A', b: 'B', result: 0.5 }],
  )
  expect(a!.after).not.toBe(a!.before)
  expect([a!.after, b!.after]).toEqual([expect.closeTo(expected.get('A')!, 9), expect.closeTo(expected.get('B')!, 9)])
})

test('five contenders take part, on both wires, and the last is not forgotten', async () => {
  for (const [name, colour] of [
    ['c', 'Crimson'],
    ['d', 'Drab'],
    ['e', 'Ecru'],
  ] as const)
    arena.provider.on({ model: name }, { content: colour })
  arena.provider.prependFixture({
    match: { model: 'arbiter' },
    response: (request) => {
      const shown = String(request.messages.at(-1)?.content)
      const taste = ['Ultramarine', 'Crimson', 'Ecru', 'Beige', 'Drab']
      const order = [...taste].sort((a, b) => shown.lastIndexOf(a) - shown.lastIndexOf(b))
      const scores = order.map((colour, nth) => ({ label: nth + 1, score: 9 - taste.indexOf(colour) }))
      return { content: JSON.stringify({ reasoning: 'By taste.', scores, verdict: String(order.indexOf('Ultramarine') + 1) }) }
    },
  })
  const battle = await arena.settled(
    await arena.create({
      contenders: ['sparring:quill', 'sparring-anthropic:ember', 'sparring:c', 'sparring-anthropic:d', 'sparring:e'].map((model) => ({
        model,
      })),
    }),
  )
  expect(battle).toMatchObject({ outcome: 'winner', winner_slot: 'A' })
  expect(battle.contenders.map((contender) => contender.judge_mean)).toEqual([9, 6, 8, 5, 7])
  const changes = battle.contenders.map((contender) => contender.rating!.after - contender.rating!.before)
  expect(changes.reduce((sum, change) => sum + change, 0)).toBeCloseTo(0, 9)
})

test('a draft is its owner’s alone, is published once, and a published battle is public', async () => {
  const stranger = await arena.signUp('stranger')
  const draft = (await (
    await arena.post('/battles', {
      prompt: 'p',
      contenders: [{ model: 'sparring:quill' }, { model: 'sparring:ember' }],
      judge: { model: 'sparring:arbiter' },
    })
  ).json()) as { battle_id: string; status: string }
  expect(draft.status).toBe('draft')
  const headers = { apikey: arena.platform.publishableKey }
  expect((await arena.api(`/battles/${draft.battle_id}`, { headers })).status).toBe(404)
  expect(
    (
      await arena.api(`/battles/${draft.battle_id}/publish`, {
        method: 'POST',
        headers: { ...headers, authorization: `Bearer ${stranger}` },
      })
    ).status,
  ).toBe(404)
  expect((await arena.post(`/battles/${draft.battle_id}/publish`)).status).toBe(200)
  expect((await arena.post(`/battles/${draft.battle_id}/publish`)).status).toBe(409)
  expect((await arena.api(`/battles/${draft.battle_id}`, { headers })).status).toBe(200)
  await arena.settled(draft.battle_id)
})

test('inputs, personas, the reference and the prompts made of them are shown to the owner alone', async () => {
  const id = await arena.create({
    prompt: 'Name a {{ thing }}.',
    inputs: { thing: 'SECRET-colour' },
    contenders: [{ model: 'sparring:quill', identity: 'bold', system_prompt: 'SECRET-persona' }, { model: 'sparring:ember' }],
    reference_answer: 'SECRET-reference',
  })
  const asOwner = JSON.stringify(await arena.settled(id))
  const asReader = await (await arena.api(`/battles/${id}`, { headers: { apikey: arena.platform.publishableKey } })).text()
  for (const secret of ['SECRET-colour', 'SECRET-persona', 'SECRET-reference']) {
    expect(asOwner).toContain(secret)
    expect(asReader).not.toContain(secret)
  }
  expect(
    arena.provider
      .getRequests()
      .map((request) => JSON.stringify(request.body))
      .filter((body) => body.includes('SECRET-persona')),
  ).toHaveLength(1)
})

test('pages of battles meet without a gap or a repeat', async () => {
  const headers = { apikey: arena.platform.publishableKey }
  const seen: string[] = []
  let cursor = ''
  do {
    const page = (await (await arena.api(`/battles?limit=2${cursor && `&cursor=${encodeURIComponent(cursor)}`}`, { headers })).json()) as {
      battles: { battle_id: string }[]
      next_cursor: string | null
    }
    seen.push(...page.battles.map((battle) => battle.battle_id))
    cursor = page.next_cursor ?? ''
  } while (cursor)
  const { rows } = await arena.database.query(
    `select battle_id from battles.battles where status <> 'draft' order by created_at desc, battle_id desc`,
  )
  expect(seen).toEqual(rows.map((row) => row.battle_id))
})

test('the same idempotency key makes one battle; another body under it is refused', async () => {
  const body = {
    prompt: 'Once.',
    contenders: [{ model: 'sparring:quill' }, { model: 'sparring:ember' }],
    judge: { model: 'sparring:arbiter' },
  }
  const key = { 'idempotency-key': 'once-1' }
  const [first, again, other] = [
    await arena.post('/battles', body, key),
    await arena.post('/battles', body, key),
    await arena.post('/battles', { ...body, prompt: 'Twice.' }, key),
  ]
  expect([first.status, again.status, other.status]).toEqual([201, 200, 409])
  const ids = [first, again].map(async (response) => ((await response.json()) as { battle_id: string }).battle_id)
  expect(await ids[0]).toBe(await ids[1])
  expect(await other.json()).toMatchObject({ code: 'idempotency_conflict' })
})

test('the leaderboard ranks by rating and says who is simulated', async () => {
  const response = await arena.api('/leaderboard', { headers: { apikey: arena.platform.publishableKey } })
  const { leaderboard } = (await response.json()) as { leaderboard: { rank: number; rating: number; simulated: boolean; games: number }[] }
  expect(leaderboard.length).toBeGreaterThanOrEqual(5)
  expect(leaderboard.map((row) => row.rating)).toEqual(leaderboard.map((row) => row.rating).sort((a, b) => b - a))
  expect(leaderboard.every((row) => row.simulated)).toBe(true)
})
