import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Log } from './log.ts'
import { isAlive, stopOrphan } from './postgres/orphan.ts'

export const temporaryPrefix = 'local-platform-'
const ownerFile = 'owner.pid'

export function markOwner(root: string): void {
  writeFileSync(join(root, ownerFile), String(process.pid))
}

/**
 * Stops and removes what temporary platforms left that were killed before they could do so themselves: nobody else ever would. A folder whose
 * owner lives, or that names none, is not touched.
 */
export async function sweepAbandoned(log: Log): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const root = join(tmpdir(), name)
    if (!name.startsWith(temporaryPrefix) || !existsSync(join(root, ownerFile))) continue
    try {
      const owner = Number(readFileSync(join(root, ownerFile), 'utf8'))
      if (!owner || isAlive(owner)) continue
      await stopOrphan(join(root, 'postgres'), log)
      rmSync(root, { recursive: true, force: true, maxRetries: 3 })
    } catch (error) {
      log({ source: 'platform', level: 'debug', message: `${root} was left behind and stays: ${(error as Error).message}` })
    }
  }
}
