import { type StepError, stepError } from '../errors.ts'
import { fail, ok, type Result } from '../result.ts'
import { type Timetable, timetable } from './cron.ts'

/** When a schedule is due, without what is done then. */
export interface Schedule {
  cron_expr: string
  timezone: string
  calendar?: { mode: 'skip' | 'only'; dates: string[]; weekdays: string[] } | undefined
  start_at?: string | undefined
  end_at?: string | undefined
}

export interface Ahead {
  nowMs: number
  /** Due times up to here were written down already; before nowMs when they ran out. Default: nowMs. */
  fromMs?: number
  /** How many at most. */
  most?: number
  /** How far ahead, in milliseconds; two are found however far they are, so that a leap day is. */
  horizonMs?: number
  /** How many of those between fromMs and nowMs are still of use. */
  missed?: number
}

export interface DueTimes {
  /** Milliseconds since 1970, earliest first. */
  dues: number[]
  /** The latest of those between fromMs and nowMs that are lost; null: none is. */
  missedUntilMs: number | null
}

/** 35 days: a change of a zone's rules that comes with an update of the platform reaches what is written ahead. */
const horizon = 35 * 86_400_000
/** How many days in a row may fit nothing: four years. More would cost an edge function the half second of CPU that this takes at worst. */
const mostSteps = 1500

/**
 * The next due times of a schedule. An error is `schedule_invalid`, and its message begins with the name of the field.
 *
 * @example scheduleDues({ cron_expr: '0 9 * * 1', timezone: 'Europe/Berlin' }, { nowMs })
 */
export function scheduleDues(schedule: Schedule, ahead: Ahead): Result<DueTimes, StepError> {
  const table = timetable(schedule.cron_expr, schedule.timezone)
  if (!table.ok) return table
  const start = timeOf(schedule.start_at) ?? Number.NEGATIVE_INFINITY
  const end = timeOf(schedule.end_at) ?? Number.POSITIVE_INFINITY
  if (end < start) return fail(stepError('schedule_invalid', 'end_at: it is before start_at.'))
  const days = dayRule(schedule.calendar, table.value)
  const { nowMs, fromMs = nowMs, most = 100, horizonMs = horizon, missed = 0 } = ahead
  const late: number[] = []
  let missedUntilMs: number | null = null
  // croner looks by whole seconds, so a second later is what includes now.
  for (let at = before(table.value, nowMs + 1000, days); at !== null && at > fromMs && at >= start; at = before(table.value, at, days)) {
    if (at > end) continue
    if (late.length === missed) {
      missedUntilMs = at
      break
    }
    late.unshift(at)
  }
  const dues: number[] = []
  for (
    let at = after(table.value, Math.max(nowMs, start - 1000), days);
    at !== null && at <= end && dues.length < most && (dues.length < 2 || at <= nowMs + horizonMs);
    at = after(table.value, at, days)
  )
    dues.push(at)
  return ok({ dues: [...late, ...dues], missedUntilMs })
}

/** A due time with the hour people there read on the clock, for who looks before they save. */
export function localDues(schedule: Schedule, dues: number[]): Result<{ due_ms: number; local: string }[], StepError> {
  const table = timetable(schedule.cron_expr, schedule.timezone)
  return table.ok ? ok(dues.map((due_ms) => ({ due_ms, local: table.value.local(due_ms) }))) : table
}

// biome-ignore lint/style/noRestrictedGlobals: a given text is read, and no clock
const timeOf = (text: string | undefined): number | undefined => (text === undefined ? undefined : Date.parse(text))

type DayRule = (ms: number) => boolean

function dayRule(calendar: Schedule['calendar'], { dayOf }: Timetable): DayRule {
  if (!calendar) return () => true
  const named = new Set([...calendar.dates, ...calendar.weekdays])
  return (ms) => {
    const { date, weekday } = dayOf(ms)
    return (named.has(date) || named.has(weekday)) === (calendar.mode === 'only')
  }
}

function after(table: Timetable, ms: number, fits: DayRule): number | null {
  let from = ms
  for (let step = 0; step < mostSteps; step++) {
    const at = table.after(from)
    if (at === null || fits(at)) return at
    from = table.dayAfter(at) - 1000 // the whole day does not fit
  }
  return null
}

function before(table: Timetable, ms: number, fits: DayRule): number | null {
  let from = ms
  for (let step = 0; step < mostSteps; step++) {
    const at = table.before(from)
    if (at === null || fits(at)) return at
    from = at
  }
  return null
}
