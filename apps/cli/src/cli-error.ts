import type { Problem } from '@agon/client'
import { type ExitCode, exitCodes } from './exit-codes.ts'

/** Something the person at the terminal can put right: what happened, and what to do. Everything else that is thrown is a bug. */
export class CliError extends Error {
  override name = 'CliError'
  remedy: string | undefined
  exitCode: ExitCode

  constructor(message: string, options: { remedy?: string; exitCode?: ExitCode; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.remedy = options.remedy
    this.exitCode = options.exitCode ?? exitCodes.failed
  }
}

/** A mistake in what was asked for. */
export const usageError = (message: string, remedy?: string): CliError =>
  new CliError(message, { exitCode: exitCodes.usage, ...(remedy === undefined ? {} : { remedy }) })

/** The API refused the request itself, so asking again changes nothing. */
const isRefusal = ({ status }: Problem): boolean => status >= 400 && status < 500 && status !== 401 && status !== 429

/** A problem of the API as an error: its title, its detail, and every field it names. */
export function problemError(problem: Problem): CliError {
  const told = problem.errors?.every(({ path, message }) => problem.detail.includes(`${path}: ${message}`))
  const fields = told ? [] : (problem.errors ?? []).map(({ path, message }) => `  ${path}: ${message}`)
  return new CliError([`${problem.title} (${problem.code})`, ...(problem.detail ? [problem.detail] : []), ...fields].join('\n'), {
    exitCode: isRefusal(problem) ? exitCodes.usage : exitCodes.failed,
  })
}
