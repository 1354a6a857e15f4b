import { join } from 'node:path'
import { makeClusters, projectDir } from './clusters.ts'
import { temporaryFolderInMemory } from './temporary-folder.ts'

/** Before the first test that needs a system: where its processes write, and what they find made. */
export default async function setup(): Promise<void> {
  temporaryFolderInMemory()
  // As scripts/run.mjs does: tests start hundreds of processes of the same code.
  process.env.NODE_COMPILE_CACHE ??= join(projectDir, 'node_modules/.cache/compiled')
  await makeClusters()
}
