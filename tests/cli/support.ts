import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { copyCluster } from '../../packages/local-platform/src/postgres/cluster.ts'
import { findProcessOwner, prepareOwnedDirectory } from '../../packages/local-platform/src/postgres/owner.ts'
import { beginningAs } from '../support/clusters.ts'

const main = fileURLToPath(new URL('../../apps/cli/src/main.ts', import.meta.url))
/** No key and no server of the machine the tests run on may decide what they see. */
const nobody = 'http://127.0.0.1:9/v1'
const bare = {
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  OLLAMA_BASE_URL: nobody,
  LLAMA_SWAP_BASE_URL: nobody,
  LMSTUDIO_BASE_URL: nobody,
}
const inherited = Object.fromEntries(
  Object.entries(process.env).filter(([name]) =>
    /^(NODE_COMPILE_CACHE$|DENO_|XDG_CACHE_HOME|SSL_CERT|NPM_CONFIG_|npm_config_|(HTTPS?|NO)_PROXY|(https?|no)_proxy)/.test(name),
  ),
)

export interface Running {
  out(): string
  err(): string
  /** Ctrl-C, as a terminal sends it: to the process and everything it started. */
  interrupt(): void
  ended: Promise<{ code: number | null; out: string; err: string }>
}

/** Starts agon as a process of its own. */
export function startAgon(args: string[], environment: Record<string, string> = {}, input?: string): Running {
  const child = spawn(process.execPath, [main, ...args], {
    detached: true,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    env: { ...inherited, ...bare, ...environment },
  })
  let [out, err] = ['', '']
  child.stdin?.end(input)
  child.stdout!.on('data', (chunk) => {
    out += chunk
  })
  child.stderr!.on('data', (chunk) => {
    err += chunk
  })
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, out, err })),
  )
  return { out: () => out, err: () => err, interrupt: () => void process.kill(-child.pid!, 'SIGINT'), ended }
}

export const agon = (args: string[], environment?: Record<string, string>, input?: string) => startAgon(args, environment, input).ended

/** A process that keeps its platform after a battle, for those who come after: interrupt it, and wait for its end. */
export async function keepPlatform(environment: Record<string, string>): Promise<Running> {
  const host = startAgon(['battle', 'Say hello.', '--keep'], environment)
  await until('the platform is kept', () => host.err().includes('Ctrl-C stops it'))
  return host
}

/** A home of its own, where the postgres user may walk. Unless it is a new one, the platform has been started there before. */
export async function temporaryHome({ fresh = false } = {}): Promise<{ home: string; remove(): void }> {
  const home = mkdtempSync(join(tmpdir(), 'agon-home-'))
  chmodSync(home, 0o755)
  const { template } = beginningAs('platform')
  if (template && !fresh) {
    const owner = findProcessOwner()
    prepareOwnedDirectory(join(home, 'postgres'), owner)
    await copyCluster(template, join(home, 'postgres'), owner)
  }
  return { home, remove: () => rmSync(home, { recursive: true, force: true, maxRetries: 3 }) }
}

export async function until(what: string, holds: () => boolean, ms = 60_000): Promise<void> {
  const deadline = performance.now() + ms
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`waited ${ms} ms in vain until ${what}`)
    await delay(20)
  }
}
