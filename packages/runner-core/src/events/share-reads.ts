import type { Clock } from '../ports/index.ts'

/**
 * Makes one read of all that ask the same within a moment: a hundred streams at the same place of a battle's log cost what one
 * does. An answer is shared while it is under way and for `freshMs` after it was asked for.
 *
 * @example const read = shareReads((after) => store.eventsAfter(battleId, null, after), { keyOf: String, clock, freshMs: 100 })
 */
export function shareReads<Question extends unknown[], Answer>(
  read: (...question: Question) => Promise<Answer>,
  { keyOf, clock, freshMs }: { keyOf: (...question: Question) => string; clock: Clock; freshMs: number },
): (...question: Question) => Promise<Answer> {
  const asked = new Map<string, { answer: Promise<Answer>; atMs: number; open: boolean }>()
  return (...question) => {
    const now = clock.now()
    // In the order of asking: the first that is still fresh ends the look.
    for (const [key, { atMs, open }] of asked) {
      if (open) continue
      if (now - atMs < freshMs) break
      asked.delete(key)
    }
    const key = keyOf(...question)
    const known = asked.get(key)
    if (known && (known.open || now - known.atMs < freshMs)) return known.answer
    asked.delete(key)
    const entry = { answer: read(...question), atMs: now, open: true }
    asked.set(key, entry)
    const close = () => {
      entry.open = false
    }
    entry.answer.then(close, close)
    return entry.answer
  }
}
