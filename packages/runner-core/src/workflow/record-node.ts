import { persist } from '../engine/persist.ts'
import type { ActBounds, StepReport, StepWorld } from '../engine/step.ts'
import type { NodeJob, NodeNote } from '../ports/index.ts'
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

const events = { completed: 'node_completed', waiting: 'node_waits', pending: 'task_pending', partial: 'answer_paused' } as const

/** Records how an act of a node ended, and says when the node goes on. */
export async function recordNode(
  job: NodeJob,
  ended: EndedNode,
  policy: NodePolicy,
  world: StepWorld,
  successor?: ActBounds['successor'],
): Promise<StepReport> {
  const { store, clock, log } = world
  const { outcome, latencyMs, notes, resolvedInput } = ended
  if (outcome.kind === 'failed') return recordFailure(job, outcome.error, ended, policy, world)
  if (outcome.kind === 'completed' && job.kind === 'workflow_node' && successor?.wanted()) {
    const result = { ...(resolvedInput && { resolvedInput }), ...outcome.result, latencyMs }
    const next = await persist(clock, () => store.completeWorkflowNodeAndGoOn(job, result, notes, successor.driver))
    if (!next.ok) log({ level: 'error', event: 'node_not_recorded', outcome: outcome.kind, job_id: job.jobId, message: next.error.message })
    else log({ level: 'info', event: next.value.recorded ? events.completed : 'lease_lost', job_id: job.jobId, node_id: job.nodeId })
    return next.ok && next.value.next.jobs.length > 0 ? { next: next.value.next } : {}
  }
  const recorded = await persist(clock, () => {
    switch (outcome.kind) {
      case 'completed':
        return store.completeWorkflowNode(job, { ...(resolvedInput && { resolvedInput }), ...outcome.result, latencyMs }, notes)
      case 'waiting':
        return store.suspendWorkflowNode(job, outcome.wait, notes)
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
  if (!recorded.value || outcome.kind === 'completed') return {}
  if (outcome.kind === 'pending') return { dueInMs: outcome.pollAfterMs }
  if (outcome.kind === 'waiting') return outcome.wait.for === 'delay' ? { dueInMs: outcome.wait.expiresInMs } : {}
  return { dueInMs: 0 }
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
