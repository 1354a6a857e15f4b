import { randomBytes } from 'node:crypto'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { markOwner, temporaryPrefix } from './abandoned.ts'
import type { ParsedOptions } from './options.ts'
import type { ProcessOwner } from './postgres/owner.ts'

/** Where one platform keeps things. Beside PostgreSQL's folder, so that removing both forgets the project's local state. */
export interface Places {
  postgres: string
  storage: string
  keysFile: string
  /** Removes what `temporary` made. */
  removeTemporary(): void
}

export function choosePlaces(options: ParsedOptions): Places {
  if (options.temporary) {
    const root = mkdtempSync(join(tmpdir(), temporaryPrefix))
    markOwner(root)
    chmodSync(root, 0o755) // PostgreSQL's user has to walk through it
    return { ...placesIn(join(root, 'postgres')), removeTemporary: () => rmSync(root, { recursive: true, force: true, maxRetries: 3 }) }
  }
  return { ...placesIn(resolve(options.dataDir ?? join(options.projectDir, '.agon', 'postgres'))), removeTemporary: () => undefined }
}

function placesIn(postgres: string): Omit<Places, 'removeTemporary'> {
  mkdirSync(dirname(postgres), { recursive: true })
  return { postgres, storage: `${postgres}-storage`, keysFile: `${postgres}-keys.json` }
}

/** The vault's key: made once, in PostgreSQL's own folder because the server reads it itself. */
export function ensureVaultKey(postgresDir: string, owner: ProcessOwner | undefined): void {
  const path = join(postgresDir, 'platform-vault.key')
  if (existsSync(path)) return
  writeFileSync(path, randomBytes(32).toString('base64'), { mode: 0o600 })
  if (owner) chownSync(path, owner.uid, owner.gid)
}
