/** One line of the platform's own story, or one line a function printed. */
export interface LogEntry {
  time: string
  source: 'platform' | 'postgres' | 'rest' | 'cron' | 'net' | 'function'
  level: 'debug' | 'info' | 'warning' | 'error'
  message: string
  /** The function that spoke, when `source` is `function`. */
  function?: string
  /** The process that spoke: the same value the function sees as SB_EXECUTION_ID. */
  executionId?: string
  /** What happened to a function process: `booted`, `boot_failed`, `retired`, `dropped`, `killed`, `crashed`, `first_response`. */
  event?: string
  /** How long that took, where it took time. */
  durationMs?: number
}

export type LogInput = Omit<LogEntry, 'time' | 'level'> & { level?: LogEntry['level'] }
export type Log = (entry: LogInput) => void

const keptEntries = 2000

/** A log that keeps its last entries in memory, so that a test or an operator can ask afterwards what a function printed. */
export function createLog(sink?: (entry: LogEntry) => void): { log: Log; entries: LogEntry[] } {
  const entries: LogEntry[] = []
  const log: Log = (input) => {
    const entry: LogEntry = { time: new Date().toISOString(), level: 'info', ...input }
    entries.push(entry)
    if (entries.length > keptEntries) entries.splice(0, entries.length - keptEntries)
    sink?.(entry)
  }
  return { log, entries }
}
