import type { StepError } from '../errors.ts'
import type { Result } from '../result.ts'
import { ok } from '../result.ts'

/**
 * The task of a battle: as it was written, or rendered as a template when the battle has inputs. Liquid is loaded for those alone:
 * it would be a quarter of a function's cold start.
 */
export async function renderTask(battle: {
  taskPrompt: string
  inputs: Record<string, unknown> | null
}): Promise<Result<string, StepError>> {
  if (battle.inputs === null) return ok(battle.taskPrompt)
  const { renderTemplate } = await import('../template.ts')
  return renderTemplate(battle.taskPrompt, battle.inputs)
}
