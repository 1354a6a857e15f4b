import { didYouMean } from '../nearest.ts'
import { problem, type WorkflowProblem } from './problems.ts'
import type { ReadNode } from './read-document.ts'

/** Slots that a battle_create leaves to nodes by name: each is a contender_run of this document that answers as that slot. */
export function slotProblems({ node, config }: ReadNode, nodes: ReadonlyMap<string, ReadNode>, path: string): WorkflowProblem[] {
  if (node.type !== 'battle_create' || !Array.isArray(config?.contenders)) return []
  return (config.contenders as { node?: string }[]).flatMap(({ node: id }, nth) => {
    if (id === undefined) return []
    const place = { node_id: node.id, path: `${path}/config/contenders/${nth}/node` }
    const answers = nodes.get(id)
    if (answers?.node.type !== 'contender_run') {
      const runs = [...nodes.values()].filter(({ node: { type } }) => type === 'contender_run').map((each) => each.node.id)
      return [problem('unknown_reference', place, `there is no contender_run ${id}.${didYouMean(id, runs)}`)]
    }
    const slot = String.fromCharCode(65 + nth)
    const said = answers.config?.slot
    return said === undefined || said === slot
      ? []
      : [problem('invalid_config', place, `${id} answers as slot ${String(said)}, and this is slot ${slot}`)]
  })
}
