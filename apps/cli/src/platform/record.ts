import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CliError } from '../cli-error.ts'
import { exitCodes } from '../exit-codes.ts'

/** A platform that runs on this machine, as the process that runs it wrote it down for the others. */
export interface RunningPlatform {
  state: 'running'
  pid: number
  url: string
  dbUrl: string
  publishableKey: string
  secretKeys: Record<string, string>
  /** Ids of the providers its functions can call; unknown of a platform that `npm start` runs. */
  providers?: string[]
}

export type PlatformRecord = RunningPlatform | { state: 'starting'; pid: number }

const fileIn = (home: string) => join(home, 'platform.json')

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** What stands in platform.json, unless the process that wrote it is gone. */
export function readRecord(home: string): PlatformRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(fileIn(home), 'utf8')) as PlatformRecord
    return isAlive(record.pid) ? record : undefined
  } catch {
    return undefined // none, or half written by a process that was killed
  }
}

/** Claims the start of the platform for this process. False: another process runs it, or is about to. */
export function claimRecord(home: string): boolean {
  try {
    mkdirSync(home, { recursive: true })
  } catch (cause) {
    throw new CliError(`${home} cannot be used: ${(cause as Error).message}.`, {
      remedy: 'Name another folder with --home, or AGON_HOME.',
      exitCode: exitCodes.usage,
      cause,
    })
  }
  const record: PlatformRecord = { state: 'starting', pid: process.pid }
  for (let tries = 0; tries < 2; tries++) {
    try {
      writeFileSync(fileIn(home), JSON.stringify(record), { mode: 0o600, flag: 'wx' })
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      if (readRecord(home)) return false
      rmSync(fileIn(home), { force: true }) // left by a process that was killed
    }
  }
  return false
}

/** Publishes the running platform, whole or not at all: it holds secret keys, and others read it at any moment. */
export function writeRecord(home: string, record: RunningPlatform): void {
  const unfinished = `${fileIn(home)}.${process.pid}`
  writeFileSync(unfinished, JSON.stringify(record, null, 2), { mode: 0o600 })
  renameSync(unfinished, fileIn(home))
}

/** Removes the record if it is this process's own. */
export function removeRecord(home: string): void {
  if (readRecord(home)?.pid === process.pid) rmSync(fileIn(home), { force: true })
}
