import { mayPass, type Outcome } from './outcome.ts'
import { pause } from './pause.ts'
import type { Battle } from './shapes.ts'

export interface WaitOptions {
  /** Called with the first state and with every later one that differs. */
  onChange?: (battle: Battle) => void
  signal?: AbortSignal
  /** Between two reads, in milliseconds. */
  intervalMs?: number
  /** How long reads may fail in a row before the wait gives up, in milliseconds. */
  patienceMs?: number
}

const finished: ReadonlySet<string> = new Set(['closed', 'void', 'cancelled'])

/** Whether nothing more will happen to the battle. */
export const isFinished = (battle: { status: string }): boolean => finished.has(battle.status)

/** Reads until the battle is finished. */
export const waitForBattle = (
  read: (signal?: AbortSignal) => Promise<Outcome<Battle>>,
  options: WaitOptions = {},
): Promise<Outcome<Battle>> => waitUntil(read, isFinished, options)

interface WaitUntilOptions<T> extends Omit<WaitOptions, 'onChange'> {
  onChange?: (state: T) => void
}

/** Reads until what is read is done. A read that fails for a moment is read again; the wait outlives a restart of the server. */
export async function waitUntil<T>(
  read: (signal?: AbortSignal) => Promise<Outcome<T>>,
  isDone: (state: T) => boolean,
  { onChange, signal, intervalMs = 250, patienceMs = 15_000 }: WaitUntilOptions<T> = {},
): Promise<Outcome<T>> {
  let seen: string | undefined
  let failing = 0
  for (;;) {
    const result = await read(signal)
    if (result.ok) {
      failing = 0
      const state = JSON.stringify(result.value)
      if (state !== seen) onChange?.(result.value)
      seen = state
      if (isDone(result.value)) return result
    } else {
      failing += intervalMs
      if (!mayPass(result.problem) || failing > patienceMs) return result
    }
    await pause(intervalMs, signal)
  }
}
