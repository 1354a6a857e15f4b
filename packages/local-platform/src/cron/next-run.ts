import { Cron } from 'croner'

const secondsInterval = /^\s*(\d{1,2}) +seconds?\s*$/i

/** Seconds between runs for the interval form (`10 seconds`); undefined for a cron expression. */
export function intervalSeconds(schedule: string): number | undefined {
  const seconds = Number(secondsInterval.exec(schedule)?.[1])
  return seconds >= 1 && seconds <= 59 ? seconds : undefined
}

/**
 * When a job runs next, strictly after `from`, in UTC as pg_cron on a hosted project; undefined when it never will, or cannot be read.
 * croner reads the expression: it knows named months and days and, like cron, takes a day that fits either the date or the weekday. pg_cron's
 * `$` is its `L`, the last day of the month; a sixth field is not read.
 */
export function nextRun(schedule: string, from: Date): Date | undefined {
  const seconds = intervalSeconds(schedule)
  if (seconds) return new Date(from.getTime() + seconds * 1000)
  const fields = schedule.trim().split(/\s+/)
  const expression = schedule.trim().startsWith('@') ? schedule.trim() : [...fields.slice(0, 5)].join(' ').replaceAll('$', 'L')
  try {
    return new Cron(expression, { timezone: 'UTC', mode: 'auto' }).nextRun(from) ?? undefined
  } catch {
    return undefined
  }
}
