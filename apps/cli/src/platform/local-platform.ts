import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { LogEntry, Platform } from '@agon/local-platform'
import { configuredProviders, providerConfiguration } from '@agon/providers'
import { CliError, usageError } from '../cli-error.ts'
import { functionSecrets, projectDir, type Variables } from '../settings.ts'
import { openRing } from '../sparring/ring.ts'
import { enter, guests, untilAlone } from './guests.ts'
import { claimRecord, type RunningPlatform, readRecord, removeRecord, writeRecord } from './record.ts'

/** The platform this process runs, or uses while another process runs it. */
export interface LocalPlatform extends Omit<RunningPlatform, 'state' | 'pid'> {
  /** The process that runs it, when it is not this one. */
  hostPid?: number
  /** What started it, when it is this process: how long each phase took, and which extensions have stand-ins. */
  started?: Pick<Platform, 'timings' | 'standIns' | 'functionLogs'>
  close(closing: Closing): Promise<void>
}

export interface Closing {
  /** Gives up waiting for the other processes that use the platform. */
  signal: AbortSignal
  /** Called with their process ids when there are some to wait for. */
  onWait?: (pids: number[]) => void
}

export interface LocalPlatformOptions {
  home: string
  variables: Variables
  log?: (entry: LogEntry) => void
  signal: AbortSignal
}

const startMs = 60_000

/** The platform another agon process runs on this home, if one does and answers. */
export async function runningPlatform(home: string): Promise<RunningPlatform | undefined> {
  const record = readRecord(home)
  return record?.state === 'running' && (await answers(record)) ? record : undefined
}

async function answers({ url, publishableKey }: RunningPlatform): Promise<boolean> {
  try {
    const response = await fetch(`${url}/auth/v1/settings`, { headers: { apikey: publishableKey }, signal: AbortSignal.timeout(2000) })
    await response.arrayBuffer()
    return response.ok
  } catch {
    return false
  }
}

/** Starts the platform with the sparring partners beside it, or joins the process that has. */
export async function openLocalPlatform(options: LocalPlatformOptions): Promise<LocalPlatform> {
  const { home, signal } = options
  const deadline = Date.now() + startMs
  while (!claimRecord(home)) {
    const joined = await joinHost(home)
    if (joined) return joined
    signal.throwIfAborted()
    if (Date.now() > deadline) {
      const pid = readRecord(home)?.pid
      throw new CliError(`The agon process ${pid} holds ${home}, and its platform does not answer.`, {
        remedy: `End it (kill ${pid}), or use another folder with --home.`,
      })
    }
    await delay(100)
  }
  try {
    return await host(options)
  } catch (error) {
    removeRecord(home)
    throw error
  }
}

async function joinHost(home: string): Promise<LocalPlatform | undefined> {
  const leave = enter(home)
  // Read after entering: a host that is about to stop either sees this guest or has removed the record.
  const record = await runningPlatform(home)
  if (!record) {
    leave()
    return undefined
  }
  const { pid, state: _running, ...platform } = record
  return { ...platform, hostPid: pid, close: async () => leave() }
}

/** The configuration of the providers, whose mistakes are the user's to correct. */
export function readProviders(variables: Variables) {
  try {
    return providerConfiguration({ ...functionSecrets(variables) })
  } catch (error) {
    throw usageError((error as Error).message, 'Correct the variable in the environment or in .env.')
  }
}

async function host({ home, variables, log }: LocalPlatformOptions): Promise<LocalPlatform> {
  const thinksMs = Number(variables.AGON_SPARRING_THINKS_MS) || undefined
  const [{ startPlatform }, ring] = await Promise.all([import('@agon/local-platform'), openRing({ thinksMs })])
  try {
    // Without a key of its own, a platform that spars searches among made-up pages, which say so.
    const search: Record<string, string> = variables.AGON_TAVILY_API_KEY || variables.AGON_SEARCH ? {} : { AGON_SEARCH: 'simulated' }
    const functionEnv = { ...functionSecrets(variables), ...ring.environment, ...search }
    const providers = configuredProviders(readProviders({ ...variables, ...ring.environment }))
    // As root, PostgreSQL runs as another user, who has to walk through here; what is private in it has a mode of its own.
    chmodSync(home, 0o755)
    const platform = await startPlatform({
      projectDir,
      dataDir: join(home, 'postgres'),
      secretKeyNames: ['default', 'worker'],
      functionEnv,
      // Seals the keys users give, unless the environment or .env has master keys of its own.
      makeSecrets: { AGON_SEALING_KEYS: '{"local":"{random}"}' },
      vault: { project_url: ({ url }) => url, agon_worker_key: ({ secretKeys }) => secretKeys.worker ?? '' },
      ...(log && { log }),
    })
    const { url, dbUrl, publishableKey, secretKeys } = platform
    const record: RunningPlatform = { state: 'running', pid: process.pid, url, dbUrl, publishableKey, secretKeys, providers }
    writeRecord(home, record)
    return {
      url,
      dbUrl,
      publishableKey,
      secretKeys,
      providers,
      started: platform,
      async close({ signal, onWait }) {
        removeRecord(home)
        const others = guests(home)
        if (others.length > 0) onWait?.(others)
        await untilAlone(home, signal)
        await platform.stop()
        await ring.close()
      },
    }
  } catch (error) {
    await ring.close()
    throw error
  }
}
