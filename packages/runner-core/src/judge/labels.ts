/** FNV-1a: 32 well-mixed bits of a string. Not a cryptographic hash, and nothing here needs one. */
export function hash32(text: string, seed = 0x811c9dc5): number {
  let hash = seed >>> 0
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** Uniform in [0, 1), from a seed. Source: mulberry32, Tommy Ettinger (public domain). */
function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/**
 * The two orders in which a judge sees the contenders of a battle: a shuffle, and its reverse. The answer at position i is shown
 * as `Answer ${i + 1}`, so a label tells neither slot nor name, and each contender stands in front of every other once.
 *
 * The shuffle is drawn from the battle's id, not from dice: a retried call must have the identical prompt, or the provider would not
 * recognise its idempotency key and the verdict would be paid for twice.
 *
 * @example presentations(battleId, ['A', 'B']) // [['B', 'A'], ['A', 'B']] for one battle, the other way round for another
 */
export function presentations(battleId: string, slots: readonly string[]): [string[], string[]] {
  const random = mulberry32(hash32(battleId))
  // From a sorted copy: the order in which a store returns the contenders must not matter.
  const order = [...slots].sort()
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const moved = order[i]!
    order[i] = order[j]!
    order[j] = moved
  }
  return [order, order.toReversed()]
}
