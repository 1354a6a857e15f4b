import type { LogEntry } from '@agon/local-platform'
import type { Interrupt } from '../interrupt.ts'
import { openLocal, openRemote, type Remote, type Session } from '../platform/session.ts'
import type { Variables } from '../settings.ts'
import { createStyle, type Style } from '../terminal/style.ts'

/** What every command is given. */
export interface Context {
  home: string
  variables: Variables
  debug: boolean
  interrupt: Interrupt
  /** A line of the answer. */
  print(text: string): void
  /** A line about what is going on; never on stdout, so that the answer can be piped. */
  tell(text: string): void
  out: Style
  err: Style
  /** Columns of the terminal. */
  width: number
}

export interface ContextOptions {
  home: string
  variables: Variables
  debug: boolean
  interrupt: Interrupt
  quiet: boolean
}

export function createContext({ quiet, ...rest }: ContextOptions): Context {
  return {
    ...rest,
    print: (text) => void process.stdout.write(`${text}\n`),
    tell: (text) => void (quiet || process.stderr.write(`${text}\n`)),
    out: createStyle(process.stdout),
    err: createStyle(process.stderr),
    width: process.stdout.columns ?? (Number(rest.variables.COLUMNS) || 100),
  }
}

/** The project the command speaks to: the remote one it names, or this machine's. */
export function openSession(context: Context, remote: Remote | undefined, user: boolean | string): Promise<Session> {
  if (remote) return Promise.resolve(openRemote(remote))
  const { home, variables, interrupt, debug } = context
  const log = ({ source, function: name, level, message }: LogEntry) => {
    if (level !== 'debug') process.stderr.write(`${context.err.dim(`[${name ?? source}] ${message}`)}\n`)
  }
  return openLocal({ home, variables, user, signal: interrupt.signal, ...(debug && { log }) })
}

/** Ends a session; when other processes use the platform, it waits for them and says so. */
export function closeSession(context: Context, session: Session): Promise<void> {
  return session.close({
    signal: context.interrupt.signal,
    onWait: (pids) => context.tell(`The platform stays for process ${pids.join(', ')}; Ctrl-C stops it at once.`),
  })
}
