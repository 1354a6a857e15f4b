import { chmodSync, lstatSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Removes a folder and all in it, also where programs took away the right to: a module cache of Go has folders that not even their owner may
 * write, and who is not root cannot empty those.
 */
export function removeTree(path: string): void {
  const remove = () => rmSync(path, { recursive: true, force: true, maxRetries: 3 })
  try {
    remove()
  } catch {
    openFolders(path)
    remove()
  }
}

function openFolders(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return
  chmodSync(path, 0o700)
  for (const entry of readdirSync(path, { withFileTypes: true })) if (entry.isDirectory()) openFolders(join(path, entry.name))
}

/** Lets its owner read all that is in a folder, where a program took that right away; nothing else of a file's rights changes. */
export function openTree(path: string): void {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const at = join(path, entry.name)
    const least = entry.isDirectory() ? 0o700 : entry.isFile() ? 0o400 : 0
    const mode = least === 0 ? 0 : lstatSync(at).mode
    if ((mode & least) !== least) chmodSync(at, (mode & 0o777) | least)
    if (entry.isDirectory()) openTree(at)
  }
}
