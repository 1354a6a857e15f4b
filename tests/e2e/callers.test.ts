import { createClient } from '@supabase/supabase-js'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Arena, startArena } from '../support/arena.ts'

let arena: Arena
beforeAll(async () => {
  arena = await startArena()
})
afterAll(() => arena.stop())

const read = (headers: Record<string, string>) => arena.api('/battles', { headers }).then((response) => response.status)

test('supabase-js calls the api with a publishable key, and as its signed-in user', async () => {
  const supabase = createClient(arena.platform.url, arena.platform.publishableKey)
  const asApplication = await supabase.functions.invoke('api/leaderboard', { method: 'GET' })
  expect([asApplication.error, asApplication.data]).toEqual([null, { board: 'elo', leaderboard: [], next_cursor: null }])
  await supabase.auth.signUp({ email: 'js@example.com', password: 'correct horse battery' })
  const made = await supabase.functions.invoke('api/battles', {
    body: { prompt: 'p', contenders: [{ model: 'sparring:a' }, { model: 'sparring:b' }], judge: { model: 'sparring:c' } },
  })
  expect(made.error).toBe(null)
  expect(made.data).toMatchObject({ status: 'draft' })
  const mine = await supabase.functions.invoke('api/battles?mine=true', { method: 'GET' })
  expect(mine.data.battles.map((battle: { battle_id: string }) => battle.battle_id)).toEqual([made.data.battle_id])
})

test('a token that is forged, of another algorithm, cut short or expired is refused, whatever key comes with it', async () => {
  const key = { apikey: arena.platform.publishableKey }
  const valid = await arena.signUp('valid')
  expect(await read({ authorization: `Bearer ${valid}` })).toBe(200)
  const sign = (secret: string) =>
    new SignJWT({ role: 'authenticated' })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(crypto.randomUUID())
      .setAudience('authenticated')
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode(secret))
  const [head, body, signature] = valid.split('.') as [string, string, string]
  const otherBody = btoa(
    JSON.stringify({ ...JSON.parse(atob(body.replaceAll('-', '+').replaceAll('_', '/'))), sub: crypto.randomUUID() }),
  ).replaceAll('=', '')
  for (const token of [
    await sign(JSON.stringify(arena.platform.jwks)),
    `${head}.${otherBody}.${signature}`,
    `${head}.${body}.`,
    `${head}.${body}`,
    'nonsense',
  ]) {
    expect(await read({ ...key, authorization: `Bearer ${token}` })).toBe(401)
  }
  expect(await read({ ...key, authorization: `Bearer ${arena.platform.publishableKey}` })).toBe(200)
  expect(await read({ authorization: `Bearer ${arena.platform.publishableKey}` })).toBe(401)
})
