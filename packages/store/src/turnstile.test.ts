import { expect, test } from 'vitest'
import { createTurnstile } from './turnstile.ts'

test('no more than its width are inside at once, they enter in order, and a failure makes room', async () => {
  const pass = createTurnstile(2)
  const entered: number[] = []
  let inside = 0
  let most = 0
  const results = await Promise.allSettled(
    Array.from({ length: 9 }, (_, nth) =>
      pass(async () => {
        entered.push(nth)
        most = Math.max(most, ++inside)
        await new Promise((resolve) => setTimeout(resolve, nth % 3))
        inside--
        if (nth % 4 === 0) throw new Error(`no ${nth}`)
        return nth
      }),
    ),
  )
  expect(most).toBe(2)
  expect(entered).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
  expect(results.map((result) => (result.status === 'fulfilled' ? result.value : 'failed'))).toEqual([
    'failed',
    1,
    2,
    3,
    'failed',
    5,
    6,
    7,
    'failed',
  ])
  expect(await pass(async () => 'and it is empty again')).toBe('and it is empty again')
})
