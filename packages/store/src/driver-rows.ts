import type { CallRecord, SavedText, StepError, SubmissionOutput, TextProgress, VerdictRecord, WebhookAttempt } from '@agon/runner-core'
import type { Json } from './database.types.ts'

/** What the drivers' RPCs are given: runner-core's values under the database's names. */

/** What is kept of an error: the code, the message, and what the failed call cost where that is known. */
export const errorRow = ({ code, message, costUsd }: StepError): Json => ({
  code,
  message,
  ...(costUsd === undefined ? {} : { cost_usd: costUsd }),
})

export const submissionRow = (output: SubmissionOutput): Json => ({
  content_text: output.contentText ?? null,
  media_url: output.mediaUrl ?? null,
  mime_type: output.mimeType ?? null,
  output_modality: output.outputModality,
  wire_model: output.wireModel,
  finish_reason: output.finishReason,
  input_tokens: output.inputTokens ?? null,
  output_tokens: output.outputTokens ?? null,
  cost_usd: output.costUsd ?? null,
  latency_ms: output.latencyMs,
})

/** How far an answer has come, without its text: where that is kept depends on whose it is. */
export const checkpointRow = ({ chunks, cursor, inputTokens, outputTokens, elapsedMs }: SavedText) => ({
  chunks,
  elapsed_ms: elapsedMs,
  ...(cursor && { cursor: cursor as Json }),
  ...(inputTokens !== undefined && { input_tokens: inputTokens }),
  ...(outputTokens !== undefined && { output_tokens: outputTokens }),
})

/** An answer in progress, as both calls that show one take it. */
export const progressRow = ({ checkpoint, delta }: TextProgress) => {
  const { inputTokens, outputTokens, elapsedMs } = checkpoint
  return {
    output: { output_modality: 'text', input_tokens: inputTokens ?? null, output_tokens: outputTokens ?? null, latency_ms: elapsedMs },
    checkpoint: checkpointRow(checkpoint),
    delta: { offset: delta.offset, text: delta.text },
  }
}

export const attemptRow = ({ responseStatus, latencyMs }: WebhookAttempt): Json => ({
  response_status: responseStatus ?? null,
  latency_ms: latencyMs,
})

export const callRow = (call: CallRecord) => ({
  system_prompt: call.systemPrompt,
  prompt: call.prompt,
  raw_text: call.rawText,
  parameters: call.parameters as Json,
  input_tokens: call.inputTokens ?? null,
  output_tokens: call.outputTokens ?? null,
  cost_usd: call.costUsd ?? null,
  latency_ms: call.latencyMs,
})

export const verdictRow = (verdict: VerdictRecord): Json => ({
  part: verdict.part,
  presentation: verdict.presentation,
  slot_order: verdict.slotOrder,
  outcome: verdict.outcome,
  winner_contender_id: verdict.winnerContenderId ?? null,
  reasoning: verdict.reasoning,
  weight: verdict.weight,
  scores: verdict.scores.map(({ contenderId, score, place }) => ({ contender_id: contenderId, score, place })),
  ...callRow(verdict),
})
