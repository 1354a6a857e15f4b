import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * The longest files first, so that none is left for one worker alone at the end. Vitest knows how long they take from the run before; a fresh
 * checkout knows what stands here: folders and files that take more than half a minute.
 */
const long = [
  'tests/chaos/',
  'tests/security/fuzz',
  'tests/platform/lifecycle',
  'tests/platform/endings',
  'tests/e2e/templates/',
  'tests/coding/',
  'tests/worker/',
  'tests/e2e/boards',
  'tests/cli/',
  'tests/e2e/',
  'tests/race/',
]

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    if (files.every((file) => this.ctx.cache.getTestSpecificationResult(file))) return sorted
    const rank = ({ moduleId }: TestSpecification) => {
      const at = long.findIndex((part) => moduleId.includes(part))
      return at === -1 ? long.length : at
    }
    return sorted.toSorted((one, other) => rank(one) - rank(other))
  }
}
