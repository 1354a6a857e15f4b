import type { StepWorld } from '../engine/step.ts'
import type { NodeJob, NodeNote } from '../ports/index.ts'
import { prepareNode } from '../workflow/node-inputs.ts'
import type { NodeOutcome } from '../workflow/node-runner.ts'
import type { NodeRunners } from '../workflow/node-step.ts'
import type { fakeStore } from './fake-store.ts'
import { nodeJob, testWorld } from './samples.ts'

/** One act of a node type's runner, with what the step would have made ready for it. */
export async function actOf(
  runners: NodeRunners,
  job: Partial<NodeJob> & { nodeType: string },
  more: Partial<StepWorld> & { store?: ReturnType<typeof fakeStore> } = {},
) {
  const whole = nodeJob(job)
  const { clock, store, world } = testWorld(more)
  const prepared = await prepareNode(whole)
  if (!prepared.ok) throw new Error(`${prepared.error.code}: ${prepared.error.message}`)
  const notes: NodeNote[] = []
  const outcome: NodeOutcome = await runners[whole.nodeType]!({
    job: whole,
    config: whole.config,
    ...prepared.value,
    world,
    signal: new AbortController().signal,
    timeoutMs: 45_000,
    idempotencyKey: `agon-node-${whole.runId}-${whole.nodeId}`,
    note: (note) => void notes.push(note),
  })
  return { outcome, notes, clock, store }
}

/** What a node completed with; anything else is a failed test. */
export function completedWith(outcome: NodeOutcome) {
  if (outcome.kind !== 'completed') throw new Error(`It ended otherwise: ${JSON.stringify(outcome)}`)
  const { envelope, ports, ...rest } = outcome.result
  return { data: envelope.data, output: envelope.output, envelope, ports, rest }
}

export const failedWith = (outcome: NodeOutcome) => (outcome.kind === 'failed' ? outcome.error : undefined)
