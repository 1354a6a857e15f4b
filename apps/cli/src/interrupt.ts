import { exitCodes } from './exit-codes.ts'

export interface Interrupt {
  signal: AbortSignal
  /** Gives the signals back to Node. */
  release(): void
}

/** The first Ctrl-C (or SIGTERM) aborts the signal, so that work can end well; the second ends the process at once. */
export function watchInterrupt(): Interrupt {
  const controller = new AbortController()
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(exitCodes.cancelled)
    controller.abort()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return {
    signal: controller.signal,
    release() {
      process.off('SIGINT', onSignal)
      process.off('SIGTERM', onSignal)
    },
  }
}
