import { voteScans } from '@agon/runner-core/votes'
import { calls, type SubWorker } from './sub-worker.ts'

export const voteAnomaly: SubWorker = {
  name: 'vote-anomaly',
  does: 'scans the crowd’s votes every hour, at what may be a burst and before each decision, and holds the suspicious ones',
  lines: () => [voteScans],
  loops: ({ configuration, tick, log }) => [
    { everyMs: configuration.AGON_SWEEP_MS, act: calls(log, { vote_scans_not_begun: () => tick.scanVotes() }) },
  ],
}
