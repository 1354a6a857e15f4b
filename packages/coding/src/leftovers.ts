import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { LogEntry } from '@agon/runner-core'
import { endLeftProcesses, isActive } from './coding-step.ts'
import type { CodingTools } from './coding-tools.ts'
import { readJournal } from './journal.ts'
import { isAlive } from './process-tree.ts'
import { resumeDecision } from './resume.ts'

/** A folder without a journal is one that is just being made, or of a worker that was killed then. */
const youngMs = 3_600_000

/** Removes runs that nobody waits for any more, with what they left running; those that are waited for are left to the next claim. */
export async function tidyRuns({ folder, store, workspace }: CodingTools, log: (entry: LogEntry) => void): Promise<void> {
  if (!existsSync(folder)) return
  for (const contenderId of readdirSync(folder)) {
    const run = join(folder, contenderId)
    const journal = readJournal(run)
    if (isActive(contenderId)) continue
    if (!journal) {
      if (Date.now() - statSync(run).mtimeMs > youngMs) rmSync(run, { recursive: true, force: true })
      continue
    }
    const standing = await store.standings([journal.battleId])
    if (!standing.ok) return // who cannot be asked has not said no
    const contender = standing.value[0]?.contenders.find((each) => each.contenderId === contenderId)
    const holder = journal.worker
    const decision = resumeDecision({
      journal,
      isHeld: isActive(contenderId) || (holder !== null && holder.pid !== process.pid && isAlive(holder)),
      isWanted: contender?.status === 'pending',
    })
    if (decision !== 'cancelled') continue
    await endLeftProcesses(journal)
    await workspace.removeWorktree(journal.source, join(run, 'worktree'))
    rmSync(run, { recursive: true, force: true, maxRetries: 3 })
    log({ level: 'info', event: 'coding_run_removed', contender_id: contenderId, decision })
  }
}

/** Brings the manifests of battles that are not over up to date; said again only where something changed. */
export function keepManifests({ store, results }: Pick<CodingTools, 'store' | 'results'>) {
  const told = new Map<string, string>()
  return async (): Promise<void> => {
    const unfinished = results.unfinished()
    if (unfinished.length === 0) return
    const standings = await store.standings(unfinished)
    if (!standings.ok) return
    for (const standing of standings.value) {
      const now = JSON.stringify(standing)
      if (told.get(standing.battleId) === now) continue
      results.writeManifest(standing)
      told.set(standing.battleId, now)
      if (standing.finishedAt !== null) told.delete(standing.battleId)
    }
  }
}
