import { describe, expect, test } from 'vitest'
import { timetable } from './cron.ts'
import { localDues, type Schedule, scheduleDues } from './due-times.ts'

const ms = (text: string) => Date.parse(text)
const schedule = (cron_expr: string, timezone = 'UTC', more: Partial<Schedule> = {}): Schedule => ({ cron_expr, timezone, ...more })

/** The next `most` due times after a moment. */
function dues(wanted: Schedule, from: string, most = 4): string[] {
  const found = scheduleDues(wanted, { nowMs: ms(from), most, horizonMs: Number.MAX_SAFE_INTEGER })
  if (!found.ok) throw new Error(found.error.message)
  return found.value.dues.map((due) => new Date(due).toISOString().slice(0, 16))
}
const local = (wanted: Schedule, from: string, most = 4): string[] => {
  const found = localDues(
    wanted,
    dues(wanted, from, most).map((due) => ms(`${due}Z`)),
  )
  if (!found.ok) throw new Error(found.error.message)
  return found.value.map((due) => due.local)
}

describe('clocks that change', () => {
  test('a fixed time in the hour that Berlin leaves out runs at the first minute after it, once', () => {
    expect(local(schedule('30 2 * * *', 'Europe/Berlin'), '2026-03-27T12:00Z')).toEqual([
      '2026-03-28 02:30 GMT+01:00',
      '2026-03-29 03:00 GMT+02:00',
      '2026-03-30 02:30 GMT+02:00',
      '2026-03-31 02:30 GMT+02:00',
    ])
  })

  test('a fixed time in the hour that Berlin has twice runs the first time alone', () => {
    expect(local(schedule('30 2 * * *', 'Europe/Berlin'), '2026-10-24T12:00Z', 3)).toEqual([
      '2026-10-25 02:30 GMT+02:00',
      '2026-10-26 02:30 GMT+01:00',
      '2026-10-27 02:30 GMT+01:00',
    ])
  })

  test('what runs every half hour runs in both hours, and not in the one that is left out', () => {
    expect(dues(schedule('*/30 * * * *', 'Europe/Berlin'), '2026-10-24T23:59Z', 6)).toEqual([
      '2026-10-25T00:00',
      '2026-10-25T00:30',
      '2026-10-25T01:00',
      '2026-10-25T01:30',
      '2026-10-25T02:00',
      '2026-10-25T02:30',
    ])
    expect(dues(schedule('*/30 * * * *', 'Europe/Berlin'), '2026-03-29T00:15Z', 3)).toEqual([
      '2026-03-29T00:30',
      '2026-03-29T01:00',
      '2026-03-29T01:30',
    ])
  })

  test('the same in New York, where it is another hour of another day', () => {
    const newYork = 'America/New_York'
    expect(local(schedule('30 2 * * *', newYork), '2026-03-07T12:00Z', 2)).toEqual([
      '2026-03-08 03:00 GMT-04:00',
      '2026-03-09 02:30 GMT-04:00',
    ])
    expect(local(schedule('30 1 * * *', newYork), '2026-10-31T12:00Z', 2)).toEqual([
      '2026-11-01 01:30 GMT-04:00',
      '2026-11-02 01:30 GMT-05:00',
    ])
    expect(dues(schedule('0 * * * *', newYork), '2026-11-01T04:30Z')).toEqual([
      '2026-11-01T05:00',
      '2026-11-01T06:00',
      '2026-11-01T07:00',
      '2026-11-01T08:00',
    ])
  })

  test('nine in the morning is nine in the morning, summer and winter', () => {
    expect(dues(schedule('0 9 * * *', 'Europe/Berlin'), '2026-03-28T12:00Z', 1)).toEqual(['2026-03-29T07:00'])
    expect(dues(schedule('0 9 * * *', 'Europe/Berlin'), '2026-03-27T12:00Z', 1)).toEqual(['2026-03-28T08:00'])
  })
})

describe('days', () => {
  test('a leap day is found, however far it is', () => {
    const found = scheduleDues(schedule('0 12 29 2 *'), { nowMs: ms('2026-11-20T00:00Z') })
    expect(found).toMatchObject({ ok: true, value: { dues: [ms('2028-02-29T12:00Z'), ms('2032-02-29T12:00Z')] } })
  })

  test('a day fits by its date or by its weekday, where both are given', () => {
    expect(dues(schedule('0 0 13 * 5'), '2026-11-10T00:00Z', 5)).toEqual([
      '2026-11-13T00:00',
      '2026-11-20T00:00',
      '2026-11-27T00:00',
      '2026-12-04T00:00',
      '2026-12-11T00:00',
    ])
    expect(dues(schedule('0 0 13 * 5'), '2026-12-12T00:00Z', 1)).toEqual(['2026-12-13T00:00']) // a Sunday
  })

  test('the 30th of February is never', () => {
    expect(dues(schedule('0 0 30 2 *'), '2026-11-20T00:00Z')).toEqual([])
  })

  test('a calendar leaves days out, by the date people there have', () => {
    const skip = schedule('0 23 * * *', 'Europe/Berlin', { calendar: { mode: 'skip', dates: ['2026-12-24'], weekdays: ['sat', 'sun'] } })
    expect(local(skip, '2026-12-22T23:00Z', 3)).toEqual([
      '2026-12-23 23:00 GMT+01:00',
      '2026-12-25 23:00 GMT+01:00',
      '2026-12-28 23:00 GMT+01:00',
    ])
  })

  test('a calendar of days that alone are allowed is found from far, by the minute too', () => {
    const only = schedule('* * * * *', 'America/New_York', { calendar: { mode: 'only', dates: ['2028-02-29'], weekdays: [] } })
    expect(dues(only, '2026-11-20T00:00Z', 2)).toEqual(['2028-02-29T05:00', '2028-02-29T05:01'])
    expect(dues(only, '2028-03-01T04:58Z', 5)).toEqual(['2028-03-01T04:59'])
  })

  test('nothing is due before start_at nor after end_at, and both are included', () => {
    const window = schedule('0 * * * *', 'UTC', { start_at: '2026-11-21T10:00:00Z', end_at: '2026-11-21T14:00:00+02:00' })
    expect(dues(window, '2026-11-20T00:00Z', 9)).toEqual(['2026-11-21T10:00', '2026-11-21T11:00', '2026-11-21T12:00'])
  })
})

describe('how far ahead', () => {
  test('a hundred at most, 35 days at most, and two at least', () => {
    const nowMs = ms('2026-11-20T00:00Z')
    const count = (expr: string) => {
      const found = scheduleDues(schedule(expr), { nowMs })
      return found.ok && found.value.dues.length
    }
    expect([count('* * * * *'), count('0 0 * * *'), count('0 0 1 1 *')]).toEqual([100, 35, 2])
  })
})

describe('due times that nobody computed in time', () => {
  const daily = schedule('0 0 * * *')
  const [fromMs, nowMs] = [ms('2026-11-10T12:00Z'), ms('2026-11-20T12:00Z')]
  const late = (missed: number) => {
    const found = scheduleDues(daily, { fromMs, nowMs, missed, most: 1 })
    return found.ok && [found.value.dues.map((due) => new Date(due).getUTCDate()), found.value.missedUntilMs]
  }

  test('the latest of them are kept, and the latest that is lost is named', () => {
    expect(late(3)).toEqual([[18, 19, 20, 21], ms('2026-11-17T00:00Z')])
    expect(late(0)).toEqual([[21], ms('2026-11-20T00:00Z')])
  })

  test('all of them are kept where they are few', () => {
    expect(late(100)).toEqual([[11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21], null])
  })

  test('looking back finds what looking ahead finds, over every change of clocks', () => {
    for (const zone of ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe']) {
      for (const expr of ['30 2 * * *', '0 0 * * *', '15 1-3 * * *', '0 0 13 * 5']) {
        for (const month of ['2026-03', '2026-10']) {
          const [from, to] = [ms(`${month}-01T00:10Z`), ms(`${month}-28T00:10Z`) + 7 * 86_400_000]
          const table = timetable(expr, zone)
          if (!table.ok) throw new Error(table.error.message)
          const ahead: number[] = []
          for (let at = table.value.after(from); at !== null && at <= to; at = table.value.after(at)) ahead.push(at)
          const back = scheduleDues(schedule(expr, zone), { fromMs: from, nowMs: to, missed: 5000, most: 0 })
          expect(back).toEqual({ ok: true, value: { dues: ahead, missedUntilMs: null } })
        }
      }
    }
  })
})

describe('what is no schedule', () => {
  test.each([
    ['0 0 0 13 * 5', 'UTC', 'cron_expr: six fields begin with seconds, which a schedule does not have; leave the first out: 0 0 13 * 5.'],
    ['@daily', 'UTC', 'cron_expr: expected five fields'],
    ['2026-12-01T00:00:00', 'UTC', 'cron_expr: expected five fields'],
    ['99 0 * * *', 'UTC', 'cron_expr: Invalid value for minute: 99'],
    ['0 0 * * funday', 'UTC', 'cron_expr: '],
    ['0 0 * * *', 'Mars/Olympus', 'timezone: Mars/Olympus is not an IANA time zone'],
    ['0 0 * * *', '+02:00', 'timezone: +02:00 is not an IANA time zone'],
  ])('%s in %s is refused by name', (expr, zone, message) => {
    const found = scheduleDues(schedule(expr, zone), { nowMs: 0 })
    expect(found).toMatchObject({ ok: false, error: { code: 'schedule_invalid', message: expect.stringContaining(message) } })
  })

  test('an end before the start is refused', () => {
    expect(
      scheduleDues(schedule('* * * * *', 'UTC', { start_at: '2026-02-01T00:00:00Z', end_at: '2026-01-01T00:00:00Z' }), { nowMs: 0 }),
    ).toMatchObject({
      ok: false,
      error: { message: 'end_at: it is before start_at.' },
    })
  })
})
