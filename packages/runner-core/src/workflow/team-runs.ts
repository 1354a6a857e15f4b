import { nodeLine } from './node-step.ts'
import { teamRun } from './runners/team-run.ts'

/** Teams: they need the database alone, as their turns are lens runs. */
export const teamRuns = nodeLine('team_run', { team_run: teamRun })
