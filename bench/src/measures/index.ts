import type { Measure } from '../measure.ts'
import { abandoned } from './abandoned.ts'
import { battles } from './battles.ts'
import { coldStart } from './cold-start.ts'
import { contenders } from './contenders.ts'
import { drain } from './drain.ts'
import { flatness } from './flatness.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { pickup } from './pickup.ts'
import { publishToProvider } from './publish-to-provider.ts'
import { workflowFunctions } from './workflow-functions.ts'
import { workflows } from './workflows.ts'

/** In the order they are run and shown. */
export const measures: Measure[] = [
  drain,
  oneAtATime,
  flatness,
  pickup,
  abandoned,
  publishToProvider,
  contenders,
  coldStart,
  battles,
  workflows,
  workflowFunctions,
]
