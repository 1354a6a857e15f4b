import { accessSync, constants, readFileSync, statfsSync } from 'node:fs'

const memory = '/dev/shm'
const gigabyte = 1024 ** 3
/** Three clusters side by side hold far less; the write-ahead log of one may grow to two. */
const roomNeeded = 6 * gigabyte

/**
 * Puts what tests make for a while where no disk is: a run makes and removes some hundred thousand small files, a thousand with each cluster, and
 * a disk's file system takes ten times the system time of one in memory. Only where the machine has the room, and never against TMPDIR.
 */
export function temporaryFolderInMemory(): void {
  if (process.env.TMPDIR || process.platform !== 'linux' || process.availableMemory() < roomNeeded) return
  try {
    const mount = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .map((line) => line.split(' '))
      .find(([, place]) => place === memory)
    if (mount?.[2] !== 'tmpfs' || mount[3]?.split(',').includes('noexec')) return // tests start programs they wrote
    const { bavail, bsize } = statfsSync(memory)
    if (bavail * bsize < roomNeeded) return
    accessSync(memory, constants.W_OK)
    process.env.TMPDIR = memory
  } catch {
    // A machine without it has its disk.
  }
}
