import { join, resolve } from 'node:path'
import { type CodingTools, createResults, createWorkspace, readCodingConfiguration } from '@agon/coding'
import { type Connection, createCodingStore } from '@agon/store'
import type { WorkerConfiguration } from './configuration.ts'

/** What coding battles need, where AGON_BACKENDS names the file that says what this worker may run. */
export function codingTools(
  { AGON_BACKENDS, AGON_CODING_DIR, AGON_RESULTS }: WorkerConfiguration,
  variables: Record<string, string | undefined>,
  connection: Connection,
): CodingTools | undefined {
  if (AGON_BACKENDS === undefined) return undefined
  const folder = resolve(AGON_CODING_DIR)
  return {
    store: createCodingStore(connection),
    configuration: readCodingConfiguration(resolve(AGON_BACKENDS)),
    workspace: createWorkspace(folder),
    results: createResults(resolve(AGON_RESULTS ?? join(folder, 'results'))),
    folder: join(folder, 'runs'),
    variables,
  }
}
