import { type StepError, stepError } from '../../errors.ts'
import { estimateCostUsd } from '../../models/cost-estimate.ts'
import type { Model } from '../../models/models.ts'
import type { CallOptions, MediaRequest, MediaResult, OpenTask, Provider } from '../../ports/index.ts'
import { fail, ok, type Result } from '../../result.ts'
import { copyMs, isOwn } from '../../steps/async-step.ts'
import { providerTask } from '../../steps/cancel-task.ts'
import { pollAfterMs } from '../../steps/poll-cadence.ts'
import { providerFor } from '../../steps/provider-for.ts'
import { rateLimitsOf } from '../../steps/rate-limits.ts'
import type { NodeOutputEnvelope } from '../envelope.ts'
import type { NodeContext, NodeOutcome } from '../node-runner.ts'
import type { Spent } from './text-call.ts'

type Media = Exclude<Model['kind'], 'text'>
const artifacts = { image: 'image', audio: 'audio', music: 'audio', video: 'video' } as const

export interface MediaWanted {
  model: Model
  kind: Media
  prompt: string
  from?: MediaRequest['from']
  voice?: string
  envelopeKind: NodeOutputEnvelope['kind']
  /** What it says beside what it shows: the prompt, a description. */
  output: string
  /** What was spent before this call. */
  before?: Spent
  /** Given back at every poll. */
  remembered?: Record<string, string>
}

/** Lets a provider make something, or asks for what it is making, and copies what was made to where it stays. */
export async function makeMedia(context: NodeContext, wanted: MediaWanted): Promise<NodeOutcome> {
  const { job, world } = context
  const provider = await providerFor(job, wanted.model.provider, world)
  if (!provider.ok) return { kind: 'failed', error: provider.error }
  const limits = rateLimitsOf(job, world)
  const act = { context, wanted, provider: provider.value, startedAt: world.clock.now(), onRateLimit: limits.onRateLimit }
  const outcome = await (job.task ? ask(act, job.task) : submit(act))
  await limits.reported()
  return outcome
}

interface Act {
  context: NodeContext
  wanted: MediaWanted
  provider: Provider
  startedAt: number
  onRateLimit: NonNullable<CallOptions['onRateLimit']>
}

const failed = (error: StepError, { before }: MediaWanted): NodeOutcome => {
  const costUsd = before?.costUsd === undefined ? error.costUsd : before.costUsd + (error.costUsd ?? 0)
  return { kind: 'failed', error: { ...error, ...(costUsd !== undefined && { costUsd }) } }
}

const callOf = ({ context, startedAt, onRateLimit }: Act, key: string): CallOptions => {
  const left = context.timeoutMs - (context.world.clock.now() - startedAt)
  return { signal: context.signal, timeoutMs: Math.max(1, left - copyMs(left)), idempotencyKey: key, onRateLimit }
}

async function submit(act: Act): Promise<NodeOutcome> {
  const { context, wanted, provider } = act
  const { job, world } = context
  const { model, kind, prompt, from, voice } = wanted
  if (!provider.generateMedia || !world.media) return failed(stepError('adapter_missing', `This driver makes no ${kind}.`), wanted)
  // Another attempt, also one of a retried run, or another task after one that ended, is another thing to make.
  const key = `${context.idempotencyKey}-${job.jobId}-${job.endedTasks + job.attempts}`
  const made = await provider.generateMedia(
    {
      wireModel: model.wireModel,
      kind,
      prompt,
      ...(from && { from }),
      ...(voice !== undefined && { voice }),
      ...(world.callbackUrl && { callbackUrl: `${world.callbackUrl}/${model.provider}` }),
    },
    callOf(act, key),
  )
  if (!made.ok) return failed(made.error, wanted)
  if (made.value.kind === 'done') return keep(act, made.value.media)
  const { task } = made.value
  return {
    kind: 'pending',
    task: { ...task, ...(wanted.remembered && { details: { ...task.details, ...wanted.remembered } }) },
    pollAfterMs: pollAfterMs(kind, 0, world.random, task.pollAfterMs),
  }
}

async function ask(act: Act, task: OpenTask): Promise<NodeOutcome> {
  const { context, wanted, provider } = act
  const { job, world } = context
  const { kind, model } = wanted
  if (!provider.pollTask) return failed(stepError('adapter_missing', `This driver cannot ask ${model.provider} for its tasks.`), wanted)
  const waitMs = (hintMs?: number) => pollAfterMs(kind, task.polls + 1, world.random, hintMs)
  const again = (pollAfter: number, progress?: number): NodeOutcome =>
    // The last look is at the deadline: what the provider has then, counts.
    job.deadlineMs !== null && job.deadlineMs <= 0
      ? failed(stepError('node_timeout', `${job.nodeId}: ${model.provider} had not made it when its time was over.`), wanted)
      : { kind: 'pending', pollAfterMs: pollAfter, ...(progress !== undefined && { progress }) }
  const waitAfter = ({ retryAfterMs }: StepError) => Math.max(waitMs(), retryAfterMs ?? 0)
  const state = await provider.pollTask(providerTask(task, model), callOf(act, context.idempotencyKey))
  if (!state.ok) return isOwn(state.error) ? again(waitAfter(state.error)) : failed(state.error, wanted)
  if (state.value.kind === 'running') return again(waitMs(state.value.pollAfterMs), state.value.progress)
  if (state.value.kind === 'text_done')
    return failed(stepError('provider_malformed', `${model.provider} answered with text, not ${kind}.`), wanted)
  const kept = await keep(act, state.value.media)
  // The provider still has it: it is fetched again at the next poll, and not made again.
  return kept.kind === 'failed' && isOwn(kept.error) && kept.error.code !== 'media_expired' ? again(waitAfter(kept.error)) : kept
}

/**
 * Where a node's file is kept. Without the hyphens of its run: the housekeeping takes a name with a UUID for a battle's, and deletes what
 * no battle shows.
 */
const placeOf = ({ job }: NodeContext): string => `workflows/${job.runId.replaceAll('-', '')}/${job.nodeId}-${job.jobId}`

async function keep(act: Act, media: MediaResult): Promise<NodeOutcome> {
  const { context, wanted, startedAt } = act
  const { world, signal, timeoutMs } = context
  const { kind, model, prompt, before } = wanted
  if (!world.media) return failed(stepError('adapter_missing', `This driver keeps no ${kind}.`), wanted)
  const left = Math.max(5_000, timeoutMs - (world.clock.now() - startedAt))
  const stored = await world.media.copy(media, { path: placeOf(context), kind }, { signal, timeoutMs: left })
  if (!stored.ok) return failed(stored.error, wanted)
  const cost = media.costUsd ?? estimateCostUsd(model, { texts: [prompt], maxTokens: 0 })
  const costUsd = cost === undefined && before?.costUsd === undefined ? undefined : (cost ?? 0) + (before?.costUsd ?? 0)
  const { url, mimeType } = stored.value
  return {
    kind: 'completed',
    result: {
      envelope: {
        kind: wanted.envelopeKind,
        artifact_kind: artifacts[kind],
        output: wanted.output,
        data: { url, mime: mimeType, bytes: stored.value.bytes },
        media: { url, mime: mimeType },
        metadata: { model: media.wireModel },
      },
      ports: ['output'],
      wireModel: media.wireModel,
      ...addTokens(media, before),
      ...(costUsd !== undefined && { costUsd }),
    },
  }
}

function addTokens(media: MediaResult, before: Spent = {}) {
  const sum = (a?: number, b?: number) => (a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0))
  const [inputTokens, outputTokens] = [sum(media.inputTokens, before.inputTokens), sum(media.outputTokens, before.outputTokens)]
  return { ...(inputTokens !== undefined && { inputTokens }), ...(outputTokens !== undefined && { outputTokens }) }
}

/** A recording as a transcriber takes it: ours by its address; a stranger's is fetched here, by the rules of everything that calls out. */
export async function recordingOf(
  url: string,
  { world, signal, timeoutMs }: NodeContext,
): Promise<Result<({ bytes: Uint8Array } | { url: string }) & { mimeType: string }, StepError>> {
  if (world.media?.isOwn(url)) return ok({ url, mimeType: typeByName(url) })
  if (!world.outbound) return fail(stepError('capability_missing', 'This driver fetches recordings from its own bucket alone.'))
  const got = await world.outbound.request(
    { url },
    { signal, timeoutMs: Math.min(timeoutMs, 30_000), maxResponseBytes: mostRecordingBytes },
  )
  if (!got.ok) return got
  const { status, headers, body, truncated } = got.value
  if (status !== 200) return fail(stepError('media_unavailable', `The address of the recording answered ${status}.`))
  if (truncated) return fail(stepError('media_refused', 'The recording is larger than the 25 MB that are written down.'))
  const type = headers['content-type']?.split(';', 1)[0]?.trim() ?? ''
  return ok({ bytes: body, mimeType: type.startsWith('audio/') ? type : typeByName(url) })
}

/** What OpenAI's transcriptions take. */
const mostRecordingBytes = 25 * 1024 * 1024

const byEnding: Record<string, string> = {
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  ogg: 'audio/ogg',
  webm: 'audio/webm',
  m4a: 'audio/mp4',
  mp4: 'audio/mp4',
  flac: 'audio/flac',
}
const typeByName = (url: string): string => byEnding[/\.([a-z0-9]{2,4})(?:[?#]|$)/i.exec(url)?.[1]?.toLowerCase() ?? ''] ?? 'audio/mpeg'
