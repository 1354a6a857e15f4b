import { codingJobs, codingOffers, keepManifests, tidyRuns } from '@agon/coding'
import type { SubWorker } from './sub-worker.ts'

/** How often the manifests of coding battles that are not over are looked at. */
const manifestMs = 2_000
const tidyMs = 60_000

export const coding: SubWorker = {
  name: 'coding',
  does: 'lets commands contend in worktrees of a repository, where `AGON_BACKENDS` names them',
  lines: ({ coding: tools }) => (tools ? [codingJobs(tools)] : []),
  loops: ({ coding: tools, log }) =>
    tools
      ? [
          { everyMs: manifestMs, act: keepManifests(tools, log) },
          { everyMs: tidyMs, act: () => tidyRuns(tools, log) },
        ]
      : [],
  capabilities: ({ coding: tools }) => (tools ? codingOffers(tools.configuration) : {}),
}
