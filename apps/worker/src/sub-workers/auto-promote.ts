import { calls, type SubWorker } from './sub-worker.ts'

export const autoPromote: SubWorker = {
  name: 'auto-promote',
  does: 'publishes drafts that are due, ends submissions and votings whose time is over, and closes what nobody scores any more',
  loops: ({ configuration, tick, log }) => [
    {
      everyMs: configuration.AGON_SWEEP_MS,
      act: calls(log, {
        drafts_not_promoted: () => tick.promoteDue(),
        submissions_not_ended: () => tick.endSubmissions(),
        battles_not_finalized: () => tick.finalizeDue(),
      }),
    },
  ],
}
