import type { CodingStore } from '@agon/runner-core/coding'
import type { CodingConfiguration } from './configuration.ts'
import type { Results } from './results.ts'
import type { Workspace } from './workspace.ts'

/** Where a test may stop the worker. */
export type Point = 'begun' | 'started' | 'exited' | 'measured' | 'checked' | 'recorded'

export interface CodingTools {
  store: CodingStore
  configuration: CodingConfiguration
  workspace: Workspace
  results: Results
  /** Where runs are, one folder a contender. */
  folder: string
  /** What programs may be given of the worker's environment. */
  variables: Record<string, string | undefined>
  atPoint?: (point: Point) => void | Promise<void>
}
