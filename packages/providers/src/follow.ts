/** Resolves when the signal aborts, at once when it has. */
export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

/**
 * Opens a stream and hands on its events, until it ends or the pause comes, and says which. On the pause it returns at once, and the
 * request is given up: no event is handed on after it.
 */
export async function follow<Event>(
  open: (signal: AbortSignal) => Promise<AsyncIterable<Event>>,
  bounds: { signal: AbortSignal; paused: Promise<void> },
  each: (event: Event) => void,
): Promise<'ended' | 'paused'> {
  const stop = new AbortController()
  const reading = async (): Promise<'ended'> => {
    for await (const event of await open(AbortSignal.any([bounds.signal, stop.signal]))) {
      if (stop.signal.aborted) break
      each(event)
    }
    return 'ended'
  }
  try {
    return await Promise.race([reading(), bounds.paused.then(() => 'paused' as const)])
  } finally {
    stop.abort()
  }
}
