import { setTimeout as delay } from 'node:timers/promises'
import { type Problem, transcriptOf } from '@agon/client'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { type Arena, startArena } from '../support/arena.ts'
import { cancel, createBattle } from '../support/battles.ts'
import { inDeno } from '../support/in-deno.ts'
import { createStage, hear, type Stage, textOf } from '../support/stage.ts'

// The stream of events in real Deno, through the platform's gateway: cut, paused, resumed, ended, refused.

const streamMs = 2_500
const seats = 50
let arena: Arena
let stage: Stage
beforeAll(async () => {
  arena = await startArena({ functionEnv: { AGON_STREAM_MS: String(streamMs), AGON_STREAMS: String(seats) } })
  stage = createStage(arena)
})
afterAll(() => arena.stop())

test('wherever the connection is cut, what is heard in the end is the log, nothing lost and nothing twice', async () => {
  const battle = await stage.quietBattle()
  await stage.write(battle, 120)
  await cancel(arena.database, battle)
  const log = await stage.logOf(battle)
  let resumed = 0
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 9_000 }), { maxLength: 8 }), async (cuts) => {
      const heard: number[] = []
      const left = [...cuts]
      for (;;) {
        const last = heard.at(-1)
        const cut = left.shift()
        const one = await hear(
          stage.urlOf(battle),
          { ...stage.anybody, ...(last !== undefined && { 'last-event-id': String(last) }) },
          { cutAt: cut },
        )
        heard.push(...one.ids)
        if (one.ended || one.status === 204) break
        resumed++
      }
      expect(heard).toEqual(log)
    }),
    { numRuns: 12 },
  )
  expect(resumed).toBeGreaterThan(12)
})

test('the client goes on through pauses and cuts while the battle goes on, and ends with it', async () => {
  const battle = await stage.quietBattle()
  const opened: (string | null)[] = []
  const reconnects: (Problem | undefined)[] = []
  let requests = 0
  const agon = stage.client({
    /** Every second connection breaks within its first hundred bytes. */
    fetch: async (request) => {
      opened.push(request.headers.get('last-event-id'))
      const response = await fetch(request)
      if (requests++ % 2 === 0 || !response.body) return response
      let left = 100
      const cut = new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          controller.enqueue(chunk.slice(0, left))
          left -= chunk.length
          if (left <= 0) controller.error(new Error('cut'))
        },
      })
      return new Response(response.body.pipeThrough(cut), response)
    },
  })
  let words = 0
  const writing = (async () => {
    for (const end = performance.now() + 2.2 * streamMs; performance.now() < end; words += 3) {
      await stage.write(battle, 3, words)
      await delay(40)
    }
    await cancel(arena.database, battle)
  })()
  const heard: number[] = []
  const transcript = transcriptOf()
  for await (const event of agon.watch(battle.battleId, { onReconnect: (problem) => void reconnects.push(problem) })) {
    heard.push(event.event_id)
    transcript.take(event)
  }
  await writing
  expect(heard).toEqual(await stage.logOf(battle))
  expect(transcript.textOf('A')).toBe(textOf(words))
  expect(opened.length).toBeGreaterThanOrEqual(3)
  expect(opened[0]).toBeNull()
  expect(reconnects).toContain(undefined) // a pause
  expect(reconnects.some((problem) => problem?.code === 'unreachable')).toBe(true) // a cut
})

test('a watch outlives the isolate that serves it', async () => {
  const battle = await stage.quietBattle()
  const heard: number[] = []
  const reconnects: (Problem | undefined)[] = []
  const watching = (async () => {
    for await (const { event_id } of stage.client().watch(battle.battleId, { onReconnect: (problem) => void reconnects.push(problem) }))
      heard.push(event_id)
  })()
  await expect.poll(() => heard.length).toBe(3)
  await stage.write(battle, 5)
  await arena.platform.restartFunctions('battle-events')
  await stage.write(battle, 5, 5)
  await cancel(arena.database, battle)
  await watching
  expect(heard).toEqual(await stage.logOf(battle))
  expect(reconnects.length).toBeGreaterThanOrEqual(1)
})

test('a stream begins at once, pauses by itself with a hint, and after the end there is nothing: 204', async () => {
  const battle = await stage.quietBattle()
  const began = performance.now()
  const first = await hear(stage.urlOf(battle, `?apikey=${arena.platform.publishableKey}`), {})
  expect(first.text).toMatch(/^: agon\nretry: 2000\n\n/)
  expect(first.text).toMatch(/\n\nretry: 500\n\n$/)
  expect(first.ended).toBe(false)
  expect(performance.now() - began).toBeGreaterThan(streamMs * 0.9)

  await cancel(arena.database, battle)
  const last = String(first.ids.at(-1))
  const second = await hear(stage.urlOf(battle, `?apikey=${arena.platform.publishableKey}&after=1`), { 'last-event-id': last })
  expect(second.text).toContain('event: battle.cancelled\n')
  expect(second.text).toMatch(/event: end\ndata: {"status":"cancelled"}\nid: \d+\n\n$/)
  const after = await hear(stage.urlOf(battle, `?apikey=${arena.platform.publishableKey}`), { 'last-event-id': String(second.ids.at(-1)) })
  expect([after.status, after.text]).toEqual([204, ''])

  // One who comes for the first time, and one who only knows a place, hear the story and its end.
  expect(await hear(stage.urlOf(battle), stage.anybody)).toMatchObject({ status: 200, ended: true, ids: await stage.logOf(battle) })
  expect(await hear(stage.urlOf(battle, `?after=${last}`), stage.anybody)).toMatchObject({ status: 200, ended: true, ids: second.ids })
})

test('in a blind battle no name, message or task id is ever in the stream before it is final, but to its owner', async () => {
  const battle = await stage.quietBattle({
    contenders: [{ model_key: 'house/SECRET' }, { model_key: 'house/b' }],
    with: { voting_window_ms: 60_000 },
  })
  const tell = (type: string, data: object) =>
    arena.database.query('select battles.record_event($1, $2, $3)', [battle.battleId, type, JSON.stringify(data)])
  const error = { code: 'provider_rejected', message: 'house/SECRET said no' }
  await tell('contender.retried', { slot: 'A', attempts: 1, max_attempts: 3, error })
  await tell('contender.parked', { slot: 'A', provider: 'SECRET', provider_task_id: 'SECRET', model: 'house/SECRET' })
  await stage.write(battle, 2)
  await tell('contender.failed', { slot: 'A', identity: 'SECRET', wire_model: 'SECRET', error })
  const token = await arena.signUp('voter')
  const toTheEnd = (text: string) => text.includes('event: contender.failed') && text.endsWith('\n\n')
  for (const headers of [stage.anybody, { ...stage.anybody, authorization: `Bearer ${token}` }]) {
    const { text } = await hear(stage.urlOf(battle), headers, { until: toTheEnd })
    expect(text).toContain('provider_rejected')
    expect(text).toContain('w0002')
    expect(text).not.toContain('SECRET')
  }
  expect((await hear(stage.urlOf(battle), arena.asOwner, { until: toTheEnd })).text).toContain('house/SECRET said no')
  await cancel(arena.database, battle)
  // From another place: an answer is shared for a moment with those who ask the same.
  expect((await hear(stage.urlOf(battle, '?after=1'), stage.anybody)).text).toContain('house/SECRET said no')
})

test('a draft streams to its owner alone, and who shows nothing valid gets a problem', async () => {
  const draft = await createBattle(arena.database, { ownerId: await stage.ownerId() })
  const stranger = { ...stage.anybody, authorization: `Bearer ${await arena.signUp('passer-by')}` }
  const refused = async (url: string, headers: Record<string, string>) => {
    const response = await fetch(url, { headers })
    return [response.status, ((await response.json()) as { code: string }).code]
  }
  for (const headers of [stage.anybody, stranger]) expect(await refused(stage.urlOf(draft), headers)).toEqual([404, 'not_found'])
  expect((await hear(stage.urlOf(draft), arena.asOwner, { until: (text) => text.includes('battle.draft') })).status).toBe(200)

  const { secretKeys, publishableKey } = arena.platform
  const token = arena.asOwner.authorization.slice('Bearer '.length)
  const publicBattle = await stage.quietBattle()
  expect(await refused(stage.urlOf(publicBattle), {})).toEqual([401, 'unauthenticated'])
  for (const inUrl of [secretKeys.worker!, secretKeys.default!, token, 'nonsense'])
    expect(await refused(stage.urlOf(publicBattle, `?apikey=${inUrl}`), {})).toEqual([401, 'unauthenticated'])
  expect(await refused(stage.urlOf(draft, `?apikey=${publishableKey}&access_token=${token}`), {})).toEqual([404, 'not_found'])
  expect(await refused(stage.urlOf(publicBattle), { ...stage.anybody, authorization: `Bearer ${token.slice(0, -2)}` })).toEqual([
    401,
    'unauthenticated',
  ])
  expect(await refused(stage.urlOf(publicBattle, '?after=first'), stage.anybody)).toEqual([422, 'invalid_request'])
  expect(await refused(stage.urlOf({ ...publicBattle, battleId: 'nonsense' }), stage.anybody)).toEqual([422, 'invalid_request'])
  await expect(stage.client().watch(draft.battleId).next()).rejects.toMatchObject({ name: 'WatchError', problem: { code: 'not_found' } })
})

test('a page of another origin may read the stream, and go on with it', async () => {
  const preflight = await fetch(stage.urlOf(await stage.quietBattle()), {
    method: 'OPTIONS',
    headers: {
      origin: 'https://arena.example',
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'apikey,authorization,last-event-id',
    },
  })
  expect(preflight.ok).toBe(true)
  expect(preflight.headers.get('access-control-allow-origin')).toBe('*')
  expect(preflight.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('last-event-id')
})

test('the client runs in Deno as it does in Node', async () => {
  const battle = await stage.quietBattle()
  await stage.write(battle, 40)
  await cancel(arena.database, battle)
  const { ids, text } = await inDeno<{ ids: number[]; text: string }>({
    packages: ['client'],
    env: { SUPABASE_URL: arena.platform.url, PUBLISHABLE_KEY: arena.platform.publishableKey, BATTLE: battle.battleId },
    program: `
      import { createAgonClient, transcriptOf } from '@agon/client'
      const agon = createAgonClient({ url: Deno.env.get('SUPABASE_URL'), publishableKey: Deno.env.get('PUBLISHABLE_KEY') })
      const transcript = transcriptOf()
      const ids = []
      for await (const event of agon.watch(Deno.env.get('BATTLE'))) {
        ids.push(event.event_id)
        transcript.take(event)
      }
      console.log(JSON.stringify({ ids, text: transcript.textOf('A') }))`,
  })
  expect(ids).toEqual(await stage.logOf(battle))
  expect(text).toBe(textOf(40))
})

test('a full isolate sends readers away without a word, and they are served when a seat is free', async () => {
  const battle = await stage.quietBattle()
  const gone = new AbortController()
  onTestFinished(() => gone.abort())
  const seated = await Promise.all(
    Array.from({ length: seats }, () => fetch(stage.urlOf(battle), { headers: stage.anybody, signal: gone.signal })),
  )
  expect(seated.every(({ status }) => status === 200)).toBe(true)
  const away = await hear(stage.urlOf(battle), stage.anybody)
  expect([away.status, away.text]).toEqual([200, 'retry: 2000\n\n'])
  const waiting = stage.client().watch(battle.battleId, { signal: gone.signal })
  expect((await waiting.next()).value).toMatchObject({ type: 'battle.draft' })
})
