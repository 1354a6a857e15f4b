import { describe, expect, test } from 'vitest'
import { exhaustedForMs, retryAfterMs } from './retry-after.ts'

const now = Date.parse('2026-03-01T12:00:00Z')

describe('how long a provider asks to wait', () => {
  test.each<[string, Record<string, string>, number | undefined]>([
    ['nothing', {}, undefined],
    ['seconds', { 'retry-after': '2' }, 2_000],
    ['fractions of a second', { 'retry-after': '0.25' }, 250],
    ['an HTTP date', { 'retry-after': 'Sun, 01 Mar 2026 12:00:30 GMT' }, 30_000],
    ['a date that has passed', { 'retry-after': 'Sun, 01 Mar 2026 11:00:00 GMT' }, 0],
    ['milliseconds, before seconds', { 'retry-after-ms': '1234.5', 'retry-after': '9' }, 1_235],
    ['nonsense', { 'retry-after': 'soon' }, undefined],
    ['a negative number', { 'retry-after': '-5' }, undefined],
    ['nonsense, then the window', { 'retry-after': 'soon', 'x-ratelimit-reset-requests': '1s' }, 1_000],
    ['an answer before the window', { 'retry-after': '1', 'x-ratelimit-reset-requests': '6m0s' }, 1_000],
    ['minutes and seconds', { 'x-ratelimit-reset-requests': '2m59.56s' }, 179_560],
    ['milliseconds of a window', { 'x-ratelimit-reset-tokens': '20ms' }, 20],
    ['hours', { 'x-ratelimit-reset-requests': '1h2m3s' }, 3_723_000],
    ['a window in plain seconds', { 'x-ratelimit-reset-requests': '3' }, 3_000],
    ['an epoch in milliseconds', { 'x-ratelimit-reset': String(now + 4_000) }, 4_000],
    ['an epoch in seconds', { 'x-ratelimit-reset': String(now / 1000 + 5) }, 5_000],
    ['an empty window', { 'x-ratelimit-reset-requests': '' }, undefined],
    ['the shortest window when none is exhausted', { 'x-ratelimit-reset-requests': '8h', 'x-ratelimit-reset-tokens': '2s' }, 2_000],
    [
      'the longest window of those exhausted',
      {
        'x-ratelimit-reset-requests': '10s',
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-tokens': '2s',
        'x-ratelimit-remaining-tokens': '0',
      },
      10_000,
    ],
    ['an instant of Anthropic', { 'anthropic-ratelimit-tokens-reset': '2026-03-01T12:00:09Z' }, 9_000],
  ])('%s', (_name, headers, expected) => {
    expect(retryAfterMs(new Headers(headers), now)).toBe(expected)
  })
})

describe('how long a provider says that nothing more may be asked', () => {
  test.each<[string, Record<string, string>, number | undefined]>([
    ['nothing said', {}, undefined],
    ['something left', { 'x-ratelimit-remaining-requests': '1', 'x-ratelimit-reset-requests': '6m0s' }, undefined],
    ['no request left', { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '6m0s' }, 360_000],
    ['no token left', { 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '1s' }, 1_000],
    ['nothing left, and no word of when', { 'x-ratelimit-remaining-requests': '0' }, undefined],
    [
      'no output token of Anthropic left',
      { 'anthropic-ratelimit-output-tokens-remaining': '0', 'anthropic-ratelimit-output-tokens-reset': '2026-03-01T12:01:00Z' },
      60_000,
    ],
  ])('%s', (_name, headers, expected) => {
    expect(exhaustedForMs(new Headers(headers), now)).toBe(expected)
  })
})
