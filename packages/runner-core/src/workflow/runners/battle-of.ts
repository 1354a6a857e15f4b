import { type StepError, stepError } from '../../errors.ts'
import type { BattleView } from '../../ports/index.ts'
import { fail, ok, type Result } from '../../result.ts'
import { renderedValue, structured } from '../deep-values.ts'
import { policyOf, timeoutOf } from '../node-policy.ts'
import type { NodeContext, NodeOutcome } from '../node-runner.ts'
import { expressionScope } from './logic-nodes.ts'

export const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The id of a battle: of config, else of what came as `battle`, else of what came as `input` or `results`. Undefined: none is given. */
export async function battleIdOf(
  context: NodeContext,
  labels: readonly string[] = ['battle', 'input', 'results'],
): Promise<Result<string | undefined, StepError>> {
  const { config, inputs } = context
  const given = await renderedValue(config.battle_id, expressionScope(context))
  if (!given.ok) return given
  if (typeof given.value === 'string' && given.value.trim() !== '') return ok(given.value.trim())
  for (const label of labels) {
    const value = structured(inputs[label])
    if (typeof value === 'string' && uuid.test(value.trim())) return ok(value.trim())
    if (typeof value !== 'object' || value === null) continue
    const named = value as Record<string, unknown>
    const id = [named.battle_id, named.battleId, named.id].find((each) => typeof each === 'string' && each !== '')
    if (id !== undefined) return ok(id as string)
  }
  return ok(undefined)
}

/** The battle a node is about, which its run's owner owns. Errors: `node_config`, `not_found`, `forbidden`. */
export async function ownBattle(context: NodeContext): Promise<Result<BattleView, StepError>> {
  const { job, world } = context
  const id = await battleIdOf(context)
  if (!id.ok) return id
  if (id.value === undefined)
    return fail(stepError('node_config', `${job.nodeId} has no battle: give battle_id, or an edge from battle_create to its input battle.`))
  return battleOf(id.value, context, world)
}

export async function battleOf(id: string, { job }: NodeContext, { store }: NodeContext['world']): Promise<Result<BattleView, StepError>> {
  if (!uuid.test(id)) return fail(stepError('node_config', `${JSON.stringify(id.slice(0, 60))} is no id of a battle.`))
  const found = await store.battleFor(id, job.ownerId)
  if (!found.ok) return found
  if (found.value === null) return fail(stepError('not_found', `There is no battle ${id} that the owner of this run may see.`))
  if (!found.value.isOwner)
    return fail(stepError('forbidden', `The battle ${id} is another’s: a workflow works on battles of its run’s owner.`))
  return ok(found.value)
}

/** How soon a battle is looked at again, in milliseconds: judges take seconds, votes hours. */
const firstMs = 2_000
const longestMs = 60_000

/** The battle is not so far: the node looks again, until its time is over. */
export function looksAgain(context: NodeContext, what: string): NodeOutcome {
  const { job, config } = context
  const limitMs = timeoutOf(job, policyOf(config))
  const waitedMs = job.wait?.waitedMs ?? 0
  if (waitedMs >= limitMs)
    return { kind: 'failed', error: stepError('node_timeout', `${job.nodeId} waited ${Math.round(waitedMs / 1000)} s ${what}.`) }
  const looks = typeof job.wait?.state.looks === 'number' ? job.wait.state.looks : 0
  const expiresInMs = Math.min(longestMs, Math.round(firstMs * 1.5 ** looks), limitMs - waitedMs)
  return { kind: 'waiting', wait: { for: 'delay', expiresInMs: Math.max(1, expiresInMs), state: { looks: looks + 1 } } }
}
