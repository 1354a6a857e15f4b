import { expect, test } from 'vitest'
import { pollAfterMs } from './poll-cadence.ts'

const middle = () => 0.5

test('each kind is first asked for when it pays, and then half as much later every time, up to a minute', () => {
  expect((['image', 'audio', 'music', 'video', 'text'] as const).map((kind) => pollAfterMs(kind, 0, middle))).toEqual([
    1000, 2000, 3000, 5000, 5000,
  ])
  expect([0, 1, 2, 3, 10, 1000].map((polls) => pollAfterMs('video', polls, middle))).toEqual([5000, 7500, 11250, 16875, 60_000, 60_000])
})

test('waits differ by a tenth either way, so that tasks begun together are not asked for together', () => {
  expect(pollAfterMs('image', 0, () => 0)).toBe(900)
  expect(pollAfterMs('image', 0, () => 0.999)).toBeLessThanOrEqual(1100)
})

test('the provider’s own hint wins, up to the longest wait', () => {
  expect(pollAfterMs('video', 9, middle, 250)).toBe(250)
  expect(pollAfterMs('video', 0, middle, 3_600_000)).toBe(60_000)
})

test('a video of an hour costs some seventy polls', () => {
  let at = 0
  let polls = 0
  for (; at < 3_600_000; polls++) at += pollAfterMs('video', polls, middle)
  expect(polls).toBeGreaterThan(55)
  expect(polls).toBeLessThan(75)
})
