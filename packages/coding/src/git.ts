import { execFile } from 'node:child_process'
import { type StepError, stepError } from '@agon/runner-core/errors'
import { fail, ok, type Result } from '@agon/runner-core/result'

/** What git sees of this process: where programs are. No configuration of a user, no credentials, nobody to ask. */
function environment(extra: Record<string, string> = {}): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    LC_ALL: 'C',
    HOME: '/nonexistent',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: 'false',
    SSH_ASKPASS: 'false',
    GIT_SSH_COMMAND: 'ssh -oBatchMode=yes',
    GIT_LFS_SKIP_SMUDGE: '1',
    ...extra,
  }
}

// What a contender may have written into the repository's configuration is not to start anything when we look.
const fenced = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'credential.helper=',
  'protocol.ext.allow=never',
  'core.quotePath=false',
].flatMap((pair) => ['-c', pair])

/** Runs git; what it wrote, at most so many bytes of it. */
export async function git(
  args: readonly string[],
  {
    cwd,
    env,
    maxBytes = 64 * 1024 * 1024,
    timeoutMs = 600_000,
    signal,
    input,
  }: { cwd?: string; env?: Record<string, string>; maxBytes?: number; timeoutMs?: number; signal?: AbortSignal; input?: string } = {},
): Promise<Result<string, StepError>> {
  return new Promise((resolve) => {
    const child = execFile(
      'git',
      [...fenced, ...args],
      {
        ...(cwd && { cwd }),
        env: environment(env),
        maxBuffer: maxBytes,
        timeout: timeoutMs,
        killSignal: 'SIGKILL',
        encoding: 'utf8',
        ...(signal && { signal }),
      },
      (error, stdout, stderr) => {
        if (!error) return resolve(ok(stdout))
        const said = stderr.trim().split('\n').slice(-3).join(' ').slice(0, 500) || error.message
        resolve(fail(stepError('repository_unavailable', `git ${args.find((each) => !each.startsWith('-')) ?? ''}: ${said}`)))
      },
    )
    child.stdin?.on('error', () => undefined) // one that ended without reading says why by itself
    child.stdin?.end(input ?? '')
  })
}
