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
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ') // the name may hold spaces: what follows it begins with field 3
      return fields[0] === 'Z' ? undefined : { pid, began: fields[19]! }
    }
    return { pid, began: execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() }
  } catch {
    return runs(pid) ? { pid } : undefined
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
  const signal = (kind: NodeJS.Signals): boolean => {
    const inGroup = leader !== undefined && signalGroup(leader, kind)
    const others = marked(runId)
    for (const pid of others) {
      try {
        process.kill(pid, kind)
      } catch {
        // It has ended meanwhile, or is another user's: the next look tells which.
      }
    }
    return inGroup || others.length > 0
  }
  if (!signal('SIGTERM')) return true
  const left = () => (leader !== undefined && signalGroup(leader, 0)) || marked(runId).length > 0
  for (const end = Date.now() + graceMs; Date.now() < end; await delay(25)) if (!left()) return true
  // Again and again: one that was just being born was not there the first time.
  for (const end = Date.now() + 10_000; Date.now() < end; await delay(25)) if (!signal('SIGKILL')) return true
  return false
}
