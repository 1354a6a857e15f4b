import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { startEmbeddedPostgres } from '../../packages/local-platform/src/postgres/embedded.ts'
import { beginningAs } from './clusters.ts'

/**
 * Keeps one PostgreSQL for one vitest run: starts it on a copy of the cluster with the migrated template, says where it is in `ready.json`, and
 * removes everything once vitest is gone, however it went. Started by the first test file that asks (tests/support/database.ts).
 */
const [folder, vitestPid] = [process.argv[2]!, Number(process.argv[3])]

function answer(report: object): void {
  writeFileSync(join(folder, 'ready.json.part'), JSON.stringify(report))
  renameSync(join(folder, 'ready.json.part'), join(folder, 'ready.json'))
}

function vitestRuns(): boolean {
  try {
    process.kill(vitestPid, 0)
    return true
  } catch {
    return false
  }
}

process.on('SIGINT', () => undefined) // Ctrl-C reaches vitest first; the end of vitest is what ends this
mkdirSync(folder, { recursive: true })
chmodSync(folder, 0o755) // PostgreSQL's user has to walk through it
try {
  const { template } = beginningAs('database')
  if (!template) throw new Error('no cluster was made: is tests/support/setup.ts in vitest.config.ts?')
  const postgres = await startEmbeddedPostgres(join(folder, 'postgres'), () => undefined, template)
  try {
    answer({ url: postgres.url })
    while (vitestRuns()) await delay(200)
  } finally {
    await postgres.stop()
  }
} catch (error) {
  answer({ error: (error as Error).message })
  while (vitestRuns()) await delay(200)
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}
