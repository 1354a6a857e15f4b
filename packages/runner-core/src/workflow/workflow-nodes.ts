import { nodeLine } from './node-step.ts'
import { databaseRunners } from './runners/database-runners.ts'

/** Workflow nodes that need the database alone. */
export const workflowNodes = nodeLine('workflow_node', databaseRunners)
