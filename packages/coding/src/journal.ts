import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { StepWorld } from '@agon/runner-core'
import { z } from 'zod'

const mark = z.object({ pid: z.number().int(), began: z.string().optional() })

/** How far a run has come, as its folder says it. `running` was written before the command began, `exited` when it had ended. */
const journal = z.object({
  battleId: z.string(),
  contenderId: z.string(),
  source: z.string(),
  commit: z.string(),
  /** Failed attempts before this one: what an earlier one left is not this one's. */
  attempt: z.number().int(),
  runId: z.string(),
  /** The worker process that works on it; null: it let go. */
  worker: mark.nullable(),
  phase: z.enum(['running', 'exited', 'measured']),
  /** The command's, once it has begun. */
  leader: mark.optional(),
  ending: z
    .object({
      how: z.enum(['exited', 'timed_out', 'not_started']),
      exitCode: z.number().int().nullable(),
      signal: z.string().nullable(),
      durationMs: z.number(),
      isCut: z.boolean(),
      tokens: z.number().optional(),
      /** Of what it said where errors are said. */
      complaint: z.string(),
      result: z.string(),
    })
    .optional(),
  diff: z.object({ text: z.string(), isCut: z.boolean(), files: z.number() }).optional(),
})

export type Journal = z.output<typeof journal>
export type Ending = NonNullable<Journal['ending']>

/** Writes a file whole or not at all: beside it, to the disk, then in its place. */
export function writeWhole(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  const half = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`
  try {
    const file = openSync(half, 'w', 0o600)
    try {
      writeFileSync(file, text) // a disk that fills takes a part of a write, and says so at the next
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(half, path)
  } catch (error) {
    rmSync(half, { force: true }) // halves would fill a full disk further
    throw error
  }
}

const pathOf = (folder: string) => join(folder, 'journal.json')

export const writeJournal = (folder: string, entry: Journal): void => writeWhole(pathOf(folder), JSON.stringify(entry))

/**
 * The same of a run whose command has begun, and is paid for: a journal that cannot be written any more is what the next worker would go by,
 * and no reason to stop this one.
 */
export function noteJournal(
  { job, world, folder }: { job: { jobId: number }; world: Pick<StepWorld, 'log'>; folder: string },
  entry: Journal,
): void {
  try {
    writeJournal(folder, entry)
  } catch (error) {
    world.log({ level: 'error', event: 'coding_journal_not_written', job_id: job.jobId, message: (error as Error).message })
  }
}

/** Undefined: none, or one that nobody can read. */
export function readJournal(folder: string): Journal | undefined {
  try {
    const read = journal.safeParse(JSON.parse(readFileSync(pathOf(folder), 'utf8')))
    return read.success ? read.data : undefined
  } catch {
    return undefined
  }
}

export const dropJournal = (folder: string): void => rmSync(pathOf(folder), { force: true })
