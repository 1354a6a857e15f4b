import { teamRuns as teams } from '@agon/runner-core/team-runs'
import type { SubWorker } from './sub-worker.ts'

export const teamRuns: SubWorker = {
  name: 'team-runs',
  does: 'lets teams take turns on a task; the turns themselves are lens runs',
  lines: () => [teams],
}
