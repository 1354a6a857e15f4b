import type { Line } from '../engine/dispatcher.ts'
import type { ActBounds, StepReport, StepWorld } from '../engine/step.ts'
import { type StepError, stepError } from '../errors.ts'
import type { NodeCancelJob, NodeJob, NodeNote } from '../ports/index.ts'
import { cancelTask } from '../steps/cancel-task.ts'
import type { OutputContract } from './contract-schema.ts'
import { contractError, outputViolations } from './contracts.ts'
import { gatherEnds } from './gathered-ends.ts'
import { refusedByModeration } from './moderated.ts'
import { type PreparedNode, prepareNode } from './node-inputs.ts'
import { type NodePolicy, policyOf, timeoutOf } from './node-policy.ts'
import type { NodeContext, NodeOutcome, NodeRunner } from './node-runner.ts'
import { nodeTypes } from './node-types/index.ts'
import { raced } from './raced.ts'
import { type EndedNode, recordNode } from './record-node.ts'

/** What each node type does, by its name. */
export type NodeRunners = Readonly<Record<string, NodeRunner>>

/** A line of workflow nodes. The runners are those its driver's bundle carries. */
export const nodeLine = (kind: string, runners: NodeRunners): Line<NodeJob | NodeCancelJob> => ({
  kind,
  claim: (store, driver, most) => store.claimWorkflowNodes(kind, driver, most),
  step: nodeStep(runners),
})

/**
 * One act of a node: binds what goes in, holds it against the contract and moderation, lets the runner act within the node's time, does
 * the same to what comes out, and records how it went. A lease that was lost, a run that was cancelled and a driver that was stopped
 * record nothing.
 */
export function nodeStep(runners: NodeRunners) {
  const tell = gatherEnds()
  return async (job: NodeJob | NodeCancelJob, world: StepWorld, bounds: ActBounds): Promise<StepReport> => {
    if (job.cancels)
      return cancelTask(job, world, bounds, {
        settled: () => world.store.completeTaskCancel(job.jobId, job.leaseToken),
        failed: (error, backoffMs) => world.store.failWorkflowNode(job, error, backoffMs, []),
      })
    const notes: NodeNote[] = []
    const startedAt = world.clock.now()
    const policy = policyOf(job.config)
    const ended = await act(job, { runners, world, bounds, policy, note: (note) => void notes.push(note) })
    if (ended === 'abandoned') {
      world.log({ level: 'info', event: 'lease_lost', job_id: job.jobId, node_id: job.nodeId })
      return {}
    }
    const latencyMs = Math.round(world.clock.now() - startedAt + spentMs(job))
    return recordNode(job, { ...ended, latencyMs, notes }, policy, world, tell, bounds.successor)
  }
}

interface Scene {
  runners: NodeRunners
  world: StepWorld
  bounds: ActBounds
  policy: NodePolicy
  note: (note: NodeNote) => void
}

/** What earlier steps of this attempt took, in milliseconds: a text in chunks, a task of a provider. */
const spentMs = (job: NodeJob): number => job.checkpoint?.elapsedMs ?? job.task?.ageMs ?? 0

/** The act goes on where another left off: what goes in was looked at already. */
const goesOn = (job: NodeJob): boolean => job.wait !== null || job.task !== null || job.checkpoint !== null

type Ended = Pick<EndedNode, 'outcome' | 'resolvedInput' | 'final'>

async function act(job: NodeJob, scene: Scene): Promise<Ended | 'abandoned'> {
  const { runners, world, bounds, policy, note } = scene
  const { clock } = world
  if (job.refused) return { outcome: { kind: 'failed', error: job.refused } }
  const runner = Object.hasOwn(runners, job.nodeType) ? runners[job.nodeType] : undefined
  if (!runner) return failed(stepError('node_unknown', `There is no runner of ${job.nodeType} for jobs of ${job.kind}.`))
  // Such a node was refused when the run began; this is the last door before the outside.
  if (job.dryRun && nodeTypes.get(job.nodeType)?.sideEffects !== false)
    return failed(stepError('side_effect_refused', `${job.nodeId} is a ${job.nodeType}, and this is a dry run.`))

  const nodeMs = Math.min(timeoutOf(job, policy) - spentMs(job), job.deadlineMs ?? Number.POSITIVE_INFINITY)
  const sharedIsOver = job.deadlineMs !== null && job.deadlineMs <= 0
  // A provider's task is looked at once more at its deadline: what it has then, counts.
  if (sharedIsOver || (nodeMs <= 0 && !job.task)) return { ...failed(outOfTime(job, policy)), final: sharedIsOver }

  const prepared = await prepareNode(job)
  if (!prepared.ok) {
    noteViolation(prepared.error, 'input', note)
    return failed(prepared.error)
  }
  const limitMs = Math.max(nodeMs > 0 ? Math.min(nodeMs, bounds.timeoutMs) : Math.min(bounds.timeoutMs, 15_000), 1)
  const startedAt = clock.now()
  const isLate = () => clock.now() - startedAt >= limitMs
  const timeout = nodeMs <= bounds.timeoutMs ? outOfTime(job, policy) : sliceIsOver(job, bounds)
  const race = await raced((signal) => inside(job, runner, prepared.value, { ...scene, bounds: { signal, timeoutMs: limitMs } }), {
    clock,
    signal: bounds.signal,
    limitMs,
    timeout,
  })
  const resolvedInput = resolved(prepared.value)
  if (race.kind === 'abandoned') return 'abandoned'
  if (race.kind === 'timed_out') return { ...failed(timeout), resolvedInput }
  if (race.kind === 'threw') return { ...failed(threw(race.thrown)), resolvedInput }
  const outcome = race.value
  // That was the last look.
  if (outcome.kind === 'pending' && nodeMs <= 0) return { ...failed(timeout), resolvedInput }
  if (outcome.kind !== 'failed') return { outcome, resolvedInput }
  if (outcome.error.code === 'lease_lost') return 'abandoned'
  noteViolation(outcome.error, 'output', note)
  // The adapter's clock may ring first: it is the same bell.
  return { ...failed(outcome.error.code === 'provider_timeout' && isLate() ? timeout : outcome.error), resolvedInput }
}

/** What stands under the node's own time: moderation, the runner, and both over what it made. */
async function inside(job: NodeJob, runner: NodeRunner, { inputs, prompt }: PreparedNode, scene: Scene): Promise<NodeOutcome> {
  const { world, bounds, policy, note } = scene
  const looks = (side: 'input' | 'output') => policy.moderation === side || policy.moderation === 'both'
  if (looks('input') && !goesOn(job)) {
    const text = prompt === '' ? JSON.stringify(inputs) : prompt
    const refusal = await refusedByModeration({ text }, 'input', world, bounds, note)
    if (refusal) return { kind: 'failed', error: refusal }
  }
  const context: NodeContext = {
    job,
    config: job.config,
    inputs,
    prompt,
    world,
    signal: bounds.signal,
    timeoutMs: bounds.timeoutMs,
    idempotencyKey: `agon-node-${job.runId}-${job.nodeId}${job.doneBefore > 0 ? `-${job.doneBefore + 1}` : ''}`,
    note,
  }
  const outcome = await runner(context)
  if (outcome.kind !== 'completed') return outcome
  const { envelope } = outcome.result
  const lost = { ...(outcome.result.costUsd !== undefined && { costUsd: outcome.result.costUsd }) }
  if (looks('output')) {
    const content = { text: envelope.output, ...(envelope.media && { mediaUrl: envelope.media.url }) }
    const refusal = await refusedByModeration(content, 'output', world, bounds, note)
    if (refusal) return { kind: 'failed', error: { ...refusal, ...lost } }
  }
  const contract = job.lens?.output_contract as OutputContract | null | undefined
  const violations = contract ? outputViolations(contract, envelope) : []
  return violations.length === 0 ? outcome : { kind: 'failed', error: { ...contractError('output', violations), ...lost } }
}

const failed = (error: StepError): Ended => ({ outcome: { kind: 'failed', error } })

const resolved = ({ inputs, prompt }: PreparedNode) => ({ inputs, ...(prompt !== '' && { prompt }) })

function noteViolation(error: StepError, side: 'input' | 'output', note: Scene['note']): void {
  if (error.code === `${side}_contract_violation`) note({ type: 'contract.violated', data: { side, message: error.message } })
}

const outOfTime = ({ nodeId, deadlineMs }: NodeJob, { timeout_ms }: NodePolicy): StepError =>
  stepError(
    'node_timeout',
    deadlineMs === null
      ? `${nodeId} did not end within its timeout_ms${timeout_ms === undefined ? '' : ` of ${timeout_ms}`}.`
      : `${nodeId} did not end before its deadline, which it shares with others.`,
  )

const sliceIsOver = ({ nodeId }: NodeJob, { timeoutMs }: ActBounds): StepError =>
  stepError('node_timeout', `${nodeId} did not end within the ${Math.round(timeoutMs / 1000)} s that this driver gives one act.`)

const threw = (thrown: unknown): StepError =>
  stepError('internal', `The node failed in a way nobody foresaw: ${thrown instanceof Error ? thrown.message : String(thrown)}`)
