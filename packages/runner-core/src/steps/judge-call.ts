import type { StepError } from '../errors.ts'
import { type JudgePrompt, MAX_VERDICT_TOKENS } from '../judge/index.ts'
import { costUsd, type Model } from '../models/models.ts'
import type { CallOptions, CallRecord, Clock, Provider, TextCompletion } from '../ports/index.ts'
import { ok, type Result } from '../result.ts'

/** Who is asked, and within what bounds. */
export interface Asked {
  model: Model
  provider: Provider
  clock: Clock
  signal: AbortSignal
  timeoutMs: number
  onRateLimit: NonNullable<CallOptions['onRateLimit']>
  /** The same for every attempt of one call. */
  idempotencyKey: string
}

/** Asks a judge, and keeps what the call was: as it was asked, what it answered, and what it cost by list price. */
export async function judgeCall(
  { system, prompt, jsonSchema, attachments }: JudgePrompt,
  { model, provider, clock, signal, timeoutMs, onRateLimit, idempotencyKey }: Asked,
): Promise<Result<{ completion: TextCompletion; record: CallRecord }, StepError>> {
  const temperature = model.acceptsTemperature ? { temperature: 0 } : {}
  const startedAt = clock.now()
  const completion = await provider.generateText(
    {
      wireModel: model.wireModel,
      system,
      prompt,
      maxTokens: MAX_VERDICT_TOKENS,
      ...temperature,
      jsonSchema,
      ...(attachments && { attachments }),
    },
    { signal, timeoutMs, onRateLimit, idempotencyKey },
  )
  if (!completion.ok) return completion
  const { text, inputTokens, outputTokens, wireModel } = completion.value
  const cost = inputTokens === undefined || outputTokens === undefined ? undefined : costUsd(model, inputTokens, outputTokens)
  return ok({
    completion: completion.value,
    record: {
      systemPrompt: system,
      prompt,
      rawText: text,
      parameters: {
        ...temperature,
        max_tokens: MAX_VERDICT_TOKENS,
        wire_model: model.wireModel,
        answered_by: wireModel,
        ...(attachments && { images: attachments.map(({ url }) => url) }),
      },
      latencyMs: Math.round(clock.now() - startedAt),
      ...(inputTokens === undefined ? {} : { inputTokens }),
      ...(outputTokens === undefined ? {} : { outputTokens }),
      ...(cost === undefined ? {} : { costUsd: cost }),
    },
  })
}
