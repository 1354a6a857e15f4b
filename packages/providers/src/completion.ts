import { fail, ok, type Result, type StepError, stepError, type TextCompletion, type TextRequest } from '@agon/runner-core'
import type { ConfiguredProvider } from './configuration.ts'

/**
 * The answer. A model that ends by itself without a word has answered, with nothing: it is judged for that, and not asked again at the
 * payer's cost. Where max_tokens cut it short, thinking, which is counted in them, has left nothing for the answer.
 */
export function completionOf(
  provider: Pick<ConfiguredProvider, 'id'>,
  request: TextRequest,
  answer: { text: string; finishReason: TextCompletion['finishReason']; wireModel?: string; inputTokens?: number; outputTokens?: number },
): Result<TextCompletion, StepError> {
  const { text, finishReason, wireModel, inputTokens, outputTokens } = answer
  if (text.trim() === '' && finishReason !== 'stop') {
    if (finishReason !== 'length') return fail(stepError('provider_malformed', `${provider.id} ended its answer before a word of it.`))
    const spent = `${request.wireModel} of ${provider.id} spent all ${request.maxTokens} tokens before its answer began.`
    return fail(stepError('provider_rejected', `${spent} Raise max_tokens.`))
  }
  return ok({
    text,
    finishReason,
    wireModel: wireModel ?? request.wireModel,
    ...(inputTokens !== undefined && { inputTokens }),
    ...(outputTokens !== undefined && { outputTokens }),
  })
}
