import type { Model } from '../models/models.ts'

/**
 * The contender that keeps a judge from judging: one of its own family, which it would favour (measured: +10 % for GPT-4, +25 % for
 * Claude-v1 on MT-Bench). Undefined when there is none. Stand-ins have no family: what they say is made up, and labelled so.
 */
export function kinOf<C extends { model: Model }>(judge: Model, contenders: readonly C[]): C | undefined {
  if (judge.simulated) return undefined
  return contenders.find(({ model }) => !model.simulated && model.family === judge.family)
}
