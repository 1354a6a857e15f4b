import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Platform } from './platform.ts'

const writerOf = (file: string): number | undefined => {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { pid: number }).pid
  } catch {
    return undefined // none, or half written by a process that was killed
  }
}

function lives(pid: number | undefined): boolean {
  if (pid === undefined) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * Writes down where a platform is, with its keys, for other processes of this user to find; whole or not at all. A living process's record
 * stays. Returns how to take it back.
 */
export function recordPlatform(file: string, { url, dbUrl, publishableKey, secretKeys }: Platform): () => void {
  const writer = writerOf(file)
  if (writer !== process.pid && lives(writer)) return () => undefined
  mkdirSync(dirname(file), { recursive: true })
  const unfinished = `${file}.${process.pid}`
  const record = { state: 'running', pid: process.pid, url, dbUrl, publishableKey, secretKeys }
  writeFileSync(unfinished, JSON.stringify(record, null, 2), { mode: 0o600 })
  renameSync(unfinished, file)
  return () => {
    if (writerOf(file) === process.pid) rmSync(file, { force: true })
  }
}
