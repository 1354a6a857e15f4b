import type { Journal } from './journal.ts'

/**
 * What becomes of a run that was found on the disk.
 * keep: a live worker process works on it; hands off until it lets go.
 * done: its command ended well, and is not paid for twice: go on with what it left.
 * error: its command ended badly, and that is recorded.
 * cancelled: nobody waits for it any more; what is left is removed.
 * re-dispatch: it begins anew, in a new worktree.
 */
export type ResumeDecision = 'keep' | 'done' | 'error' | 'cancelled' | 're-dispatch'

export interface Found {
  journal: Journal | undefined
  /** The worker process that the journal names runs still, and is another than this, or this one and still at it. */
  isHeld: boolean
  /** Its contender still waits to be settled. */
  isWanted: boolean
  /** Failed attempts before the one that asks; undefined: nobody claimed it. */
  attempt?: number
}

export function resumeDecision({ journal, isHeld, isWanted, attempt }: Found): ResumeDecision {
  if (isHeld) return 'keep'
  if (!isWanted) return 'cancelled'
  if (!journal || journal.phase === 'running' || !journal.ending) return 're-dispatch'
  if (attempt !== undefined && journal.attempt !== attempt) return 're-dispatch'
  return endedWell(journal.ending) ? 'done' : 'error'
}

export const endedWell = ({ how, exitCode }: NonNullable<Journal['ending']>): boolean => how === 'exited' && exitCode === 0
