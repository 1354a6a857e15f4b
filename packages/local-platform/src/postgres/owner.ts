import { execFileSync } from 'node:child_process'
import { chownSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { PlatformError } from '../platform-error.ts'

/** Who runs PostgreSQL. Undefined: the current user, which is every case but root (PostgreSQL refuses to run as root). */
export interface ProcessOwner {
  uid: number
  gid: number
}

function idOf(flag: '-u' | '-g', user: string): number {
  return Number(execFileSync('id', [flag, user], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim())
}

/** As root, the system user `postgres`, made when the machine has none. */
export function findProcessOwner(): ProcessOwner | undefined {
  if (process.getuid?.() !== 0) return undefined
  try {
    return { uid: idOf('-u', 'postgres'), gid: idOf('-g', 'postgres') }
  } catch {
    try {
      execFileSync('groupadd', ['-f', 'postgres'], { stdio: 'ignore' })
      execFileSync('useradd', ['-g', 'postgres', '-M', 'postgres'], { stdio: 'ignore' })
      return { uid: idOf('-u', 'postgres'), gid: idOf('-g', 'postgres') }
    } catch (cause) {
      throw new PlatformError(
        'data_directory_unusable',
        'PostgreSQL does not run as root and a user `postgres` could not be created. Create one, or run the platform as an ordinary user.',
        { cause },
      )
    }
  }
}

function mayTraverse(folder: string, owner: ProcessOwner): boolean {
  const { mode, uid, gid } = statSync(folder)
  if (uid === owner.uid) return (mode & 0o100) !== 0
  if (gid === owner.gid) return (mode & 0o010) !== 0
  return (mode & 0o001) !== 0
}

/** Makes the folder, gives it to PostgreSQL's user, and refuses early when that user could not walk down to it. */
export function prepareOwnedDirectory(folder: string, owner: ProcessOwner | undefined): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (!owner) return
  chownSync(folder, owner.uid, owner.gid)
  for (let parent = dirname(folder); ; parent = dirname(parent)) {
    if (!mayTraverse(parent, owner)) {
      throw new PlatformError(
        'data_directory_unusable',
        `PostgreSQL runs as the user \`postgres\`, which cannot enter ${parent}, so it cannot use ${folder}. ` +
          'Choose another folder with dataDir (--data-dir), use temporary (--temporary), or run the platform as an ordinary user.',
      )
    }
    if (parent === dirname(parent)) return
  }
}
