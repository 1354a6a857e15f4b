import { type StepError, stepError } from '../../errors.ts'
import { enforceHandicap, handicapSchema } from '../../models/handicap.ts'
import { costUsd, findModel, type Model } from '../../models/models.ts'
import type { Attachment, CallOptions, Provider, TextCompletion, TextRequest } from '../../ports/index.ts'
import { fail, ok, type Result } from '../../result.ts'
import { pauseLeadMs } from '../../steps/battle-step.ts'
import { providerFor } from '../../steps/provider-for.ts'
import { rateLimitsOf } from '../../steps/rate-limits.ts'
import { streamedText } from '../../steps/streamed-text.ts'
import type { NodeContext, NodeOutcome } from '../node-runner.ts'
import { strictSchema } from '../strict-schema.ts'

export interface TextAsk {
  prompt: string
  system?: string
  /** What the answer has to be, as JSON Schema. */
  schema?: { name: string; schema: Record<string, unknown> }
  attachments?: Attachment[]
  /** Which call of the node it is, where it makes several. */
  part?: string
  /** Shown as it grows, and gone on with in the next slice where it does not end in this one. */
  streams?: boolean
}

/** What calls cost, to be added up. */
export interface Spent {
  inputTokens?: number
  outputTokens?: number
  costUsd?: number
}

export interface TextAnswer extends Spent {
  text: string
  finishReason: TextCompletion['finishReason']
  wireModel: string
}

/** What several calls cost together; what nobody knows stays unknown only where no call says it. */
export function addSpent(...calls: Spent[]): Spent {
  const sum = (key: keyof Spent) => {
    const known = calls.flatMap((call) => (call[key] === undefined ? [] : [call[key]]))
    return known.length === 0 ? {} : { [key]: known.reduce((total, each) => total + each, 0) }
  }
  return { ...sum('inputTokens'), ...sum('outputTokens'), ...sum('costUsd') }
}

const told = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)

/**
 * Asks the text model of a node. The answer; or how the act ends without one: a failure, or a text that goes on in the next slice.
 */
export async function askText(context: NodeContext, ask: TextAsk): Promise<Result<TextAnswer, NodeOutcome>> {
  const { job, world, signal, timeoutMs } = context
  const failed = (error: StepError) => fail<NodeOutcome>({ kind: 'failed', error })
  const model = textModel(job.modelKey, job.nodeId)
  if (!model.ok) return failed(model.error)
  const provider = await providerFor(job, model.value.provider, world)
  if (!provider.ok) return failed(provider.error)
  const request = requestOf(context, model.value, ask)
  if (!request.ok) return failed(request.error)

  const limits = rateLimitsOf(job, world)
  const startedAt = world.clock.now()
  const again = job.attempts > 0 ? `-${job.attempts}` : ''
  const call: CallOptions = {
    signal,
    timeoutMs,
    // Another attempt is another question, also one of a retried run: its answer is not to be the one that was refused.
    idempotencyKey: `${context.idempotencyKey}${ask.part ? `-${ask.part}` : ''}-${job.jobId}${again}`,
    onRateLimit: limits.onRateLimit,
  }
  const ended = await (ask.streams && provider.value.streamText
    ? streamedText(
        {
          job: { jobId: job.jobId, checkpoint: job.checkpoint, show: (progress) => world.store.checkpointNode(job, progress, false) },
          world,
          request: request.value,
          call,
          pauseAfterMs: timeoutMs - pauseLeadMs(timeoutMs),
          startedAt,
        },
        provider.value.streamText.bind(provider.value) as NonNullable<Provider['streamText']>,
      )
    : provider.value.generateText(request.value, call))
  await limits.reported()
  if ('kind' in ended) {
    if (ended.kind === 'partial') return fail(ended)
    return failed(ended.kind === 'failed' ? ended.error : stepError('internal', 'A text of a node is not kept by its provider.'))
  }
  if (!ended.ok) return failed(ended.error)
  const { text, finishReason, wireModel, inputTokens, outputTokens } = ended.value
  const cost = inputTokens === undefined || outputTokens === undefined ? undefined : costUsd(model.value, inputTokens, outputTokens)
  return ok({
    text,
    finishReason,
    wireModel,
    ...(inputTokens !== undefined && { inputTokens }),
    ...(outputTokens !== undefined && { outputTokens }),
    ...(cost !== undefined && { costUsd: cost }),
  })
}

function textModel(modelKey: string | null, nodeId: string): Result<Model, StepError> {
  if (modelKey === null) return fail(stepError('node_config', `${nodeId} has no model: set model_key of its lens or of its config.`))
  const found = findModel(modelKey)
  if (!found.ok || found.value.kind === 'text') return found
  return fail(stepError('node_config', `${nodeId} asks for text, and its model_key ${modelKey} makes ${found.value.kind}.`))
}

function requestOf({ job, config }: NodeContext, model: Model, ask: TextAsk): Result<TextRequest, StepError> {
  const handicap = handicapSchema.safeParse(config.handicap ?? {})
  const allowed = enforceHandicap(
    {
      maxTokens: told(job.lens?.max_tokens) ?? told(config.max_tokens) ?? 4096,
      prompt: ask.prompt,
      modelTier: model.tier,
    },
    handicap.success ? handicap.data : {},
  )
  if (!allowed.ok) return allowed
  const temperature = told(job.lens?.temperature) ?? told(config.temperature)
  const strict = ask.schema && model.jsonSchema ? strictSchema(ask.schema.schema) : undefined
  // Where the provider cannot hold the model to the schema, words have to.
  const inWords =
    ask.schema && !strict
      ? `Answer with one JSON value and nothing else. It fits this JSON Schema:\n${JSON.stringify(ask.schema.schema)}`
      : undefined
  const system = [ask.system, inWords].filter((part) => part !== undefined && part !== '').join('\n\n')
  return ok({
    wireModel: model.wireModel,
    prompt: allowed.value.prompt,
    maxTokens: allowed.value.maxTokens,
    ...(system !== '' && { system }),
    ...(temperature !== undefined && model.acceptsTemperature && { temperature }),
    ...(ask.schema && strict && { jsonSchema: { name: ask.schema.name, schema: strict } }),
    ...(ask.attachments && ask.attachments.length > 0 && { attachments: ask.attachments }),
  })
}
