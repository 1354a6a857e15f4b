import { z } from 'zod'
import { type Connection, call } from './connection.ts'

/** The clocks of the queue, of battles and of runs: what pg_cron calls where it is, and a worker where it is not. One method an RPC. */
export function createTickStore({ battles, execution, lenses }: Connection) {
  return {
    /** Moves due jobs, takes back lost ones, wakes. */
    sweep: () => call('sweep', execution.rpc('sweep'), z.unknown()),
    promoteDue: () => call('fn_battles_promote_due', battles.rpc('fn_battles_promote_due'), z.number()),
    endSubmissions: () => call('fn_battles_end_submissions', battles.rpc('fn_battles_end_submissions'), z.number()),
    finalizeDue: () => call('fn_auto_finalize_battles', battles.rpc('fn_auto_finalize_battles'), z.number()),
    scanVotes: () => call('fn_scan_votes', battles.rpc('fn_scan_votes'), z.number()),
    /** Ends what was delegated to an execution bridge that no worker has any more. */
    endStrayDelegations: () => call('fn_end_stray_delegations', battles.rpc('fn_end_stray_delegations'), z.number()),
    endOverdueRuns: () => call('fn_end_overdue_runs', lenses.rpc('fn_end_overdue_runs'), z.number()),
  }
}

export type TickStore = ReturnType<typeof createTickStore>
