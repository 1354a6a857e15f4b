import { workflowTriggers } from '@agon/runner-core/triggers'
import type { SubWorker } from './sub-worker.ts'

export const workflowEvents: SubWorker = {
  name: 'workflow-events',
  does: 'starts the workflows that wait for an event of a battle, a message or a schedule; what runs publish, the database publishes',
  lines: ({ triggers }) => [workflowTriggers(triggers)],
}
