import { describe, expect, it } from 'vitest'
import { intervalSeconds, nextRun } from './next-run.ts'

const after = (schedule: string, from: string) => nextRun(schedule, new Date(from))?.toISOString()

describe('when a job runs next', () => {
  it('counts an interval from the moment given', () => {
    expect(after('10 seconds', '2026-01-01T00:00:03.500Z')).toBe('2026-01-01T00:00:13.500Z')
    expect(after('1 second', '2026-01-01T00:00:00Z')).toBe('2026-01-01T00:00:01.000Z')
  })

  it('knows no interval of sixty seconds or none', () => {
    expect(intervalSeconds('60 seconds')).toBeUndefined()
    expect(intervalSeconds('0 seconds')).toBeUndefined()
    expect(nextRun('60 seconds', new Date())).toBeUndefined()
  })

  it('reads five fields in UTC', () => {
    expect(after('*/5 * * * *', '2026-01-01T00:04:59Z')).toBe('2026-01-01T00:05:00.000Z')
    expect(after('30 3 * * 6', '2026-01-01T00:00:00Z')).toBe('2026-01-03T03:30:00.000Z')
  })

  it('is strictly later than the moment given', () => {
    expect(after('0 0 * * *', '2026-01-01T00:00:00Z')).toBe('2026-01-02T00:00:00.000Z')
  })

  it('reads $ as the last day of the month', () => {
    expect(after('0 0 $ * *', '2028-02-01T00:00:00Z')).toBe('2028-02-29T00:00:00.000Z')
  })

  it('takes either the date or the weekday when both are given', () => {
    expect(after('0 0 13 * fri', '2026-01-01T12:00:00Z')).toBe('2026-01-02T00:00:00.000Z')
  })

  it('does not read a sixth field', () => {
    expect(after('*/5 * * * * *', '2026-01-01T00:01:00Z')).toBe('2026-01-01T00:05:00.000Z')
  })
})
