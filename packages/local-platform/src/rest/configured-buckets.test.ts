import { expect, it } from 'vitest'
import { parseSize } from './configured-buckets.ts'

it.each([
  ['50MiB', 52_428_800],
  ['1.5 kb', 1500],
  ['2GB', 2_000_000_000],
  ['512', 512],
  ['many', undefined],
])('%s is %s bytes', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes)
})
