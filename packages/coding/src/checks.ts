import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { CheckResult } from '@agon/runner-core/coding'
import type { Check } from './configuration.ts'
import { runProgram } from './run-program.ts'

/** What a program of a run sees: what its configuration allows, and a home and a place for temporary files of the run's own. */
export function allowedEnvironment(
  names: readonly string[],
  folder: string,
  variables: Record<string, string | undefined>,
): Record<string, string> {
  const [home, temporary] = [join(folder, 'home'), join(folder, 'tmp')]
  mkdirSync(home, { recursive: true })
  mkdirSync(temporary, { recursive: true })
  const given = ['PATH', 'LANG', ...names].flatMap((name) => (variables[name] === undefined ? [] : [[name, variables[name]] as const]))
  return { HOME: home, TMPDIR: temporary, GIT_TERMINAL_PROMPT: '0', TERM: 'dumb', ...Object.fromEntries(given) }
}

/**
 * Runs the owner's checks on what a contender left, one after the other. One that fails, or takes too long, or cannot be started, has not
 * passed, and the others run all the same. Undefined: told to stop.
 */
export async function runChecks(
  checks: readonly (Check & { name: string })[],
  {
    worktree,
    folder,
    runId,
    variables,
    signal,
  }: { worktree: string; folder: string; runId: string; variables: Record<string, string | undefined>; signal: AbortSignal },
): Promise<CheckResult[] | undefined> {
  const results: CheckResult[] = []
  for (const { name, command, weight, timeout_ms, max_output_bytes, env } of checks) {
    const ended = await runProgram({
      argv: command,
      cwd: worktree,
      env: allowedEnvironment(env, folder, variables),
      runId,
      timeoutMs: timeout_ms,
      maxOutputBytes: max_output_bytes,
      signal,
    })
    if (ended.how === 'aborted') return undefined
    const said = `${ended.stdout}${ended.stderr === '' ? '' : `\n${ended.stderr}`}`.trim()
    const why =
      ended.how === 'timed_out' ? `Ended after ${timeout_ms} ms.` : ended.how === 'not_started' ? `Not started: ${ended.message}` : ''
    results.push({
      name,
      weight,
      passed: ended.how === 'exited' && ended.exitCode === 0,
      exit_code: ended.exitCode,
      duration_ms: ended.durationMs,
      output: `${said.slice(-4000)}${why === '' ? '' : `\n${why}`}`.trim(),
    })
  }
  return results
}
