import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Arena, startArena } from '../support/arena.ts'
import { startReceiver, verify } from '../support/webhook-receiver.ts'
import { agon } from './support.ts'

let arena: Arena
let receiver: Awaited<ReturnType<typeof startReceiver>>
let remote: Record<string, string>
let status = 204

beforeAll(async () => {
  receiver = await startReceiver(() => status)
  arena = await startArena({
    functionEnv: {
      AGON_SEALING_KEYS: JSON.stringify({ k1: randomBytes(32).toString('base64') }),
      AGON_OUTBOUND_ALLOW: 'http://127.0.0.1:*',
    },
  })
  remote = {
    AGON_URL: arena.platform.url,
    AGON_PUBLISHABLE_KEY: arena.platform.publishableKey,
    AGON_ACCESS_TOKEN: await arena.signUp('cli-webhooks'),
  }
})
afterAll(async () => {
  await arena.stop()
  await receiver.stop()
})

test('a webhook is added, listed, tested and removed', async () => {
  const added = await agon(['webhooks', 'add', `${receiver.url}/cli`, '-e', 'battle.*', '-e', 'contender.failed'], remote)
  expect(added.code, added.err).toBe(0)
  const [id, secret] = added.out.trim().split('\n') as [string, string]
  expect(added.err).toContain('not shown again')

  const listed = await agon(['webhooks', 'list'], remote)
  expect(listed.out).toMatch(new RegExp(`${id} +enabled +${receiver.url}/cli +battle\\.\\* contender\\.failed`))
  expect(listed.out).not.toContain(secret)

  const tested = await agon(['webhooks', 'test', id], remote)
  expect([tested.code, tested.out]).toEqual([0, expect.stringMatching(/^delivered 204 in \d+ ms/)])
  expect(verify(secret, receiver.events[0]!)).toMatchObject({ type: 'ping' })

  status = 500
  const failed = await agon(['webhooks', 'test', id], remote)
  expect([failed.code, failed.out]).toEqual([1, expect.stringContaining('not delivered The receiver answered 500.')])

  expect((await agon(['webhooks', 'remove', id], remote)).code).toBe(0)
  expect((await agon(['webhooks', 'list'], remote)).out).toContain('No webhook yet')
})

test('an address inside the network is refused with what to do', async () => {
  const { code, out, err } = await agon(['webhooks', 'add', 'https://10.0.0.1/hook'], remote)
  expect([code, out]).toEqual([2, ''])
  expect(err).toContain('10.0.0.1 is an address of a private network; use a host that the internet reaches.')
})
