import { persist } from '../engine/persist.ts'
import { settleFailure } from '../engine/settle-failure.ts'
import type { ActBounds, StepReport, StepWorld } from '../engine/step.ts'
import { type ErrorCode, errorTable, isRetryable, type StepError, stepError } from '../errors.ts'
import type { ContenderRun, SubmissionOutput, WorkflowContenderJob } from '../ports/index.ts'
import { fail, ok, type Result } from '../result.ts'
import { renderTask } from './task-prompt.ts'

/**
 * A contender that is a workflow: begins the run that answers, waits for its end without a lease, and hands in what it came to. It makes no
 * call: what the run costs is counted by its nodes.
 */
export async function workflowContenderStep(job: WorkflowContenderJob, world: StepWorld, bounds: ActBounds): Promise<StepReport> {
  const { store, clock, log } = world
  if (job.cancels) {
    const cancelled = await persist(clock, () => store.cancelContenderRun(job.jobId, job.leaseToken))
    if (!cancelled.ok) return settleFailure(job, cancelled.error, world)
    log({ level: 'info', event: cancelled.value ? 'contender_run_cancelled' : 'lease_lost', job_id: job.jobId })
    return {}
  }
  const { run } = job
  const isOver = job.deadlineMs !== null && job.deadlineMs <= 0
  if (run === null) return isOver ? settleFailure(job, outOfTime, world, itsRunIsOver) : begin(job, world)
  if (run.status === 'completed') {
    const output = await submissionOf(run, job, world, bounds)
    if (!output.ok)
      return output.error.code === 'lease_lost' || isRetryable(output.error)
        ? settleFailure(job, output.error, world)
        : settleFailure(job, output.error, world, itsRunIsOver)
    const recorded = await persist(clock, () => store.completeBattleJob(job.jobId, job.leaseToken, output.value))
    const event = !recorded.ok ? 'submission_not_recorded' : recorded.value ? 'submission_recorded' : 'lease_lost'
    log({
      level: recorded.ok ? 'info' : 'error',
      event,
      job_id: job.jobId,
      slot: job.slot,
      ...(recorded.ok ? {} : { message: recorded.error.message }),
    })
    return {}
  }
  if (run.status === 'failed' || run.status === 'cancelled' || run.status === 'timed_out')
    return settleFailure(job, failureOf(run), world, itsRunIsOver)
  if (isOver) return settleFailure(job, outOfTime, world, itsRunIsOver)
  const waits = await persist(clock, () => store.awaitContenderRun(job.jobId, job.leaseToken))
  if (!waits.ok) return settleFailure(job, waits.error, world)
  log({ level: 'info', event: waits.value ? 'contender_run_awaited' : 'lease_lost', job_id: job.jobId })
  return {}
}

const outOfTime = stepError('deadline_exceeded', 'The time of the contender ended before its workflow did')

type Answering = Extract<WorkflowContenderJob, { cancels: false }>

async function begin(job: Answering, world: StepWorld): Promise<StepReport> {
  const task = await renderTask(job)
  if (!task.ok) return settleFailure(job, task.error, world)
  const inputs = { ...job.runInputs, ...Object.fromEntries(job.takes.map((label) => [label, task.value])) }
  const begun = await persist(world.clock, () => world.store.beginContenderRun(job.jobId, job.leaseToken, inputs))
  if (!begun.ok) return settleFailure(job, begun.error, world)
  world.log({ level: 'info', event: begun.value ? 'contender_run_begun' : 'lease_lost', job_id: job.jobId, slot: job.slot })
  return {}
}

const modalities = { text: 'text', code: 'text', image: 'image', video: 'video', audio: 'audio', music: 'audio' } as const

/**
 * What a run came to, as an answer. Pictures, sound and films are those that its nodes have kept here, because an address elsewhere could show
 * each reader another; and they are copied to the battle's own place, because where a node keeps a file tells of the node.
 */
async function submissionOf(
  run: ContenderRun,
  job: Answering,
  world: StepWorld,
  bounds: ActBounds,
): Promise<Result<SubmissionOutput, StepError>> {
  const { output } = run
  if (output === null) return fail(stepError('slot_unanswered', 'The run of the workflow completed and came to nothing'))
  const wanted = modalities[job.makes as keyof typeof modalities] ?? 'text'
  const made = output.media && output.artifact_kind !== 'json' ? output.artifact_kind : ('text' as const)
  if (made !== wanted) return fail(stepError('mixed_kinds', `The workflow made ${made}, and this battle is of ${wanted}`))
  const common = {
    outputModality: made,
    wireModel: 'workflow',
    finishReason: 'stop',
    latencyMs: run.durationMs ?? 0,
    ...(run.costUsd !== null && { costUsd: run.costUsd }),
    ...(run.inputTokens !== null && { inputTokens: run.inputTokens }),
    ...(run.outputTokens !== null && { outputTokens: run.outputTokens }),
  }
  if (made === 'text') return ok({ ...common, contentText: output.output })
  const { url, mime = '' } = output.media!
  if (!world.media?.isOwn(url))
    return fail(stepError('media_refused', 'What the workflow made is kept elsewhere: let a media node make it'))
  const media = { source: { url }, mimeType: mime, wireModel: 'workflow' }
  const stored = await world.media.copy(media, { path: `${job.battleId}/${job.contenderId}`, kind: made }, bounds)
  return stored.ok ? ok({ ...common, mediaUrl: stored.value.url, mimeType: stored.value.mimeType }) : stored
}

function failureOf({ status, error }: ContenderRun): StepError {
  const code = error?.code
  if (status === 'timed_out') return stepError('deadline_exceeded', error?.message ?? 'The run of the workflow did not end in time')
  return stepError(
    code !== undefined && Object.hasOwn(errorTable, code) ? (code as ErrorCode) : 'slot_unanswered',
    error?.message ?? `The run of the workflow has ended (${status})`,
  )
}

/** Another attempt would find the run as it is. */
const itsRunIsOver = { final: true }
