import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { LogEntry } from '@agon/runner-core'
import { endLeftProcesses, isActive } from './coding-step.ts'
import type { CodingTools } from './coding-tools.ts'
import { readJournal } from './journal.ts'
import { isAlive } from './process-tree.ts'
import { removeTree } from './remove-tree.ts'
import { type ResumeDecision, resumeDecision } from './resume.ts'

/** A folder without a journal is one that is just being made, or of a worker that was killed then. */
const youngMs = 3_600_000

/** Removes runs that nobody waits for any more, with what they left running; those that are waited for are left to the next claim. */
export async function tidyRuns(tools: CodingTools, log: (entry: LogEntry) => void): Promise<void> {
  if (!existsSync(tools.folder)) return
  for (const contenderId of readdirSync(tools.folder)) {
    try {
      if ((await tidyRun(contenderId, tools)) === 'cancelled')
        log({ level: 'info', event: 'coding_run_removed', contender_id: contenderId, decision: 'cancelled' })
    } catch (error) {
      log({ level: 'warn', event: 'coding_run_not_removed', contender_id: contenderId, message: (error as Error).message })
    }
  }
}

async function tidyRun(contenderId: string, { folder, store, workspace }: CodingTools): Promise<ResumeDecision | undefined> {
  const run = join(folder, contenderId)
  const journal = readJournal(run)
  if (isActive(contenderId)) return undefined
  if (!journal) {
    if (Date.now() - statSync(run).mtimeMs > youngMs) removeTree(run)
    return undefined
  }
  const standing = await store.standings([journal.battleId])
  if (!standing.ok) return undefined // who cannot be asked has not said no
  const contender = standing.value[0]?.contenders.find((each) => each.contenderId === contenderId)
  const holder = journal.worker
  const decision = resumeDecision({
    journal,
    isHeld: isActive(contenderId) || (holder !== null && holder.pid !== process.pid && isAlive(holder)),
    isWanted: contender?.status === 'pending',
  })
  if (decision !== 'cancelled') return decision
  await endLeftProcesses(journal)
  await workspace.removeWorktree(journal.source, join(run, 'worktree'))
  removeTree(run)
  return decision
}

/**
 * Brings the manifests of battles that are not over up to date; said again only where something changed. A folder that cannot be written
 * is told of once, and tried again.
 */
export function keepManifests({ store, results }: Pick<CodingTools, 'store' | 'results'>, log: (entry: LogEntry) => void) {
  const told = new Map<string, string>()
  let complaint: string | undefined
  return async (): Promise<void> => {
    try {
      const unfinished = results.unfinished()
      if (unfinished.length === 0) return
      const standings = await store.standings(unfinished)
      if (!standings.ok) return
      for (const standing of standings.value) {
        const now = JSON.stringify(standing)
        if (told.get(standing.battleId) === now) continue
        results.writeManifest(standing)
        complaint = undefined
        told.set(standing.battleId, now)
        if (standing.finishedAt !== null) told.delete(standing.battleId)
      }
    } catch (error) {
      const { code = '', message } = error as NodeJS.ErrnoException
      if (code !== complaint) log({ level: 'error', event: 'results_not_written', message })
      complaint = code
    }
  }
}
