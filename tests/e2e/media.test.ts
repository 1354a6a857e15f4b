import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Arena, type BattleDocument, startArena } from '../support/arena.ts'
import { signOpenai, startFalKeys } from '../support/callback-keys.ts'
import { samples } from '../support/media-samples.ts'
import { type FalOutcome, startWireFal } from '../support/wire-fal.ts'
import { startWireOpenai } from '../support/wire-openai.ts'

// Every kind of media through its real SDK, in the functions as they are deployed, to a file that Storage serves.

const openaiSecret = `whsec_${Buffer.from('the secret of the tests').toString('base64')}`

/** By a word of the prompt: how long fal takes, and what becomes of it. */
const takes = new Map<string, number | 'never'>()
const outcomes = new Map<string, FalOutcome>()
let spoiled: Buffer | undefined
const byWord =
  <T>(table: Map<string, T>) =>
  (_endpoint: string, input: Record<string, unknown>) =>
    [...table].find(([word]) => JSON.stringify(input).includes(word))?.[1]

let arena: Arena
let fal: Awaited<ReturnType<typeof startWireFal>>
let openai: Awaited<ReturnType<typeof startWireOpenai>>
let keys: Awaited<ReturnType<typeof startFalKeys>>

beforeAll(async () => {
  keys = await startFalKeys()
  fal = await startWireFal({
    takesMs: (endpoint, input) => byWord(takes)(endpoint, input) ?? 0,
    outcome: (endpoint, input) => byWord(outcomes)(endpoint, input) ?? 'done',
    sign: keys.sign,
  })
  openai = await startWireOpenai({
    answer: () => 'A long thought, kept by its provider.',
    videoTakesMs: 1_000,
    interfere: ({ path }) =>
      spoiled && path === '/v1/images/generations'
        ? { status: 200, body: { data: [{ b64_json: spoiled.toString('base64') }] } }
        : undefined,
  })
  arena = await startArena({
    functionEnv: {
      FAL_BASE_URL: fal.url,
      FAL_KEY: 'fal-key',
      FAL_JWKS_URL: keys.url,
      OPENAI_BASE_URL: openai.url,
      OPENAI_API_KEY: 'openai-key',
      OPENAI_WEBHOOK_SECRET: openaiSecret,
      AGON_CALLBACK_URL: 'https://agon.test/functions/v1/provider-callback',
    },
  })
})
afterAll(async () => {
  await arena?.stop()
  await Promise.all([fal, openai, keys].map((server) => server?.stop()))
})

/** A battle the crowd decides. */
const battleOf = (models: string[], prompt = 'A wave', settings: Record<string, unknown> = {}): Promise<string> =>
  arena.create({ prompt, contenders: models.map((model) => ({ model })), judge: undefined, scoring_mode: 'community', ...settings })

/** Until it is as wished, with every wait of the queue cut short. */
async function hurried(id: string, wished: (battle: BattleDocument) => boolean): Promise<BattleDocument> {
  const hurry = setInterval(() => {
    arena.database.query('update execution.later set run_after = now()').then(
      () => arena.database.query('select execution.sweep()'),
      () => {},
    )
  }, 500)
  return arena.until(id, wished).finally(() => clearInterval(hurry))
}

const submissions = (battle: BattleDocument) => battle.contenders.map(({ submission }) => submission)
const allFinal = (battle: BattleDocument) => submissions(battle).every((submission) => submission?.is_final)
const eachSettled = (battle: BattleDocument) => battle.contenders.every(({ status }) => status !== 'pending')
const open = (battle: BattleDocument) => battle.contenders.every(({ submission }) => submission?.artifact_id)
const requestOf = (prompt: string) => fal.requests.find(({ input }) => JSON.stringify(input).includes(prompt))!
const callback = (path = 'fal') => `${arena.platform.url}/functions/v1/provider-callback/${path}`

test.each([
  ['image', ['openai:gpt-image-2', 'fal:flux-2'], 'image', samples.image],
  ['audio', ['openai:tts-1', 'fal:kokoro'], 'audio', samples.audio],
  ['video', ['openai:sora-2', 'fal:veo-3.1'], 'video', samples.video],
  ['music', ['fal:lyria2', 'fal:elevenlabs-music'], 'audio', samples.audio],
] as const)('%s is made, copied and served', async (kind, models, modality, sample) => {
  const id = await battleOf([...models], `One ${kind}`)
  const battle = await hurried(id, allFinal)
  for (const submission of submissions(battle)) {
    expect(submission).toMatchObject({ content_text: null, output_modality: modality, mime_type: sample.mimeType })
    expect(submission!.content_url).toContain(`/storage/v1/object/public/battle-media/${id}/`)
    const served = await fetch(submission!.content_url!)
    expect([served.status, served.headers.get('content-type')]).toEqual([200, sample.mimeType])
    expect(Buffer.from(await served.arrayBuffer())).toEqual(sample.bytes)
  }
  const { rows } = await arena.database.query('select media_url = content_url as mirrored from battles.submissions where battle_id = $1', [
    id,
  ])
  expect(rows).toEqual([{ mirrored: true }, { mirrored: true }])
})

test('a film is a task of its provider until it is there, and polling alone finds it', async () => {
  takes.set('slow film', 3_000)
  const id = await battleOf(['fal:veo-3.1', 'fal:kling-o3'], 'A slow film')
  const working = await arena.until(id, open)
  expect(working.contenders.map(({ job, submission }) => [job!.status, submission!.is_final, submission!.content_url])).toEqual([
    ['running', false, null],
    ['running', false, null],
  ])
  expect(submissions(working).map((submission) => submission!.artifact_id)).toContain(requestOf('slow film').requestId)
  expect(requestOf('slow film').webhookUrl).toBe('https://agon.test/functions/v1/provider-callback/fal')
  expect(allFinal(await arena.until(id, allFinal))).toBe(true)
  expect(fal.requests.filter(({ input }) => JSON.stringify(input).includes('slow film'))).toHaveLength(2)
})

test('a callback brings the next poll forward; a forged, stale or repeated one does nothing', async () => {
  takes.set('called film', 'never')
  const id = await battleOf(['fal:veo-3.1', 'fal:kling-o3'], 'A called film')
  await arena.until(id, open)
  await arena.database.query(`update execution.later set run_after = now() + interval '1 hour'`)
  const [first, second] = fal.requests.filter(({ input }) => JSON.stringify(input).includes('called film'))
  const body = JSON.stringify({ request_id: first!.requestId, status: 'OK', payload: null })
  const raw = Buffer.from(body)
  const post = (headers: Record<string, string>, text = body) =>
    fetch(callback(), { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: text })

  for (const forged of [
    keys.forge(raw, first!.requestId),
    keys.sign(raw, first!.requestId, Math.floor(Date.now() / 1000) - 400),
    keys.sign(Buffer.from('{}'), first!.requestId),
    {},
  ]) {
    const answer = await post(forged)
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([401, 'callback_refused'])
  }
  const waits = () =>
    arena.database.query('select from execution.later w join execution.jobs j using (job_id) where j.subject_id is not null')
  expect((await waits()).rowCount).toBe(2)

  first!.doneAt = 0
  const signed = keys.sign(raw, first!.requestId)
  expect(await (await post(signed)).json()).toEqual({ status: 'noted' })
  await arena.until(id, (battle) => submissions(battle).some((submission) => submission?.is_final))
  expect(['replayed', 'ended']).toContain(((await (await post(signed)).json()) as { status: string }).status)
  expect((await waits()).rowCount).toBe(1)

  second!.doneAt = 0
  expect(await fal.postWebhook(second!.requestId, { url: callback() })).toBe(200)
  await arena.until(id, allFinal)
})

test('a callback for a task that is not recorded asks to be called again; one that is too large is not read', async () => {
  const body = Buffer.from(JSON.stringify({ request_id: 'nobody-knows' }))
  const unknown = await fetch(callback(), { method: 'POST', headers: keys.sign(body, 'nobody-knows'), body })
  expect(unknown.status).toBe(404)
  const large = Buffer.alloc(2 * 1024 * 1024, 'a')
  expect((await fetch(callback(), { method: 'POST', headers: keys.sign(large, 'large'), body: large })).status).toBe(413)
  expect((await fetch(callback('midjourney'), { method: 'POST', body: '{}' })).status).toBe(404)
  expect((await fetch(callback())).status).toBe(405)
})

test('a long text is kept by OpenAI, and its signed webhook ends the wait', async () => {
  const text = { max_tokens: 20_000 }
  const id = await battleOf(['openai:gpt-5-mini', 'openai:gpt-5-nano'], 'Think', text)
  await arena.until(id, open)
  await arena.database.query(`update execution.later set run_after = now() + interval '1 hour'`)
  for (const { id: task } of openai.responses) {
    const sign = (body: string) => signOpenai(body, openaiSecret, { id: `wh_${task}` })
    expect(
      await openai.postWebhook(callback('openai'), { type: 'response.completed', id: task }, (body) => ({
        ...sign(body),
        'webhook-signature': 'v1,AAAA',
      })),
    ).toBe(401)
    expect(await openai.postWebhook(callback('openai'), { type: 'response.completed', id: task }, sign)).toBe(200)
    expect(await openai.postWebhook(callback('openai'), { type: 'response.completed', id: task }, sign)).toBe(200)
    expect(await openai.postWebhook(callback('openai'), { type: 'batch.completed', id: 'batch' }, sign)).toBe(200)
  }
  const battle = await arena.until(id, allFinal)
  expect(submissions(battle).map((submission) => submission!.content_text)).toEqual(Array(2).fill('A long thought, kept by its provider.'))
})

test('what expired is made again, and given up after three attempts', async () => {
  outcomes.set('expired image', { status: 200, body: { images: [{ url: `${fal.url}/requests/gone.png`, content_type: 'image/png' }] } })
  const battle = await hurried(await battleOf(['fal:flux-2', 'openai:gpt-image-2'], 'An expired image'), eachSettled)
  expect(battle.contenders[0]).toMatchObject({ status: 'failed', error: { code: 'media_expired' }, job: { attempts: 3 } })
  expect(fal.requests.filter(({ input }) => JSON.stringify(input).includes('expired image'))).toHaveLength(3)
})

test('what is not what it should be is refused, with nothing kept', async () => {
  spoiled = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
  const battle = await arena.until(await battleOf(['openai:gpt-image-2', 'fal:flux-2'], 'A script'), eachSettled)
  spoiled = undefined
  expect(battle.contenders[0]).toMatchObject({ status: 'failed', error: { code: 'media_refused' }, submission: null })
  expect(battle.contenders[1]).toMatchObject({ status: 'submitted' })
})

test('a refusal of the provider is told, and its task is not asked for again', async () => {
  outcomes.set('refused film', { status: 422, body: { detail: [{ msg: 'not allowed', type: 'content_policy_violation' }] } })
  const battle = await hurried(await battleOf(['fal:veo-3.1', 'fal:kling-o3'], 'A refused film'), eachSettled)
  expect(battle.contenders[0]).toMatchObject({ status: 'failed', error: { code: 'content_refused' } })
})

test('cancelling a battle reaches the tasks at their providers', async () => {
  takes.set('unwanted film', 'never')
  const id = await battleOf(['fal:veo-3.1', 'fal:kling-o3'], 'An unwanted film')
  await arena.until(id, open)
  expect((await arena.post(`/battles/${id}/cancel`)).status).toBe(200)
  const tasks = fal.requests.filter(({ input }) => JSON.stringify(input).includes('unwanted film'))
  await expect.poll(() => tasks.map(({ status }) => status), { timeout: 20_000 }).toEqual(['CANCELLED', 'CANCELLED'])
})

test('a contender out of time is timed out, and its task cancelled', async () => {
  takes.set('late film', 'never')
  const id = await battleOf(['fal:veo-3.1', 'fal:kling-o3'], 'A late film', { handicap: { time_budget_ms: 600_000 } })
  await arena.until(id, open)
  // The budget is the deadline of their jobs, and now it is over.
  const over = await arena.database.query(
    `with late as (
       update execution.jobs j set deadline_at = now() from battles.contenders c
       where c.contender_id = j.subject_id and c.battle_id = $1 and j.deadline_at between now() + interval '9 minutes' and now() + interval '10 minutes'
       returning j.job_id)
     update execution.async_tasks t set deadline_at = now() from late where t.job_id = late.job_id and t.deadline_at < now() + interval '10 minutes'`,
    [id],
  )
  expect(over.rowCount).toBe(2)
  const battle = await hurried(id, eachSettled)
  expect(battle.contenders.map(({ status }) => status)).toEqual(['timed_out', 'timed_out'])
  expect(battle.status).toBe('void')
  const tasks = fal.requests.filter(({ input }) => JSON.stringify(input).includes('late film'))
  await expect.poll(() => tasks.map(({ status }) => status), { timeout: 20_000 }).toEqual(['CANCELLED', 'CANCELLED'])
})

test('the api takes battles of one kind, decided by who can take it in, and says which field is wrong of any other', async () => {
  const refused = async (body: object) => {
    const response = await arena.post('/battles', { prompt: 'A wave', ...body })
    const { code, errors } = (await response.json()) as { code: string; errors?: { path: string }[] }
    return [response.status, code, errors?.map(({ path }) => path)]
  }
  const images = [{ model: 'openai:gpt-image-2' }, { model: 'fal:flux-2' }]
  const judge = { model: 'mistral:mistral-large-3' } // it reads, and does not look
  expect(await refused({ contenders: [...images, { model: 'fal:veo-3.1' }], scoring_mode: 'community' })).toEqual([
    422,
    'mixed_kinds',
    ['/contenders/2'],
  ])
  expect(await refused({ contenders: [images[0], { human: {} }], scoring_mode: 'community' })).toEqual([
    422,
    'mixed_kinds',
    ['/contenders/1'],
  ])
  expect(await refused({ contenders: images, judge })).toEqual([422, 'judge_cannot_see', ['/judge/model']])
  expect(await refused({ contenders: images, judge, scoring_mode: 'hybrid' })).toEqual([422, 'judge_cannot_see', ['/judge/model']])
  expect(await refused({ contenders: [{ model: 'sparring:quill' }, { model: 'sparring:ember' }], judge: images[0] })).toEqual([
    422,
    'judge_cannot_see',
    ['/judge/model'],
  ])
  expect(await refused({ contenders: [{ model: 'google:veo-3' }, images[0]], scoring_mode: 'community' })).toEqual([
    422,
    'model_unknown',
    ['/contenders/0/model'],
  ])

  const made = await arena.post('/battles', { prompt: 'One more wave', contenders: images, scoring_mode: 'community', publish: true })
  expect(made.status).toBe(201)
  const battle = await arena.until(((await made.json()) as BattleDocument).battle_id, ({ status }) => status === 'voting')
  expect(submissions(battle).map((submission) => submission!.output_modality)).toEqual(['image', 'image'])
  const { models } = (await (await arena.api('/models')).json()) as { models: { key: string; kind: string }[] }
  expect(new Set(models.map(({ kind }) => kind))).toEqual(new Set(['text', 'image', 'audio', 'video', 'music']))
})
