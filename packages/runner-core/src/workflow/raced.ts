import type { Clock } from '../ports/index.ts'

export type Raced<T> = { kind: 'ended'; value: T } | { kind: 'timed_out' } | { kind: 'abandoned' } | { kind: 'threw'; thrown: unknown }

/**
 * Does an act within a time of its own. Who aborted it is said apart: the time (`timed_out`), or whoever holds `signal` (`abandoned`: a
 * lease lost, a run cancelled, a driver stopped). An act that listens to neither is left behind when either speaks: nothing it does later
 * is heard. Past the deadline an act that ends in the same moment is late.
 */
export async function raced<T>(
  act: (signal: AbortSignal) => Promise<T>,
  { clock, signal, limitMs, timeout }: { clock: Clock; signal: AbortSignal; limitMs: number; timeout: unknown },
): Promise<Raced<T>> {
  if (signal.aborted) return { kind: 'abandoned' }
  const limit = new AbortController()
  const over = new AbortController()
  const abandoned = new Promise<Raced<T>>((resolve) => {
    signal.addEventListener('abort', () => resolve({ kind: 'abandoned' }), { once: true, signal: over.signal })
  })
  const timedOut = clock.sleep(limitMs, over.signal).then((): Raced<T> | Promise<never> => {
    if (over.signal.aborted) return new Promise<never>(() => undefined)
    limit.abort(timeout)
    return { kind: 'timed_out' }
  })
  const ended = (async (): Promise<Raced<T>> => {
    try {
      return { kind: 'ended', value: await act(AbortSignal.any([signal, limit.signal])) }
    } catch (thrown) {
      return { kind: 'threw', thrown }
    }
  })()
  const first = await Promise.race([ended, timedOut, abandoned])
  over.abort()
  if (first.kind !== 'threw') return first
  // What is thrown at an abort is the abort.
  return signal.aborted ? { kind: 'abandoned' } : limit.signal.aborted ? { kind: 'timed_out' } : first
}
