import { expect, it, vi } from 'vitest'
import { virtualClock } from '../testing/virtual-clock.ts'
import { shareReads } from './share-reads.ts'

function sharing(read: (battle: string, after: number) => Promise<unknown>) {
  const clock = virtualClock()
  const asked = vi.fn(read)
  return { clock, asked, ask: shareReads(asked, { keyOf: (battle, after) => `${battle} ${after}`, clock, freshMs: 100 }) }
}

it('those who ask the same in the same moment get one read; another question is read for itself', async () => {
  const { ask, asked } = sharing(async (battle, after) => `${battle}${after}`)
  expect(await Promise.all([ask('a', 1), ask('a', 1), ask('b', 1), ask('a', 2)])).toEqual(['a1', 'a1', 'b1', 'a2'])
  expect(asked).toHaveBeenCalledTimes(3)
})

it('an answer is fresh for a moment and then asked for anew', async () => {
  const { ask, asked, clock } = sharing(async () => clock.now())
  expect(await ask('a', 1)).toBe(0)
  await clock.advance(99)
  expect(await ask('a', 1)).toBe(0)
  await clock.advance(1)
  expect(await ask('a', 1)).toBe(100)
  expect(asked).toHaveBeenCalledTimes(2)
})

it('a slow read is shared for as long as it takes, and the next question is asked anew', async () => {
  const { ask, asked, clock } = sharing(() => clock.sleep(5_000))
  const first = ask('a', 1)
  await clock.advance(4_000)
  const second = ask('a', 1)
  expect(asked).toHaveBeenCalledTimes(1)
  await clock.advance(1_000)
  await Promise.all([first, second])
  ask('a', 1)
  expect(asked).toHaveBeenCalledTimes(2)
})

it('a read that failed is not remembered longer than one that did not', async () => {
  let broken = true
  const { ask, clock } = sharing(async () => {
    if (broken) throw new Error('away')
    return 'back'
  })
  await expect(ask('a', 1)).rejects.toThrow('away')
  broken = false
  await clock.advance(100)
  expect(await ask('a', 1)).toBe('back')
})
