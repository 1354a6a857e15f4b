import { spawn } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { boundedText } from './bounded-text.ts'
import { endProcesses, runVariable } from './process-tree.ts'

/** How long a program has between being asked to end and being ended. */
export const graceMs = 2_000

export interface Program {
  argv: readonly string[]
  cwd: string
  env: Record<string, string>
  /** Marks all of its processes. */
  runId: string
  timeoutMs: number
  maxOutputBytes: number
  stdin?: string
  signal: AbortSignal
  onStart?: (pid: number) => void | Promise<void>
  onOutput?: (chunk: Buffer) => void
}

export interface Ended {
  how: 'exited' | 'timed_out' | 'aborted' | 'not_started'
  exitCode: number | null
  signal: string | null
  stdout: string
  stderr: string
  isCut: boolean
  durationMs: number
  /** Why it could not be started. */
  message?: string
}

/**
 * Runs a program without a shell, in a process group of its own, for as long as it may. Whatever way it ends, nothing that it started
 * outlives it: a server it left in the background would work on in a worktree that is being measured.
 */
export async function runProgram({
  argv,
  cwd,
  env,
  runId,
  timeoutMs,
  maxOutputBytes,
  stdin,
  signal,
  onStart,
  onOutput,
}: Program): Promise<Ended> {
  const began = performance.now()
  const stdout = boundedText(maxOutputBytes)
  const stderr = boundedText(Math.min(maxOutputBytes, 65_536))
  const ended = (how: Ended['how'], exitCode: number | null, ending: string | null, message?: string): Ended => ({
    how,
    exitCode,
    signal: ending,
    stdout: stdout.text(),
    stderr: stderr.text(),
    isCut: stdout.isCut,
    durationMs: Math.round(performance.now() - began),
    ...(message === undefined ? {} : { message }),
  })
  if (signal.aborted) return ended('aborted', null, null)
  const child = spawn(argv[0]!, argv.slice(1), {
    cwd,
    env: { ...env, [runVariable]: runId },
    detached: true,
    shell: false,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const started = await new Promise<Error | undefined>((resolve) => {
    child.once('spawn', () => resolve(undefined))
    child.once('error', resolve)
  })
  if (started) return ended('not_started', null, null, started.message)
  const pid = child.pid!
  const exit = new Promise<[number | null, string | null]>((resolve) => child.once('exit', (code, ending) => resolve([code, ending])))
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
  child.on('error', () => undefined)
  child.stdout.on('data', (chunk: Buffer) => {
    stdout.add(chunk)
    onOutput?.(chunk)
  })
  child.stderr.on('data', (chunk: Buffer) => stderr.add(chunk))
  child.stdin.on('error', () => undefined) // a program that does not read its input is no failure
  child.stdin.end(stdin ?? '')
  await onStart?.(pid)

  let how: Ended['how'] = 'exited'
  const stopped = new Promise<void>((resolve) => {
    const timer = setTimeout(() => stop('timed_out'), timeoutMs)
    const stop = (why: Ended['how']) => {
      how = why
      resolve()
    }
    const onAbort = () => stop('aborted')
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    void exit.then(() => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      resolve()
    })
  })
  await stopped
  await endProcesses(runId, pid, graceMs)
  const [exitCode, ending] = await Promise.race([exit, delay(5_000, [null, 'SIGKILL'] as [null, string], { ref: false })])
  await Promise.race([closed, delay(1_000, undefined, { ref: false })])
  child.stdout.destroy()
  child.stderr.destroy()
  return ended(how, exitCode, ending)
}
