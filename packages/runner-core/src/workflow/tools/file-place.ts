import { type StepError, stepError } from '../../errors.ts'
import type { NodeJob } from '../../ports/index.ts'
import { fail, ok, type Result } from '../../result.ts'

/** run: of this run and those it belongs to. owner: of every run of its owner. Another's cannot be named. */
export type Folder = 'run' | 'owner'

const segment = /^[A-Za-z0-9_(-][A-Za-z0-9_ .()-]{0,99}$/

/** Where a file of a node stands in the bucket. A key is names between slashes; nothing in it leads up or out. */
export function filePath(job: Pick<NodeJob, 'ownerId' | 'rootRunId'>, folder: Folder, key: string): Result<string, StepError> {
  const segments = key.split('/')
  const why =
    key.length > 300
      ? 'it is longer than 300 characters'
      : segments.length > 8
        ? 'it has more than 8 names'
        : segments.find((name) => !segment.test(name)) !== undefined
          ? 'each name begins with a letter, a digit, _, - or a bracket, and goes on with these, spaces and dots'
          : undefined
  if (why !== undefined)
    return fail(stepError('node_config', `config.key: ${JSON.stringify(key.slice(0, 100))} is no place for a file: ${why}.`))
  return ok(`${job.ownerId}/${folder === 'run' ? `runs/${job.rootRunId}` : 'files'}/${key}`)
}
