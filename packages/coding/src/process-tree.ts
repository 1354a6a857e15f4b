import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

/** The variable that every process of a run inherits, by which those are found that left their group. */
export const runVariable = 'AGON_CODING_RUN'

/** A process as it can be told from a later one of the same number. */
export interface ProcessMark {
  pid: number
  /** When it began, as this system says it; undefined where it cannot be told. */
  began?: string
}

/** Undefined: there is no such process. */
export function markOf(pid: number): ProcessMark | undefined {
  if (!runs(pid)) return undefined
  try {
    if (process.platform === 'linux') {
      const fields = statOf(pid)
      if (fields) return fields[0] === 'Z' ? undefined : { pid, began: fields[19]! }
      return runs(pid) ? { pid } : undefined
    }
    return { pid, began: execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() }
  } catch {
    return runs(pid) ? { pid } : undefined
  }
}

/** What Linux says of a process, from its state on. Undefined: it has gone. */
function statOf(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ') // the name may hold spaces: what follows it begins with field 3
  } catch {
    return undefined
  }
}

/** Whether this very process still runs. */
export function isAlive(mark: ProcessMark): boolean {
  const now = markOf(mark.pid)
  return now !== undefined && (now.began === undefined || mark.began === undefined || now.began === mark.began)
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Processes that carry a run's variable, on Linux; elsewhere the group is all there is to go by. */
function marked(runId: string): number[] {
  if (process.platform !== 'linux') return []
  const entry = `${runVariable}=${runId}\0`
  return readdirSync('/proc').flatMap((name) => {
    const pid = Number(name)
    if (!Number.isInteger(pid) || pid === process.pid) return []
    try {
      if (!readFileSync(`/proc/${pid}/environ`, 'latin1').includes(entry)) return []
      return markOf(pid) ? [pid] : []
    } catch {
      return [] // another user's, or gone meanwhile
    }
  })
}

/** Whether a process of the group still runs. One that has ended and waits to be asked how is not running: in a container nobody may ever ask. */
function groupRuns(leader: number): boolean {
  if (process.platform !== 'linux') return signalGroup(leader, 0)
  return (
    signalGroup(leader, 0) &&
    readdirSync('/proc').some((name) => {
      const stat = /^\d+$/.test(name) ? statOf(Number(name)) : undefined
      return stat !== undefined && stat[0] !== 'Z' && Number(stat[2]) === leader
    })
  )
}

function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-leader, signal)
    return true
  } catch {
    return false
  }
}

/**
 * Ends every process of a run: its group, and on Linux those that left it. They are asked first (SIGTERM), and after the grace they are not
 * (SIGKILL). Resolves when none is left, or after ten seconds of trying. leader: only where its number is known to be still this run's.
 */
export async function endProcesses(runId: string, leader: number | undefined, graceMs: number): Promise<boolean> {
  const signal = (kind: NodeJS.Signals): void => {
    if (leader !== undefined) signalGroup(leader, kind)
    for (const pid of marked(runId)) {
      try {
        process.kill(pid, kind)
      } catch {
        // It has ended meanwhile, or is another user's: the next look tells which.
      }
    }
  }
  const left = () => (leader !== undefined && groupRuns(leader)) || marked(runId).length > 0
  if (!left()) return true
  signal('SIGTERM')
  for (const end = Date.now() + graceMs; Date.now() < end; await delay(25)) if (!left()) return true
  // Again and again: one that was just being born was not there the first time.
  for (const end = Date.now() + 10_000; Date.now() < end; await delay(25)) {
    if (!left()) return true
    signal('SIGKILL')
  }
  return !left()
}
