import { assertEquals, assertMatch, assertRejects } from 'npm:deno-std@1.4.0/assert/mod.js'

// Run by tests/edge/shared.test.ts with `deno test`: what the functions share, in the runtime they run in.

Deno.env.set('SUPABASE_URL', 'https://project.supabase.co')
Deno.env.set('SUPABASE_SECRET_KEYS', '{"default":"sb_secret_d","worker":"sb_secret_w","worker_next":"sb_secret_n"}')

const shared = (name: string) => import(new URL(`../../supabase/functions/_shared/${name}.ts`, import.meta.url).href)
const showing = (apikey?: string) => new Request('https://x/', { headers: apikey === undefined ? {} : { apikey } })

Deno.test('a key is told from a prefix of it, from another and from none', async () => {
  const { showsKey } = await shared('shown-key')
  const keys = ['sb_secret_w', 'sb_secret_n']
  assertEquals(await Promise.all(['sb_secret_w', 'sb_secret_n'].map((key) => showsKey(showing(key), keys))), [true, true])
  assertEquals(await Promise.all(['sb_secret_', 'sb_secret_w ', 'sb_secret_d', '', undefined].map((key) => showsKey(showing(key), keys))), [
    false,
    true,
    false,
    false,
    false,
  ])
  assertEquals(await showsKey(showing(''), []), false)
})

Deno.test('the configuration has its defaults, and is frozen', async () => {
  const { databaseKey, environment } = await shared('environment')
  assertEquals([environment.AGON_SLICE_MS, environment.AGON_PROVIDER_TIMEOUT_MS, environment.AGON_SLOTS], [60_000, 45_000, 32])
  assertEquals([databaseKey, Object.isFrozen(environment)], ['sb_secret_w', true])
})

Deno.test('a slice in which no call would be begun is refused by name', async () => {
  Deno.env.set('AGON_SLICE_MS', '19999')
  try {
    const again = new URL('../../supabase/functions/_shared/environment.ts?again', import.meta.url).href
    await assertRejects(() => import(again), Error, 'AGON_SLICE_MS')
  } finally {
    Deno.env.delete('AGON_SLICE_MS')
  }
})

Deno.test('a problem names its code, says what to do and leads to the table of codes', async () => {
  const { problem } = await shared('problem')
  const response = problem('not_found')
  assertEquals([response.status, response.headers.get('content-type')], [404, 'application/problem+json'])
  const body = await response.json()
  assertEquals([body.code, body.status, body.type], ['not_found', 404, 'https://project.supabase.co/functions/v1/api/errors#not_found'])
  assertMatch(body.detail, /Check the path and the id/)
})

Deno.test('a machine function opens to the worker’s keys alone, and answers before its work is done', async () => {
  const waiting: Promise<unknown>[] = []
  Object.assign(globalThis, { EdgeRuntime: { waitUntil: (promise: Promise<unknown>) => waiting.push(promise) } })
  const { machineFunction } = await shared('machine-function')
  let finish = () => {}
  const handler = machineFunction(() => new Promise<void>((resolve) => (finish = resolve)))
  const post = (apikey?: string) => handler(new Request('https://x/', { method: 'POST', headers: apikey === undefined ? {} : { apikey } }))
  const statuses = await Promise.all([undefined, 'sb_secret_d', 'sb_secret_w', 'sb_secret_n'].map(async (key) => (await post(key)).status))
  assertEquals([statuses, waiting.length], [[401, 401, 202, 202], 2])
  finish()
})
