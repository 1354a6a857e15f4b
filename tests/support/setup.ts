import { join } from 'node:path'
import { makeClusters, projectDir } from './clusters.ts'

/** Before the first test that needs a system: what its processes find made. */
export default async function setup(): Promise<void> {
  // As scripts/run.mjs does: tests start hundreds of processes of the same code.
  process.env.NODE_COMPILE_CACHE ??= join(projectDir, 'node_modules/.cache/compiled')
  await makeClusters()
}
