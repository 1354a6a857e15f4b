import { ratingRefreshes } from '@agon/runner-core/refresh-step'
import { calls, type SubWorker } from './sub-worker.ts'

/** What the housekeeping finds due it finds by the database's clock; asking more often than the schedule does would find nothing. */
const housekeepingMs = 60_000

export const sweeper: SubWorker = {
  name: 'sweeper',
  does: 'moves due jobs, takes lost ones back, ends overdue runs, refreshes boards, and forgets what retention says',
  lines: ({ boards }) => [ratingRefreshes(boards), ratingRefreshes(boards, {}, true)],
  loops: ({ configuration, tick, boards, housekeeping, log }) => [
    {
      everyMs: configuration.AGON_SWEEP_MS,
      act: calls(log, {
        sweep_failed: () => tick.sweep(),
        overdue_runs_not_ended: () => tick.endOverdueRuns(),
        boards_not_swept: () => boards.refreshDue(),
      }),
    },
    {
      everyMs: housekeepingMs,
      act: calls(log, {
        stray_delegations_not_ended: () => tick.endStrayDelegations(),
        not_forgotten: () => housekeeping.forget(),
        orphans_not_deleted: () => housekeeping.deleteOrphans(),
      }),
    },
  ],
}
