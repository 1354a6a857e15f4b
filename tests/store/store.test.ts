import type { Store } from '@agon/runner-core'
import {
  type BattleStore,
  connect,
  createBattleStore,
  createDriverStore,
  createFundingStore,
  createHousekeepingStore,
  createOperatorStore,
  createResealStore,
  createTickStore,
  createWebhookStore,
  createWorkerStore,
  type FundingStore,
  type NewContender,
  type TickStore,
  type WebhookStore,
  type WorkerStore,
} from '@agon/store'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Arena, startArena } from '../support/arena.ts'

// Every method of every store, once, over HTTP against the real functions of the real database: a signature that does not match
// what the store sends, or returns, fails here.

let arena: Arena
let driver: Store
let battles: BattleStore
let funding: FundingStore
let reseals: ReturnType<typeof createResealStore>
let webhooks: WebhookStore
let tick: TickStore
let workers: WorkerStore
const owner = '11111111-1111-4111-8111-111111111111'

beforeAll(async () => {
  arena = await startArena({ functionsEnabled: false })
  const connection = connect({ url: arena.platform.url, secretKey: arena.platform.secretKeys.worker! })
  driver = createDriverStore(connection)
  battles = createBattleStore(connection)
  funding = createFundingStore(connection)
  reseals = createResealStore(connection)
  webhooks = createWebhookStore(connection)
  tick = createTickStore(connection)
  workers = createWorkerStore(connection)
})
afterAll(() => arena.stop())

const value = async <T>(answer: Promise<{ ok: true; value: T } | { ok: false; error: { message: string } }>): Promise<T> => {
  const result = await answer
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}

const chosen = (model_key: string) => ({
  model_key,
  model_kind: 'text',
  provider: 'sparring',
  concurrency_key: model_key,
  concurrency_limit: null,
  limit_key: 'sparring',
  funding_source: 'simulated' as const,
  byok_key_id: null,
  cost_estimate_usd: 0,
  simulated: true,
})

const two = ['sparring:quill', 'sparring:ember'].map(
  (model_key): NewContender => ({ ...chosen(model_key), identity: '', system_prompt: 'Be brief.' }),
)

async function publishedBattle(contenders = two): Promise<string> {
  const made = await value(
    battles.create(owner, {
      category: null,
      title: 'Ünïcödé ✓ {"json": [1]}',
      task_prompt: 'Name a {{ thing }}. \\ " \n',
      inputs: { thing: 'colour', nested: { list: [1, 'two', null] } },
      max_tokens: 100,
      temperature: 0.5,
      handicap: { max_context_tokens: 50, time_budget_ms: 60_000 },
      rubric: [{ title: 'Courage', weight: 2 }],
      reference_answer: 'Blue',
      budget_usd: null,
      generate_rubric: false,
      judges: [{ ...chosen('sparring:arbiter'), weight: 1, recused: null }],
      judge_mode: null,
      allow_own_family: false,
      auto_analyse: false,
      contenders,
      battle_type: 'ai_vs_ai',
      scoring_mode: 'ai_judge',
      voting_window_ms: 0,
      voter_eligibility: 'anyone',
      min_account_age_ms: null,
      invited_voters: null,
      submission_window_ms: null,
      promote_at: null,
      auto_publish_results: true,
      priority: 0,
      idempotency_key: null,
      request_hash: null,
    }),
  )
  if ('refused' in made) throw new Error(made.refused)
  expect(await value(battles.publish(made.battle_id, owner))).toBe('published')
  return made.battle_id
}

test('a battle goes through every RPC of the drivers and of the api', async () => {
  const id = await publishedBattle()
  const claim = await value(driver.claimBattleJobs('store-test', 10))
  expect(claim.jobs).toHaveLength(2)
  expect(claim.jobs[0]).toMatchObject({
    battleId: id,
    slot: 'A',
    modelKey: 'sparring:quill',
    taskPrompt: 'Name a {{ thing }}. \\ " \n',
    inputs: { thing: 'colour', nested: { list: [1, 'two', null] } },
    systemPrompt: 'Be brief.',
    temperature: 0.5,
    handicap: { max_context_tokens: 50, time_budget_ms: 60_000 },
    attempts: 0,
    maxAttempts: 3,
    reclaims: 0,
    inLane: false,
  })
  expect(claim.jobs[0]!.deadlineMs).toBeGreaterThan(50_000)
  const [a, b] = claim.jobs as [(typeof claim.jobs)[0], (typeof claim.jobs)[0]]
  expect((await value(driver.heartbeat(a.leaseToken))).sort()).toEqual([a.jobId, b.jobId].sort())

  expect(await value(driver.requeueBattleJob(b.jobId, b.leaseToken, 1, { code: 'provider_unavailable', message: 'down' }))).toBe('requeued')
  const answer = (contentText: string) => ({
    contentText,
    outputModality: 'text' as const,
    wireModel: 'm',
    finishReason: 'stop',
    inputTokens: 1,
    outputTokens: 2,
    costUsd: 0.000123,
    latencyMs: 5,
  })
  expect(await value(driver.completeBattleJob(a.jobId, a.leaseToken, answer('Blau "ist" {"gut"}')))).toBe(true)
  expect(await value(driver.completeBattleJob(a.jobId, a.leaseToken, answer('again')))).toBe(false)
  await arena.database.query('update execution.later set run_after = now()')
  const [again] = (await value(driver.claimBattleJobs('store-test', 10))).jobs
  expect(again).toMatchObject({ jobId: b.jobId, attempts: 1 })
  expect(await value(driver.completeBattleJob(again!.jobId, again!.leaseToken, answer('Beige')))).toBe(true)

  const judging = (await value(driver.claimBattleJudgings('store-test', 1))).jobs[0]!
  expect(judging).toMatchObject({
    battleId: id,
    judgeModelKey: 'sparring:arbiter',
    rubric: [{ title: 'Courage', weight: 2 }],
    referenceAnswer: 'Blue',
    answers: [
      { slot: 'A', contentText: 'Blau "ist" {"gut"}' },
      { slot: 'B', contentText: 'Beige' },
    ],
    recorded: [],
    seat: 1,
    mode: 'listwise',
  })
  const verdict = (presentation: 0 | 1) => ({
    part: 'all',
    weight: 1,
    presentation,
    slotOrder: presentation === 0 ? 'AB' : 'BA',
    outcome: 'winner' as const,
    winnerContenderId: judging.answers[0]!.contenderId,
    reasoning: 'Bolder.',
    scores: judging.answers.map(({ contenderId }, nth) => ({ contenderId, score: 9 - nth * 1.25, place: nth + 1 })),
    systemPrompt: 's',
    prompt: 'p',
    rawText: '{"verdict": "1"}',
    parameters: { temperature: 0 },
    latencyMs: 3,
  })
  expect(await value(driver.recordVerdict(judging.jobId, judging.leaseToken, verdict(0)))).toBe('recorded')
  expect(await value(driver.recordVerdict(judging.jobId, judging.leaseToken, verdict(0)))).toBe('already_recorded')
  expect(await value(driver.recordVerdict(judging.jobId, judging.leaseToken, verdict(1)))).toBe('recorded')
  expect(await value(driver.finalizeBattle(id))).toBe('judging')
  expect(await value(driver.completeBattleJudging(judging.jobId, judging.leaseToken))).toBe(true)
  expect(await value(driver.finalizeBattle(id))).toBe('closed')

  expect(await value(battles.get(id, owner))).toMatchObject({
    title: 'Ünïcödé ✓ {"json": [1]}',
    status: 'closed',
    outcome: 'winner',
    winner_slot: 'A',
    contenders: [
      { submission: { content_text: 'Blau "ist" {"gut"}', cost_usd: 0.000123 }, judge_mean: 9, rating: { before: 1000, after: 1016 } },
      { judge_mean: 7.75 },
    ],
    verdicts: [{ reasoning: 'Bolder.' }, {}],
  })
  expect((await value(battles.list({ viewer_id: null, mine: false, most: 1 }))).battles[0]).toMatchObject({ battle_id: id })
  expect(await value(battles.leaderboard({ most: 10 }))).toMatchObject({
    leaderboard: [{ rank: 1, competitor: 'sparring:quill' }, { rank: 2 }],
    next_cursor: null,
  })
  expect(await value(driver.wake('battle_job'))).toBe(false)
  expect(await value(tick.sweep())).toMatchObject({ reclaimed: expect.any(Number) })
  for (const act of [tick.scanVotes, tick.endOverdueRuns]) expect(await value(act())).toBe(0)
})

test('a driver with a clock keeps the clock of battles too, for a database without pg_cron', async () => {
  const people = {
    title: 't',
    task_prompt: 'p',
    inputs: null,
    max_tokens: 10,
    temperature: null,
    handicap: {},
    rubric: null,
    reference_answer: null,
    budget_usd: null,
    generate_rubric: false,
    judges: [],
    judge_mode: null,
    allow_own_family: false,
    auto_analyse: false,
    contenders: [
      { user_id: crypto.randomUUID(), identity: '' },
      { user_id: crypto.randomUUID(), identity: '' },
    ],
    battle_type: 'human_vs_human',
    scoring_mode: 'community' as const,
    voting_window_ms: 1000,
    voter_eligibility: 'anyone' as const,
    min_account_age_ms: null,
    invited_voters: null,
    submission_window_ms: 1000,
    promote_at: new Date(Date.now() - 1000).toISOString(),
    auto_publish_results: true,
    priority: 0,
    idempotency_key: null,
    request_hash: null,
  }
  const made = await value(battles.create(owner, people))
  if ('refused' in made) throw new Error(made.refused)
  const status = async () => (await value(battles.get(made.battle_id, owner)))!.status
  const past = (column: string) =>
    arena.database.query(`update battles.battles set ${column} = now() - interval '1 second' where battle_id = $1`, [made.battle_id])
  expect(await value(tick.promoteDue())).toBe(1)
  expect(await status()).toBe('executing')
  for (const { user_id } of people.contenders) {
    expect(await value(battles.submit(made.battle_id, user_id, { content_text: 'mine' }, false))).toEqual({ outcome: 'drafted' })
  }
  await past('submissions_end_at')
  await value(tick.endSubmissions())
  expect(await status()).toBe('voting')
  expect(await value(battles.vote(made.battle_id, owner, 'A'))).toEqual({ refused: 'own_battle' })
  expect(await value(battles.vote(made.battle_id, crypto.randomUUID(), 'A'))).toEqual({ outcome: 'voted' })
  await past('voting_ends_at')
  await value(tick.finalizeDue())
  expect(await value(battles.get(made.battle_id, owner))).toMatchObject({ status: 'closed', outcome: 'winner', winner_slot: 'A' })
})

test('keys and budgets go through every RPC of the api and of an operator', async () => {
  const sealed = (masterKeyId: string) => `v1.${masterKeyId}.AAAAAAAAAAAAAAAA.${'A'.repeat(30)}`
  const secret = { sealed: sealed('k1'), hint: '…abcd', expires_at: null }
  const key_id = crypto.randomUUID()
  expect(await value(funding.addKey(owner, { ...secret, key_id, provider: 'openai', label: 'mine' }))).toMatchObject({
    key_id,
    status: 'active',
  })
  expect(await value(funding.getKey(owner, key_id))).toMatchObject({ provider: 'openai' })
  expect(await value(funding.listKeys(owner))).toMatchObject([{ key_id }])
  expect(await value(reseals.keysToReseal('k2', 10))).toEqual([{ key_id, owner_id: owner, provider: 'openai', sealed: sealed('k1') }])
  expect(await value(reseals.keysToReseal('k2', 10, key_id))).toEqual([])
  expect(await value(reseals.keyResealed(key_id, sealed('k1'), sealed('k2')))).toBe(true)
  const rotated = await value(funding.rotateKey(owner, key_id, { ...secret, expires_at: '2099-01-01T00:00:00Z' }))
  expect(rotated).toMatchObject({ expires_at: expect.stringContaining('2099') })
  expect(await value(funding.revokeKey(owner, key_id))).toMatchObject({ status: 'revoked' })
  expect(await value(funding.rotateKey(owner, key_id, secret))).toEqual({ refused: 'byok_key_revoked' })
  expect(await value(funding.rotateKey(owner, crypto.randomUUID(), secret))).toEqual({ refused: 'byok_key_not_found' })
  expect(await value(funding.revokeKey(owner, crypto.randomUUID()))).toBeNull()
  expect(await value(funding.setBudget(owner, 1.5, 'day'))).toMatchObject({ limit_usd: 1.5, left_usd: 1.5 })
  expect(await value(funding.budget(owner))).toMatchObject({ period: 'day' })
  expect(await value(funding.setBudget(owner, null, 'day'))).toBeNull()
})

test('a claim says who pays: a sealed key, or why there is none', async () => {
  const key_id = crypto.randomUUID()
  const sealed = `v1.k1.AAAAAAAAAAAAAAAA.${'A'.repeat(30)}`
  await value(funding.addKey(owner, { key_id, provider: 'sparring', label: '', sealed, hint: '…', expires_at: null }))
  const own = {
    ...chosen('sparring:quill'),
    identity: '',
    system_prompt: null,
    funding_source: 'user_byok_cloud' as const,
    byok_key_id: key_id,
  }
  const battle = await publishedBattle([own, { ...own, model_key: 'sparring:ember' }])
  const [first] = (await value(driver.claimBattleJobs('store-test', 1))).jobs
  expect(first).toMatchObject({ byok: { keyId: key_id, ownerId: owner, provider: 'sparring', sealed } })
  expect(first).not.toHaveProperty('refused')
  await value(funding.revokeKey(owner, key_id))
  const [second] = (await value(driver.claimBattleJobs('store-test', 1))).jobs
  expect(second).toMatchObject({ refused: { code: 'byok_key_revoked', message: expect.any(String) } })
  expect(second).not.toHaveProperty('byok')
  await value(battles.cancel(battle, owner))
})

test('a webhook and its deliveries go through every RPC of the drivers and of the api', async () => {
  const webhook_id = crypto.randomUUID()
  const row = { webhook_id, url: 'https://receiver.example/ü', event_types: ['ping'], description: '"x"', sealed_secret: 'v1.k.a.b' }
  expect(await value(webhooks.create(owner, row))).toMatchObject({ webhook_id, status: 'enabled' })
  expect(await value(webhooks.update(webhook_id, owner, { description: 'y' }))).toMatchObject({ description: 'y', event_types: ['ping'] })
  expect(await value(webhooks.rotateSecret(webhook_id, owner, 'v1.k.c.d'))).toMatchObject({ webhook_id })
  expect(await value(webhooks.list(owner))).toMatchObject([{ webhook_id }])
  expect(await value(reseals.webhooksToReseal('k2', 10))).toEqual([{ webhook_id, owner_id: owner, sealed: ['v1.k.c.d', 'v1.k.a.b'] }])
  expect(await value(reseals.webhooksToReseal('k2', 10, webhook_id))).toEqual([])
  expect(await value(reseals.webhookResealed(webhook_id, 'v1.k.x.y', 'v1.k2.x.y'))).toBe(false)
  expect(await value(reseals.webhookResealed(webhook_id, 'v1.k.a.b', 'v1.k.a.b'))).toBe(true)
  const sent = await value(webhooks.test(webhook_id, owner))
  const claim = await value(driver.claimWebhookDeliveries('store-test', 10))
  const [job] = claim.jobs
  expect(job).toMatchObject({
    subscriptionId: webhook_id,
    ownerId: owner,
    enabled: true,
    url: 'https://receiver.example/ü',
    sealedSecrets: ['v1.k.c.d', 'v1.k.a.b'],
    attempts: 0,
    maxAttempts: 8,
  })
  expect(sent).toEqual({ delivery_id: job!.deliveryId })
  expect(JSON.parse(job!.body)).toMatchObject({ type: 'ping', data: { webhook_id } })
  const attempt = { latencyMs: 12 }
  const rejected = { code: 'webhook_rejected' as const, message: 'The receiver answered 500.' }
  expect(await value(driver.failWebhookDelivery(job!.jobId, job!.leaseToken, 5000.4, rejected, { ...attempt, responseStatus: 500 }))).toBe(
    'requeued',
  )
  await arena.database.query('update execution.later set run_after = now()')
  const [again] = (await value(driver.claimWebhookDeliveries('store-test', 10))).jobs
  expect(again).toMatchObject({ deliveryId: job!.deliveryId, attempts: 1, body: job!.body })
  expect(await value(driver.failWebhookDelivery(again!.jobId, again!.leaseToken, null, rejected, attempt))).toBe('dead_lettered')
  expect(await value(webhooks.deliveries({ webhook_id, owner_id: owner, most: 5, status: 'dead' }))).toMatchObject({
    deliveries: [{ delivery_id: job!.deliveryId, attempts: [{ response_status: 500 }, { latency_ms: 12 }] }],
    next_cursor: null,
  })
  expect(await value(webhooks.redrive(webhook_id, owner, job!.deliveryId))).toEqual({ redriven: 1 })
  const [last] = (await value(driver.claimWebhookDeliveries('store-test', 10))).jobs
  expect(await value(driver.completeWebhookDelivery(last!.jobId, last!.leaseToken, { ...attempt, responseStatus: 204 }))).toBe(true)
  expect(await value(driver.completeWebhookDelivery(last!.jobId, last!.leaseToken, attempt))).toBe(false)
  expect(await value(webhooks.redrive(webhook_id, owner))).toEqual({ redriven: 0 })
  const stranger = crypto.randomUUID()
  expect(await value(webhooks.get(webhook_id, stranger))).toBe(null)
  expect(await value(webhooks.redrive(webhook_id, stranger))).toEqual({ refused: 'not_found' })
  expect(await value(webhooks.remove(webhook_id, stranger))).toBe(false)
  expect(await value(webhooks.remove(webhook_id, owner))).toBe(true)
})

test('the refusals come back as values', async () => {
  const id = await publishedBattle()
  const [job, other] = (await value(driver.claimBattleJobs('store-test', 10))).jobs
  expect(await value(driver.deadLetterBattleJob(job!.jobId, job!.leaseToken, { code: 'provider_auth', message: 'bad key' }))).toBe(
    'dead_lettered',
  )
  expect(await value(driver.deadLetterBattleJob(job!.jobId, job!.leaseToken, { code: 'provider_auth', message: 'bad key' }))).toBe('lost')
  expect(await value(battles.cancel(id, owner))).toBe('cancelled')
  expect(await value(battles.cancel(id, owner))).toBe('already_cancelled')
  expect(await value(battles.publish(id, owner))).toBe('cancelled')
  expect(await value(battles.cancel(id, crypto.randomUUID()))).toBe('not_found')
  expect(await value(driver.heartbeat(other!.leaseToken))).toEqual([])
  expect(await value(battles.get(crypto.randomUUID(), null))).toBe(null)
})

test('an error of the database is an error of the caller: its code and message are kept, and whether to try again', async () => {
  const as = (secretKey: string, url = arena.platform.url) => createDriverStore(connect({ url, secretKey }))
  expect(await as(arena.platform.publishableKey).wake('battle_job')).toMatchObject({
    ok: false,
    error: { code: 'store_refused', message: expect.stringContaining('fn_worker_wake') },
  })
  expect(await as('sb_secret_wrong').wake('battle_job')).toMatchObject({ ok: false })
  expect(await as('sb_secret_x', 'http://127.0.0.1:9').wake('battle_job')).toMatchObject({
    ok: false,
    error: { code: 'store_unavailable' },
  })
})

test('whoever runs the project goes through every RPC of theirs', async () => {
  const operator = createOperatorStore(connect({ url: arena.platform.url, secretKey: arena.platform.secretKeys.worker! }))
  const id = await publishedBattle()
  const claim = await value(driver.claimBattleJobs('store-test', 1))
  await value(driver.deadLetterBattleJob(claim.jobs[0]!.jobId, claim.jobs[0]!.leaseToken, { code: 'provider_auth', message: 'bad key' }))
  const filter = { battle_id: id, kind: 'battle_job', error_code: 'provider_auth', since: new Date(Date.now() - 60_000).toISOString() }
  const { dead_letters } = await value(operator.deadLetters({ state: 'open', most: 5, ...filter }))
  expect(dead_letters).toMatchObject([{ battle_id: id, slot: 'A', redrivable: true }])
  const letter = dead_letters[0]!.dead_letter_id as number
  expect((await value(operator.deadLetters({ state: 'all', most: 5, cursor: letter, ...filter }))).dead_letters).toEqual([])
  expect(await value(operator.redrive(letter))).toBe('redriven')
  expect(await value(operator.redrive(letter))).toBe('already_redriven')
  expect(await value(operator.redriveMany({ ...filter, after: letter }, 10))).toEqual({ outcomes: {}, considered: 0, next_after: null })
  expect(await value(operator.redriveBattle(id, owner))).toEqual({ outcomes: {}, considered: 0, next_after: null })
  expect(await value(operator.redriveBattle(id, crypto.randomUUID()))).toBeNull()
  expect(await value(operator.hold(id, 'a look'))).toBe('held')
  expect(await value(operator.release(id))).toBe('released')
  expect(await value(operator.turn(true, 'provider', 'openai', 'an outage'))).toBe('off')
  expect(await value(operator.status())).toMatchObject({ switches: [{ name: 'openai', reason: 'an outage' }] })
  expect(await value(operator.turn(false, 'provider', 'openai', ''))).toBe('on')
  expect(await value(operator.countRequest('writes:x', 1, 60_000))).toMatchObject({ allowed: true, remaining: 0 })
  expect(await value(operator.countRequest('writes:x', 1, 60_000))).toMatchObject({ allowed: false })
})

test('what is forgotten is forgotten over HTTP too, and a file nobody names is deleted by Storage itself', async () => {
  const project = { url: arena.platform.url, secretKey: arena.platform.secretKeys.worker! }
  const housekeeping = createHousekeepingStore(connect(project), project)
  expect(await value(housekeeping.forget())).toEqual({})
  expect(await value(housekeeping.deleteOrphans())).toBe(0)
  const { database } = arena
  const path = `${crypto.randomUUID()}/A.png`
  const at = (method: string, body?: string) =>
    fetch(`${project.url}/storage/v1/object/battle-media/${path}`, {
      method,
      headers: { apikey: project.secretKey, authorization: `Bearer ${project.secretKey}`, 'content-type': 'image/png' },
      ...(body === undefined ? {} : { body }),
    })
  expect((await at('POST', 'an image nobody kept')).status).toBe(200)
  await database.query(`update execution.retention set ran_at = null where what = 'storage.objects'`)
  expect(await value(housekeeping.deleteOrphans())).toBe(0) // it is young
  await database.query(`update storage.objects set created_at = now() - interval '2 days' where name = $1`, [path])
  await database.query(`update execution.retention set ran_at = null where what = 'storage.objects'`)
  expect(await value(housekeeping.deleteOrphans())).toBe(1)
  expect((await at('GET')).status).toBeGreaterThanOrEqual(400)
  expect((await database.query('select from storage.objects where name = $1', [path])).rowCount).toBe(0)
})

test('an answer with a NUL and half a surrogate pair in it is recorded without them, not refused', async () => {
  await publishedBattle()
  const [job] = (await value(driver.claimBattleJobs('driver', 1))).jobs
  const recorded = driver.completeBattleJob(job!.jobId, job!.leaseToken, {
    contentText: 'Ultra\0marine \ud83c.',
    outputModality: 'text',
    wireModel: 'm',
    finishReason: 'stop',
    latencyMs: 1,
  })
  expect(await value(recorded)).toBe(true)
  const { rows } = await arena.database.query('select content_text from battles.submissions where contender_id = $1', [job!.contenderId])
  expect(rows).toEqual([{ content_text: 'Ultra\ufffdmarine \ufffd.' }])
})

test('a made-up cursor is the caller’s mistake, not a failure of the database', async () => {
  const page = await battles.list({ viewer_id: null, mine: false, most: 5, cursor: '!!_00000000-0000-4000-8000-000000000000' } as never)
  expect(page).toMatchObject({ ok: false, error: { code: 'invalid_request' } })
})

test('a worker says how it is, gives back, and sees the queues; an operator sees the worker', async () => {
  await value(workers.heartbeat('worker-of-the-store', 'agon-worker', { state: 'running', slots: 3, sub_workers: ['sweeper'], node: '24' }))
  const operator = createOperatorStore(connect({ url: arena.platform.url, secretKey: arena.platform.secretKeys.worker! }))
  expect(await value(operator.workers())).toMatchObject({
    workers: [{ worker_id: 'worker-of-the-store', health: 'healthy', slots: 3, sub_workers: ['sweeper'], metadata: { node: '24' } }],
  })
  expect(await value(workers.giveBack(1))).toBe(0)
  expect((await value(workers.queues())).kinds).toContainEqual(expect.objectContaining({ kind: 'battle_job', ready: expect.any(Number) }))
})
