import type { StepWorld } from '../engine/step.ts'
import { type StepError, stepError } from '../errors.ts'
import type { NodeNote } from '../ports/index.ts'

export interface Moderated {
  text: string
  mediaUrl?: string
}

/**
 * Why a text may not pass; undefined when it may. It fails closed: what could not be looked at does not pass. Errors:
 * `moderation_blocked`; `moderation_unavailable`, which can be retried.
 */
export async function refusedByModeration(
  content: Moderated,
  side: 'input' | 'output',
  { moderation }: Pick<StepWorld, 'moderation'>,
  bounds: { signal: AbortSignal; timeoutMs: number },
  note: (note: NodeNote) => void,
): Promise<StepError | undefined> {
  if (content.text.trim() === '' && content.mediaUrl === undefined) return undefined
  if (!moderation) return stepError('moderation_unavailable', `This driver has no moderation, and the node asks for it on its ${side}.`)
  const judged = await moderation.check(content, bounds)
  if (!judged.ok) {
    const { retryAfterMs } = judged.error
    return stepError('moderation_unavailable', `The ${side} could not be looked at: ${judged.error.message}`, retryAfterMs)
  }
  if (!judged.value.flagged) return undefined
  note({ type: 'moderation.flagged', data: { side, categories: judged.value.categories, tag: 'policy_violation' } })
  return stepError('moderation_blocked', `Moderation flagged the ${side}: ${judged.value.categories.join(', ') || 'no category given'}.`)
}
