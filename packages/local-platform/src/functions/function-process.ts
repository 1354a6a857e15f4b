import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { Agent } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Log } from '../log.ts'
import { denoBinary, denoDirectory, moduleArguments, toolchainEnvironment } from './deno.ts'
import type { FunctionSource } from './discover-functions.ts'
import { type FunctionEnvironmentInput, functionEnvironment } from './function-environment.ts'

export type UnloadReason = 'wall_clock' | 'early_drop' | 'termination'

const runner = fileURLToPath(new URL('./runner.ts', import.meta.url))
const bootTimeoutMs = 60_000
/** Half of what a hosted isolate has, the other half being for what lies outside of its heap: one that needs more ends, as it would there. */
const heapMegabytes = 128

/** Where a function's temporary files go. It sees nothing of this process's environment, TMPDIR neither: what Deno takes without it. */
const temporary = process.platform === 'linux' ? '/tmp' : tmpdir()

export interface FunctionLimits {
  wallClockMs: number
  idleMs: number
}

export class BootError extends Error {
  override name = 'BootError'
}

function denoArguments(source: FunctionSource, projectDir: string): string[] {
  const secrets = ['.env', '.env.local', 'supabase/.env', 'supabase/functions/.env', '.agon'].map((path) => join(projectDir, path))
  return [
    'run',
    '--quiet',
    '--no-prompt',
    ...moduleArguments(source),
    `--v8-flags=--max-heap-size=${heapMegabytes}`,
    '--allow-net',
    '--allow-env',
    '--allow-sys',
    `--allow-read=${[projectDir, denoDirectory(), temporary].join(',')}`,
    `--deny-read=${secrets.join(',')}`,
    `--allow-write=${temporary}`,
    `--deny-write=${projectDir}`, // wins where the project itself lies in the temporary folder
    runner,
  ]
}

/**
 * One life of one function: a Deno process from spawn to death.
 *
 * booting → serving → retired → ended. It takes requests while serving. At half its wall clock it is retired: what it has begun it may finish,
 * what comes next goes to another process. A retired or idle process is dropped as soon as nothing is in flight and no waitUntil is pending.
 * At 90 % of the wall clock `beforeunload` fires, at 100 % it is killed.
 */
export class FunctionProcess {
  readonly executionId: string = randomUUID()
  readonly spawnedAt: number = performance.now()
  readonly ready: Promise<number>
  readonly ended: Promise<void>
  readonly agent = new Agent({ keepAlive: true })
  readonly source: FunctionSource
  state: 'booting' | 'serving' | 'retired' | 'ended' = 'booting'
  inFlight = 0
  /** Why the platform killed it, when it did. */
  killedFor: 'wall_clock' | 'termination' | undefined

  readonly #child: ChildProcess
  readonly #log: Log
  readonly #limits: FunctionLimits
  readonly #mark = `\u0001${randomBytes(12).toString('hex')}\u0001`
  #answered = false
  readonly #timers: NodeJS.Timeout[] = []
  #background = false
  #dropping = false
  #idleTimer: NodeJS.Timeout | undefined
  #unloaded: () => void = () => undefined

  constructor(source: FunctionSource, environment: FunctionEnvironmentInput, limits: FunctionLimits, log: Log) {
    this.source = source
    this.#limits = limits
    this.#log = (entry) => log({ ...entry, function: source.name, executionId: this.executionId })
    const own = functionEnvironment(environment, source, this.executionId)
    this.#child = spawn(denoBinary, denoArguments(source, environment.project.dir), {
      cwd: temporary,
      env: { ...toolchainEnvironment(), ...own },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: process.platform !== 'win32', // Ctrl-C in a terminal reaches the platform, and the platform tells its functions
    })
    this.#child.stdin?.on('error', () => undefined) // it may die while it is being spoken to
    this.#say({ mark: this.#mark, entrypoint: pathToFileURL(source.entrypoint).href, keep: Object.keys(own) })

    const { promise: ready, resolve: isReady, reject: bootFailed } = Promise.withResolvers<number>()
    this.ready = ready
    ready.catch(() => undefined) // whoever waits for it sees it; nobody has to
    this.#listen(isReady, bootFailed)
    this.ended = new Promise((resolve) => {
      const end = (detail: string) => {
        if (this.state === 'ended') return
        bootFailed(new BootError(`the process ended while starting: ${detail}`))
        this.#end(detail)
        resolve()
      }
      this.#child.once('error', (error) => end(error.message))
      this.#child.once('close', (code, signal) => end(signal ? `signal ${signal}` : `exit code ${code}`))
    })
    const { wallClockMs } = limits
    this.#after(Math.min(bootTimeoutMs, wallClockMs), () => {
      if (this.state !== 'booting') return
      bootFailed(new BootError('it neither called Deno.serve nor exported a default handler'))
      this.kill('termination')
    })
    this.#after(wallClockMs / 2, () => this.retire())
    this.#after(wallClockMs * 0.9, () => this.#order('unload', 'wall_clock'))
    this.#after(wallClockMs, () => this.kill('wall_clock'))
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  get takesRequests(): boolean {
    return this.state === 'booting' || this.state === 'serving'
  }

  begin(): void {
    this.inFlight += 1
    clearTimeout(this.#idleTimer)
  }

  finish(): void {
    this.inFlight -= 1
    if (!this.#answered && this.state !== 'booting' && this.state !== 'ended') {
      this.#answered = true
      this.#note('first_response', 'first answer', performance.now() - this.spawnedAt)
    }
    this.#settle()
  }

  retire(): void {
    if (!this.takesRequests) return
    this.state = 'retired'
    this.#note('retired', 'retired at half of its wall clock')
    this.#settle()
  }

  kill(reason: 'wall_clock' | 'termination'): void {
    if (this.state === 'ended') return
    this.killedFor = reason
    this.#child.kill('SIGKILL')
  }

  /** Lets the function hear that it is ending, and then ends it, whatever it is doing. */
  async terminate(graceMs = 300): Promise<void> {
    if (this.state === 'ended') return
    if (this.state !== 'booting') {
      const heard = new Promise<void>((resolve) => {
        this.#unloaded = resolve
      })
      this.#order('unload', 'termination')
      const timer = setTimeout(this.#unloaded, graceMs)
      await Promise.race([heard, this.ended])
      clearTimeout(timer)
    }
    this.kill('termination')
    await this.ended
  }

  #say(message: unknown): void {
    this.#child.stdin?.write(`${JSON.stringify(message)}\n`)
  }

  #order(kind: 'unload' | 'drop', reason: UnloadReason): void {
    if (this.state !== 'ended') this.#say({ kind, reason })
  }

  #after(ms: number, act: () => void): void {
    this.#timers.push(setTimeout(act, ms))
  }

  #note(event: string, message: string, durationMs?: number): void {
    this.#log({
      source: 'function',
      level: 'debug',
      event,
      message,
      ...(durationMs === undefined ? {} : { durationMs: Math.round(durationMs * 10) / 10 }),
    })
  }

  /** Drops a process with nothing to do: at once when retired, after a while when idle. */
  #settle(): void {
    clearTimeout(this.#idleTimer)
    if (this.state === 'ended' || this.state === 'booting' || this.inFlight > 0 || this.#background) return
    if (this.state === 'retired') this.#drop()
    else this.#idleTimer = setTimeout(() => this.#drop(), this.#limits.idleMs)
  }

  #drop(): void {
    if (this.#dropping || this.state === 'ended') return
    this.#dropping = true
    this.state = 'retired' // from here on nothing is routed to it; it ends itself when its last waitUntil settles
    this.#order('drop', 'early_drop')
  }

  #listen(isReady: (port: number) => void, bootFailed: (error: Error) => void): void {
    createInterface({ input: this.#child.stdout! }).on('line', (line) => {
      const at = line.indexOf(this.#mark)
      const printed = at === -1 ? line : line.slice(0, at)
      if (printed) this.#log({ source: 'function', message: printed })
      if (at === -1) return
      const report = JSON.parse(line.slice(at + this.#mark.length))
      if (report.kind === 'ready') {
        if (this.state === 'booting') this.state = 'serving'
        this.#note('booted', 'booted', performance.now() - this.spawnedAt)
        isReady(report.port)
        this.#settle()
      } else if (report.kind === 'boot_failed') {
        bootFailed(new BootError(report.message))
      } else if (report.kind === 'background') {
        this.#background = report.pending
        this.#settle()
      } else if (report.kind === 'unloaded') {
        this.#unloaded()
      }
    })
    createInterface({ input: this.#child.stderr! }).on('line', (line) => {
      if (line) this.#log({ source: 'function', level: 'error', message: line })
    })
  }

  #end(detail: string): void {
    const event = this.killedFor ? 'killed' : this.#dropping ? 'dropped' : 'crashed'
    this.state = 'ended'
    for (const timer of this.#timers) clearTimeout(timer)
    clearTimeout(this.#idleTimer)
    this.agent.destroy()
    this.#note(event, `ended: ${this.killedFor ?? detail}`)
  }
}
