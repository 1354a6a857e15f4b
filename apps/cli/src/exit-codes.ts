/** How the process ends, for scripts. */
export const exitCodes = {
  /** The battle closed, or the command did what it should. */
  done: 0,
  /** The battle is void, or something failed on the way. */
  failed: 1,
  /** The command line, a key or a file is not as it should be: correct it and run again. */
  usage: 2,
  /** Ctrl-C. */
  cancelled: 130,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]
