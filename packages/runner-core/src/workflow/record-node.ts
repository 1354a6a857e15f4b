import { persist } from '../engine/persist.ts'
import type { ActBounds, StepReport, StepWorld } from '../engine/step.ts'
import type { Claim, NodeCancelJob, NodeJob, NodeNote } from '../ports/index.ts'
import { ok } from '../result.ts'
import type { TellEnd } from './gathered-ends.ts'
import { type NodePolicy, retryAfter } from './node-policy.ts'
import type { NodeOutcome } from './node-runner.ts'

/** An act of a node, over. */
export interface EndedNode {
  outcome: NodeOutcome
  latencyMs: number
  notes: NodeNote[]
  resolvedInput?: Record<string, unknown>
  /** Its failure stands, whatever its config says of retries: a deadline it shares is over. */
  final?: boolean
}

const events = { waiting: 'node_waits', pending: 'task_pending', partial: 'answer_paused' } as const

/** Records how an act of a node ended, and says when the node goes on. `tell`: how its driver tells ends. */
export async function recordNode(
  job: NodeJob,
  ended: EndedNode,
  policy: NodePolicy,
  world: StepWorld,
  tell: TellEnd,
  successor?: ActBounds['successor'],
): Promise<StepReport> {
  const { store, clock, log } = world
  const { outcome } = ended
  if (outcome.kind === 'failed') return recordFailure(job, outcome.error, ended, policy, world)
  if (outcome.kind === 'completed') return recordEnd(job, outcome, ended, world, tell, successor)
  const recorded = await persist(clock, () => {
    switch (outcome.kind) {
      case 'waiting':
        return store.suspendWorkflowNode(job, outcome.wait)
      case 'partial':
        return store.checkpointNode(job, outcome.progress, true)
      case 'pending': {
        const { task, pollAfterMs, progress } = outcome
        return task ? store.openNodeTask(job, { ...task, pollAfterMs }) : store.reparkNodeTask(job, pollAfterMs, progress)
      }
    }
  })
  if (!recorded.ok) {
    log({ level: 'error', event: 'node_not_recorded', outcome: outcome.kind, job_id: job.jobId, message: recorded.error.message })
    return {}
  }
  log({ level: 'info', event: recorded.value ? events[outcome.kind] : 'lease_lost', job_id: job.jobId, node_id: job.nodeId })
  if (!recorded.value) return {}
  if (outcome.kind === 'pending') return { dueInMs: outcome.pollAfterMs }
  if (outcome.kind === 'waiting') return outcome.wait.for === 'delay' ? { dueInMs: outcome.wait.expiresInMs } : {}
  return { dueInMs: 0 }
}

/** A node has come to something: told alone, where the driver goes on with the one node that it unlocks, or with others of its tree. */
async function recordEnd(
  job: NodeJob,
  { result: made }: Extract<NodeOutcome, { kind: 'completed' }>,
  { latencyMs, notes, resolvedInput }: EndedNode,
  world: StepWorld,
  tell: TellEnd,
  successor: ActBounds['successor'],
): Promise<StepReport> {
  const { store, clock, log } = world
  const result = { ...(resolvedInput && { resolvedInput }), ...made, latencyMs }
  const told = await tell(job, { lease: job, result, notes }, world, async () => {
    if (job.kind === 'workflow_node' && successor?.wanted())
      return persist(clock, () => store.completeWorkflowNodeAndGoOn(job, result, notes, successor.driver))
    const recorded = await persist(clock, () => store.completeWorkflowNode(job, result, notes))
    return recorded.ok ? ok({ recorded: recorded.value, next: undefined as Claim<NodeJob | NodeCancelJob> | undefined }) : recorded
  })
  if (!told.ok) {
    log({ level: 'error', event: 'node_not_recorded', outcome: 'completed', job_id: job.jobId, message: told.error.message })
    return {}
  }
  const { recorded } = 'alone' in told.value ? told.value.alone : told.value.together
  log({ level: 'info', event: recorded ? 'node_completed' : 'lease_lost', job_id: job.jobId, node_id: job.nodeId })
  if ('together' in told.value) return told.value.together.more ? { dueInMs: 0 } : {}
  const { next } = told.value.alone
  return next && next.jobs.length > 0 ? { next } : {}
}

async function recordFailure(
  job: NodeJob,
  error: Extract<NodeOutcome, { kind: 'failed' }>['error'],
  { notes, final }: EndedNode,
  policy: NodePolicy,
  { store, clock, random, log }: StepWorld,
): Promise<StepReport> {
  if (error.code === 'lease_lost') {
    log({ level: 'info', event: 'lease_lost', job_id: job.jobId })
    return {}
  }
  const backoffMs = final ? null : retryAfter(job.attempts, error, policy, random)
  const recorded = await persist(clock, () => store.failWorkflowNode(job, error, backoffMs, notes))
  log({
    level: 'warn',
    event: recorded.ok ? `attempt_${recorded.value}` : 'attempt_not_recorded',
    job_id: job.jobId,
    node_id: job.nodeId,
    code: error.code,
    message: error.message,
    ...(recorded.ok ? {} : { store_error: recorded.error.message }),
  })
  return backoffMs !== null && recorded.ok && recorded.value === 'requeued' ? { dueInMs: backoffMs } : {}
}
