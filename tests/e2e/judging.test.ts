import { createAgonClient } from '@agon/client'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Arena, simpleProvider, startArena } from '../support/arena.ts'
import { verdictBy } from '../support/driver.ts'

let arena: Arena
beforeAll(async () => {
  arena = await startArena()
})
beforeEach(() => {
  arena.provider.reset()
  simpleProvider(arena.provider)
})
afterAll(() => arena.stop())

/** A judge that likes blue, whatever it is asked. */
const likesBlue = verdictBy((answer) => (answer.includes('Ultramarine') ? 9 : 4))
const judges = (...names: string[]) => {
  for (const name of names)
    arena.provider.prependFixture({
      match: { model: name },
      response: (request) => ({ content: likesBlue({ prompt: String(request.messages.at(-1)?.content) }) }),
    })
}
const analyst = (name: string) =>
  arena.provider.prependFixture({
    match: { model: name },
    response: (request) => {
      const system = String(request.messages[0]?.content)
      const prompt = String(request.messages.at(-1)?.content)
      if (system.startsWith('You read one'))
        return {
          content: JSON.stringify({ summary: prompt.includes('Ultramarine') ? 'Ultramarine.' : 'Beige.', strengths: [], weaknesses: [] }),
        }
      if (system.startsWith('You cross-examine'))
        return {
          content: JSON.stringify({ findings: [{ about: 'verdict', claim: 'It is taste.', severity: 'low', evidence: 'invented words' }] }),
        }
      return { content: likesBlue({ prompt }) }
    },
  })
const post = (path: string, body: unknown) => arena.post(path, body)

test('a panel judges by criterion, and the document tells who said what of what', async () => {
  judges('one', 'two')
  const id = await arena.create({
    judge: undefined,
    judges: [{ model: 'sparring:one', weight: 2 }, { model: 'sparring:two' }],
    judge_mode: 'rubric',
    rubric: [{ title: 'Colourful', weight: 2 }, { title: 'Reasoned' }],
  })
  const battle = await arena.settled(id)
  expect(battle).toMatchObject({ status: 'closed', outcome: 'winner', judge_outcome: 'winner', winner_slot: 'A', judge_mode: 'rubric' })
  expect(battle.judges).toMatchObject([
    { seat: 1, model: 'sparring:one', weight: 2, status: 'judged' },
    { seat: 2, model: 'sparring:two', weight: 1, status: 'judged' },
  ])
  expect(battle.verdicts.map(({ judge_seat, part, presentation, weight }) => [judge_seat, part, presentation, weight])).toEqual(
    [1, 2].flatMap((seat) => [
      [seat, 'criterion:1', 0, 2],
      [seat, 'criterion:1', 1, 2],
      [seat, 'criterion:2', 0, 1],
      [seat, 'criterion:2', 1, 1],
    ]),
  )
})

test('a battle analyses itself when it closes; its owner has it cross-examined and says who should have won', async () => {
  analyst('arbiter')
  const id = await arena.create({ auto_analyse: true })
  const battle = await arena.settled(id)
  expect(battle).toMatchObject({ outcome: 'winner', winner_slot: 'A', override: null })
  const agon = createAgonClient({
    url: arena.platform.url,
    publishableKey: arena.platform.publishableKey,
    accessToken: () => arena.asOwner.authorization.slice('Bearer '.length),
  })
  const analysed = async (count: number) => {
    for (const end = Date.now() + 30_000; Date.now() < end; ) {
      const found = await agon.analyses(id)
      if (found.ok && found.value.analyses.length === count && found.value.analyses.every(({ status }) => status !== 'pending'))
        return found.value.analyses
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    throw new Error('the analyses did not end')
  }
  expect(await analysed(1)).toMatchObject([
    {
      kind: 'digest_judge',
      automatic: true,
      status: 'completed',
      model: 'sparring:arbiter',
      simulated: true,
      result: { outcome: 'winner', winner_slot: 'A' },
    },
  ])
  const asked = await agon.analyse(id, { kind: 'cross_examination', model: 'sparring:arbiter' })
  expect(asked).toMatchObject({ ok: true, value: { analyses: [{}, { status: 'pending' }] } })
  expect((await analysed(2))[1]).toMatchObject({
    status: 'completed',
    result: { findings: [{ slot: null, severity: 'low', quoted: false }] },
  })

  expect(await agon.overrideWinner(id, { winner_slot: 'B', note: 'Beige it is.' })).toMatchObject({
    ok: true,
    value: { outcome: 'winner', winner_slot: 'A', override: { winner_slot: 'B', note: 'Beige it is.' } },
  })
})

test('images are judged by those who see, films where a worker takes them apart, speech by what is said, and music by votes', async () => {
  const make = async (contenders: string[], judge: string) => {
    const response = await post('/battles', { prompt: 'x', contenders: contenders.map((model) => ({ model })), judge: { model: judge } })
    const { code, errors } = (await response.json()) as { code?: string; errors?: { path: string }[] }
    return [response.status, code, errors?.map(({ path }) => path)]
  }
  const images = ['fal:flux-2-pro', 'fal:recraft-4']
  expect(await make(images, 'openai:gpt-4.1')).toEqual([201, undefined, undefined])
  expect(await make(images, 'mistral:mistral-large-3')).toEqual([422, 'judge_cannot_see', ['/judge/model']])
  expect(await make(['fal:kokoro', 'openai:tts-1'], 'mistral:mistral-large-3')).toEqual([201, undefined, undefined])
  const films = ['fal:veo-3.1', 'fal:kling-o3']
  expect(await make(films, 'openai:gpt-4.1')).toEqual([409, 'capability_missing', ['/judge']])
  await arena.database.query(`select execution.fn_worker_announce_capabilities('a worker', '{ffmpeg}')`)
  expect(await make(films, 'openai:gpt-4.1')).toEqual([201, undefined, undefined])
  expect(await make(films, 'mistral:mistral-large-3')).toEqual([422, 'judge_cannot_see', ['/judge/model']])
  expect(await make(['fal:lyria2', 'fal:elevenlabs-music'], 'openai:gpt-4.1')).toEqual([422, 'judge_cannot_see', ['/judge/model']])
  // The maker of an image model favours it as it favours its text.
  expect(await make(['openai:gpt-image-2', 'fal:recraft-4'], 'openai:gpt-4.1')).toEqual([422, 'judge_recused', ['/judge/model']])
})

test('what cannot be judged is refused, and the refusal names the field and the way out', async () => {
  const two = [{ model: 'openai:gpt-5-mini' }, { model: 'anthropic:claude-haiku-4-5' }]
  const refused = async (body: object) => {
    const response = await post('/battles', { prompt: 'x', contenders: two, ...body })
    const { code, errors } = (await response.json()) as { code: string; errors?: { path: string }[] }
    return [response.status, code, errors?.map(({ path }) => path)]
  }
  expect(await refused({ judge: { model: 'openai:gpt-4.1' } })).toEqual([422, 'judge_recused', ['/judge/model']])
  expect(await refused({ judges: [{ model: 'openai:gpt-4.1' }, { model: 'anthropic:claude-opus-5' }] })).toEqual([
    422,
    'judge_recused',
    ['/judges/0/model', '/judges/1/model'],
  ])
  expect(await refused({ judges: [{ model: 'google:gemini-2.5-pro' }, { model: 'gemini-2.5-pro' }] })).toEqual([
    422,
    'duplicate_judge',
    ['/judges/1'],
  ])
  expect(await refused({ judge: { model: 'google:gemini-2.5-pro' }, judges: [{ model: 'google:gemini-2.5-pro' }] })).toEqual([
    422,
    'invalid_request',
    ['/judges'],
  ])
  expect(
    await refused({ contenders: [{ model: 'openai:dall-e-3' }, { model: 'fal:flux-2-pro' }], judge: { model: 'google:gemini-2.5-pro' } }),
  ).toEqual([422, 'model_retired', ['/contenders/0/model']])
  expect(await refused({ judges: [{ model: 'google:gemini-2.5-pro', weight: 0 }] })).toEqual([422, 'invalid_request', ['/judges']])
  expect(await refused({ judge: { model: 'google:gemini-2.5-pro' }, judge_mode: 'rubric' })).toEqual([422, 'invalid_request', ['/rubric']])
  expect(await refused({ scoring_mode: 'community', auto_analyse: true })).toEqual([422, 'invalid_request', ['/auto_analyse']])
  const draft = await post('/battles', { prompt: 'x', contenders: two, judge: { model: 'openai:gpt-4.1' }, allow_own_family: true })
  expect(draft.status).toBe(201)
  const { battle_id } = (await draft.json()) as { battle_id: string }
  expect((await post(`/battles/${battle_id}/winner`, { winner_slot: 'A', note: 'x' })).status).toBe(409)
  expect((await post(`/battles/${battle_id}/analyses`, { kind: 'digest_judge', model: 'sparring:x' })).status).toBe(409)
  expect((await post(`/battles/${battle_id}/analyses`, { kind: 'digest_judge', model: 'openai:dall-e-3' })).status).toBe(422)
})

test('what was learned of a judge is kept for its user, and a battle takes it by name', async () => {
  const answered = async (sent: Promise<Response>) => {
    const response = await sent
    return { status: response.status, body: await response.json() }
  }
  const put = (weights: unknown) =>
    answered(
      arena.api('/judge-weights', {
        method: 'PUT',
        headers: { ...arena.asOwner, 'content-type': 'application/json' },
        body: JSON.stringify({ weights }),
      }),
    )
  const learned = { model: 'sparring:one', weight: 1.5, accuracy: 0.82, gold_pairs: 60 }
  const kept = { status: 200, body: { weights: [{ ...learned, learned_at: expect.any(String) }] } }
  expect(await put([learned])).toEqual(kept)
  expect(await put([learned, { ...learned, model: 'openai:nobody' }])).toMatchObject({
    status: 422,
    body: { code: 'model_unknown', errors: [{ path: '/weights/1/model' }] },
  })
  expect(await put([learned, learned])).toMatchObject({ status: 422, body: { errors: [{ path: '/weights/1/model' }] } })
  expect(await answered(arena.api('/judge-weights', { headers: arena.asOwner }))).toEqual(kept)

  const make = (...names: string[]) =>
    answered(
      post('/battles', {
        prompt: 'Name a colour.',
        contenders: [{ model: 'sparring:quill' }, { model: 'sparring-anthropic:ember' }],
        judges: names.map((name) => ({ model: `sparring:${name}`, weight: 'learned' })),
      }),
    )
  expect(await make('one')).toMatchObject({ status: 201, body: { judges: [{ model: 'sparring:one', weight: 1.5 }] } })
  expect(await make('one', 'two')).toMatchObject({
    status: 422,
    body: { code: 'judge_weight_unlearned', errors: [{ path: '/judges/1/weight' }] },
  })
  await put([{ ...learned, weight: 0 }])
  expect(await make('one')).toMatchObject({ status: 422, body: { code: 'invalid_request', errors: [{ path: '/judges' }] } })
})
