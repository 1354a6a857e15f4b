import { expect, test } from 'vitest'
import { waitTokenHash, waitTokens } from './wait-token.ts'

const wait = { runId: 'r', nodeId: 'n', jobId: 1 }

test('a token is the same whenever it is asked for, of that wait and that key alone', async () => {
  const of = waitTokens('sb_secret_a')
  const { token, sha256 } = await of(wait)
  expect(token).toMatch(/^agon_wait_[\w-]{32}$/)
  expect(await of(wait)).toEqual({ token, sha256 })
  expect(sha256).toBe(await waitTokenHash(token))
  expect((await of({ ...wait, jobId: 2 })).token).not.toBe(token)
  expect((await waitTokens('sb_secret_b')(wait)).token).not.toBe(token)
})
