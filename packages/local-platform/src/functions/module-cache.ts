import { execFile } from 'node:child_process'
import { statSync, writeFileSync } from 'node:fs'
import { promisify } from 'node:util'
import type { Log } from '../log.ts'
import { denoBinary, lockFile, moduleArguments, toolchainEnvironment } from './deno.ts'
import type { FunctionSource } from './discover-functions.ts'

/**
 * Fetches what functions import, once a machine, before they run; dynamic imports too. A function cannot do it itself: its process
 * keeps nothing of this machine's environment, so neither its proxy nor its certificates; and a first request would wait for 60 MB.
 */
export function createModuleCache(log: Log): { fetched(source: FunctionSource): Promise<void> } {
  const fetching = new Map<string, Promise<void>>()

  async function fetchModules(source: FunctionSource): Promise<void> {
    const marker = `${lockFile(source)}.fetched`
    if (modifiedAt(marker) > modifiedAt(source.configFile ?? source.entrypoint)) return
    try {
      await promisify(execFile)(denoBinary, ['cache', '--quiet', ...moduleArguments(source), source.entrypoint], {
        env: toolchainEnvironment(),
      })
      writeFileSync(marker, '')
    } catch (error) {
      // The function tries by itself, and its own failure says what is missing.
      const { stderr } = error as { stderr?: string }
      const message = `its modules could not be fetched: ${stderr?.trim() || (error as Error).message}`
      log({ source: 'function', function: source.name, level: 'warning', event: 'modules_not_fetched', message })
    }
  }

  return {
    fetched(source) {
      const known = fetching.get(source.entrypoint)
      if (known) return known
      const started = fetchModules(source)
      fetching.set(source.entrypoint, started)
      return started
    },
  }
}

const modifiedAt = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
