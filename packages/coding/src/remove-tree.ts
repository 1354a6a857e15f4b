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
    open(path)
    remove()
  }
}

function open(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return
  chmodSync(path, 0o700)
  for (const entry of readdirSync(path, { withFileTypes: true })) if (entry.isDirectory()) open(join(path, entry.name))
}
