import type { ModelKind } from '../models/models.ts'
import type { Random } from '../ports/index.ts'

/** When it pays to look for the first time: about how long the quickest of a kind take. */
const firstMs: Record<ModelKind, number> = { image: 1_000, audio: 2_000, music: 3_000, video: 5_000, text: 5_000 }
const growth = 1.5
const capMs = 60_000

/**
 * How long to wait before a task is asked for again, in whole milliseconds: the provider's own hint where it gives one, else
 * min(60 s, first · 1.5ⁿ) times a factor in [0.9, 1.1), where n is the number of polls so far. At that pace a video of an hour costs
 * some seventy polls.
 *
 * @example pollAfterMs('video', 0, () => 0.5) // 5000
 */
export function pollAfterMs(kind: ModelKind, polls: number, random: Random, hintMs?: number): number {
  if (hintMs !== undefined && hintMs >= 0) return Math.ceil(Math.min(hintMs, capMs))
  return Math.round(Math.min(capMs, firstMs[kind] * growth ** Math.max(0, polls)) * (0.9 + 0.2 * random()))
}
