/** Lets so many through at a time, the others in the order they came. A work that fails makes room like any other. */
export function createTurnstile(width: number): <T>(work: () => Promise<T>) => Promise<T> {
  let inside = 0
  const waiting: (() => void)[] = []
  return async (work) => {
    // Whoever leaves hands its place on, so nobody who comes meanwhile slips in before those who wait.
    if (inside === width) await new Promise<void>((enter) => waiting.push(enter))
    else inside++
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else inside--
    }
  }
}
