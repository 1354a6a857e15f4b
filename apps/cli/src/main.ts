#!/usr/bin/env node
import { CommanderError } from 'commander'
import { CliError } from './cli-error.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { watchInterrupt } from './interrupt.ts'
import { createProgram } from './program.ts'
import { createStyle } from './terminal/style.ts'

const interrupt = watchInterrupt()
const debug = process.argv.includes('--debug')
const style = createStyle(process.stderr)

/** Says what went wrong and what to do; how to get a stack, when it is a bug. */
function explain(error: unknown): ExitCode {
  if (interrupt.signal.aborted && (error as Error)?.name === 'AbortError') return exitCodes.cancelled
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage
  const message = error instanceof Error ? error.message : String(error)
  console.error(`${style.bad('error')}  ${message}`)
  if (error instanceof CliError && error.remedy) console.error(error.remedy)
  // A PlatformError says itself what to do.
  const expected = error instanceof CliError || (error as Error)?.name === 'PlatformError'
  if (debug) console.error((error as Error)?.stack)
  else if (!expected) console.error('This is a bug in agon. Run it again with --debug, and report the stack.')
  return error instanceof CliError ? error.exitCode : exitCodes.failed
}

let code: ExitCode = exitCodes.done
try {
  await createProgram(interrupt, (ended) => {
    code = ended
  }).parseAsync()
} catch (error) {
  code = explain(error)
}
// Connections kept alive would hold the process for seconds; everything that had to be closed is.
process.exit(code)
