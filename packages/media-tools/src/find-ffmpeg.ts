import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'

/** An ffmpeg that runs here, and what it says it is. */
export interface Ffmpeg {
  path: string
  version: string
}

const patienceMs = 10_000

/**
 * An ffmpeg that runs: the one that is named, or else the system's, or else the one that npm brought. The system's comes first because
 * somebody keeps it up to date. Undefined: there is none; a named one that does not run is not replaced by another.
 */
export async function findFfmpeg(named?: string): Promise<Ffmpeg | undefined> {
  if (named) return tried(named)
  const fromNpm = installed()
  return (await tried('ffmpeg')) ?? (fromNpm === undefined ? undefined : tried(fromNpm))
}

/** The package has no binary for every machine, and says so by throwing. */
function installed(): string | undefined {
  try {
    return (createRequire(import.meta.url)('@ffmpeg-installer/ffmpeg') as { path: string }).path
  } catch {
    return undefined
  }
}

function tried(path: string): Promise<Ffmpeg | undefined> {
  return new Promise((resolve) => {
    let said = ''
    const child = spawn(path, ['-hide_banner', '-version'], { stdio: ['ignore', 'pipe', 'ignore'], timeout: patienceMs })
    child.stdout.on('data', (data: Buffer) => {
      said += data.toString('utf8')
    })
    child.on('error', () => resolve(undefined))
    child.on('close', (code) => {
      const version = /^ffmpeg version (\S+)/.exec(said)?.[1]
      resolve(code === 0 && version ? { path, version } : undefined)
    })
  })
}
