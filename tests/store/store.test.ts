import type { Store } from '@agon/runner-core'
import { type BattleStore, connect, createBattleStore, createDriverStore } from '@agon/store'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Arena, startArena } from '../support/arena.ts'

// Every method of both stores, once, over HTTP against the real functions of the real database: a signature that does not match
// what the store sends, or returns, fails here.

let arena: Arena
let driver: Store
let battles: BattleStore
const owner = '11111111-1111-4111-8111-111111111111'

beforeAll(async () => {
  arena = await startArena({ functionsEnabled: false })
  const connection = connect({ url: arena.platform.url, secretKey: arena.platform.secretKeys.worker! })
  driver = createDriverStore(connection)
  battles = createBattleStore(connection)
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
  simulated: true,
})

async function publishedBattle(): Promise<string> {
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
      judge: chosen('sparring:arbiter'),
      contenders: ['sparring:quill', 'sparring:ember'].map((model_key) => ({
        ...chosen(model_key),
        identity: '',
        system_prompt: 'Be brief.',
      })),
      battle_type: 'ai_vs_ai',
      scoring_mode: 'ai_judge',
      voting_window_ms: 0,
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
    recordedPresentations: [],
  })
  const verdict = (presentation: 0 | 1) => ({
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
  expect(await value(battles.leaderboard(10))).toMatchObject([{ rank: 1, competitor: 'sparring:quill' }, { rank: 2 }])
  expect(await value(driver.wake('battle_job'))).toBe(false)
  expect(await value(driver.sweep())).toBe(undefined)
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
