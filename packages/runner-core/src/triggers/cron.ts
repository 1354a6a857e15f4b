import { Cron } from 'croner'
import { type StepError, stepError } from '../errors.ts'
import { fail, ok, type Result } from '../result.ts'

/**
 * A cron expression in a time zone. croner reads it, and knows when clocks change, as Vixie cron does: a fixed time in the hour that is left out
 * runs at the first minute after it, one in the hour that comes twice runs once, and what runs every so many minutes runs in both.
 * A day fits when either its date or its weekday does, where both are given.
 */
export interface Timetable {
  /** The first due time after this one; null: there is none. Milliseconds since 1970. */
  after(ms: number): number | null
  /** The last due time before this one. */
  before(ms: number): number | null
  /** When the local day of a time ends. */
  dayAfter(ms: number): number
  /** The local date and weekday of a time: `2026-11-20`, `fri`. */
  dayOf(ms: number): { date: string; weekday: string }
  /** A time as people there write it: `2026-11-20 09:00 GMT+01:00`. */
  local(ms: number): string
}

// biome-ignore lint/style/noRestrictedGlobals: the instant is given; no clock is read
const at = (ms: number) => new Date(ms)

/** Reads a five-field cron expression; an error says which field, and what to do. */
export function timetable(cronExpr: string, timezone: string): Result<Timetable, StepError> {
  const refuse = (message: string) => fail(stepError('schedule_invalid', message))
  const formats = zoneFormats(timezone)
  if (!formats) return refuse(`timezone: ${timezone} is not an IANA time zone; write one as Europe/Berlin or UTC.`)
  const fields = cronExpr.trim().split(/\s+/)
  if (fields.length === 6)
    return refuse(
      `cron_expr: six fields begin with seconds, which a schedule does not have; leave the first out: ${fields.slice(1).join(' ')}.`,
    )
  if (fields.length !== 5)
    return refuse(`cron_expr: expected five fields, minute hour day-of-month month day-of-week, as 0 9 * * 1-5; got ${fields.length}.`)
  try {
    const rule = new Cron(fields.join(' '), { timezone, paused: true, mode: '5-part' })
    const midnight = new Cron('0 0 * * *', { timezone, paused: true, mode: '5-part' })
    return ok({
      after: (ms) => rule.nextRun(at(ms))?.getTime() ?? null,
      before: (ms) => rule.previousRuns(1, at(ms))[0]?.getTime() ?? null,
      dayAfter: (ms) => midnight.nextRun(at(ms))?.getTime() ?? ms + 86_400_000,
      ...formats,
    })
  } catch (error) {
    return refuse(`cron_expr: ${String(error instanceof Error ? error.message : error).replace(/^CronPattern: /, '')}`)
  }
}

function zoneFormats(timeZone: string): Pick<Timetable, 'dayOf' | 'local'> | null {
  // An offset would be no zone: it knows no summer.
  if (!/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(timeZone)) return null
  try {
    const format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      weekday: 'short',
      timeZoneName: 'longOffset',
      hourCycle: 'h23',
    })
    const partsOf = (ms: number) => Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value]))
    return {
      dayOf: (ms) => {
        const { year, month, day, weekday } = partsOf(ms)
        return { date: `${year}-${month}-${day}`, weekday: weekday!.toLowerCase() }
      },
      local: (ms) => {
        const { year, month, day, hour, minute, timeZoneName } = partsOf(ms)
        return `${year}-${month}-${day} ${hour}:${minute} ${timeZoneName}`
      },
    }
  } catch {
    return null
  }
}
