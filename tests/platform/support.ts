import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, cpSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'

export const fixture = (name: string) => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url))

/** Asks again until the answer is something; a test that waits for a condition waits no longer than the condition takes. */
export async function until<T>(
  what: string,
  ask: () => T | undefined | false | null | Promise<T | undefined | false | null>,
  ms = 20_000,
): Promise<T> {
  const deadline = performance.now() + ms
  for (;;) {
    const answer = await ask()
    if (answer) return answer
    if (performance.now() > deadline) throw new Error(`waited ${ms} ms in vain until ${what}`)
    await delay(10)
  }
}

export interface Listener {
  url: string
  /** What has arrived, in order, with the moment it arrived. */
  received: { method: string; url: string; headers: IncomingMessage['headers']; body: string; at: number; closedEarly: boolean }[]
  close(): Promise<void>
}

/** A server to be called by the platform. It answers 200 unless told otherwise. */
export async function listen(
  answer: (request: IncomingMessage, response: ServerResponse) => void = (_, response) => response.end('ok'),
): Promise<Listener> {
  const received: Listener['received'] = []
  const server = createServer(async (request, response) => {
    const at = performance.now()
    let body = ''
    for await (const chunk of request) body += chunk
    const entry = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body, at, closedEarly: false }
    received.push(entry)
    response.on('close', () => {
      entry.closedEarly = !response.writableFinished
    })
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export const denoBinary = join(
  dirname(createRequire(import.meta.url).resolve('deno/package.json')),
  process.platform === 'win32' ? 'deno.exe' : 'deno',
)
const main = fileURLToPath(new URL('../../packages/local-platform/src/main.ts', import.meta.url))

export interface RunningMain {
  process: ChildProcess
  output(): string
  errors(): string
  url: string
  dbUrl: string
  secretKey: string
  exited: Promise<{ code: number | null; signal: string | null }>
}

export function spawnMain(args: string[]): Omit<RunningMain, 'url' | 'dbUrl' | 'secretKey'> {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  let errors = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  const exited = new Promise<{ code: number | null; signal: string | null }>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal })),
  )
  return { process: child, output: () => output, errors: () => errors, exited }
}

/** Starts the platform as a process of its own, as `npm start` does, and waits for its first answered request. */
export async function startMain(args: string[]): Promise<RunningMain> {
  const running = spawnMain(args)
  await until(
    'the platform process answers',
    () => {
      if (running.process.exitCode !== null) throw new Error(`the platform ended: ${running.errors()}`)
      return running.output().includes('Ctrl-C stops it')
    },
    60_000,
  )
  const find = (pattern: RegExp) => pattern.exec(running.output())?.[1] ?? ''
  return { ...running, url: find(/url\s+(\S+)/), dbUrl: find(/database\s+(\S+)/), secretKey: find(/secret key \(default\)\s+(\S+)/) }
}

/** A copy of a fixture that a test may write into. */
export function copyOf(name: string): { dir: string; remove(): void } {
  const dir = mkdtempSync(join(tmpdir(), 'platform-project-'))
  chmodSync(dir, 0o755)
  cpSync(fixture(name), dir, { recursive: true })
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true, maxRetries: 3 }) }
}

/** One query on a connection of its own. */
export async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

export const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
