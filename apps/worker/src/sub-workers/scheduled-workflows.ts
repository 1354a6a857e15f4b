import { scheduleRefills } from '@agon/runner-core/triggers'
import { calls, type SubWorker } from './sub-worker.ts'

export const scheduledWorkflows: SubWorker = {
  name: 'scheduled-workflows',
  does: 'computes when schedules are due, and starts the workflows that are',
  lines: ({ triggers }) => [scheduleRefills(triggers)],
  loops: ({ configuration, triggers, log }) => [
    { everyMs: configuration.AGON_SWEEP_MS, act: calls(log, { schedules_not_dispatched: () => triggers.dispatchSchedules() }) },
  ],
}
