import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { isAlive } from './record.ts'

const folderIn = (home: string) => join(home, 'guests')

/** Notes that this process uses a platform that another one runs. Returns how to leave. */
export function enter(home: string): () => void {
  mkdirSync(folderIn(home), { recursive: true })
  const note = join(folderIn(home), String(process.pid))
  writeFileSync(note, '')
  return () => rmSync(note, { force: true })
}

/** The processes that use the platform this one runs. Notes of processes that were killed are cleared away. */
export function guests(home: string): number[] {
  let pids: number[]
  try {
    pids = readdirSync(folderIn(home)).map(Number)
  } catch {
    return []
  }
  for (const pid of pids) if (!isAlive(pid)) rmSync(join(folderIn(home), String(pid)), { force: true })
  return pids.filter(isAlive)
}

/** Waits until no other process uses the platform, or the signal aborts. */
export async function untilAlone(home: string, signal: AbortSignal): Promise<void> {
  while (guests(home).length > 0 && !signal.aborted) await delay(100)
}
