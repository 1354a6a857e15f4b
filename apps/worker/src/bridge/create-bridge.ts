import { retryAfterMs } from '@agon/providers/retry-after'
import type { CallOptions, ExecutionBridge, ExecutionState, Outbound, OutboundResponse } from '@agon/runner-core'
import { type StepError, stepError } from '@agon/runner-core/errors'
import { fail, ok, type Result } from '@agon/runner-core/result'
import type { z } from 'zod'
import type { ModelGlobs } from './model-globs.ts'
import { accepted, type ExecutionAnswer, type ExecutionBody, executionRequest, executionState, finished } from './protocol.ts'

/** Longest answer, as bytes on the wire. */
const mostBytes = 8 * 1024 * 1024
const who = 'The execution bridge'

export interface BridgeOptions {
  url: string
  token: string
  models: ModelGlobs
  outbound: Outbound
  /** Milliseconds since 1970. */
  now(): number
}

/** The execution bridge over HTTP. What it answers is parsed; what it says of a failure is the detail of a code of ours. */
export function createBridge({ url, token, models, outbound, now }: BridgeOptions): ExecutionBridge {
  const base = `${url.replace(/\/+$/, '')}/executions`

  async function send(method: string, path: string, call: CallOptions, body?: ExecutionBody): Promise<Result<OutboundResponse, StepError>> {
    const sent = await outbound.request(
      {
        url: `${base}${path}`,
        method,
        headers: {
          authorization: `Bearer ${token}`,
          accept: 'application/json',
          ...(body && { 'content-type': 'application/json', 'idempotency-key': call.idempotencyKey }),
        },
        ...(body && { body: JSON.stringify(executionRequest.parse(body)) }),
      },
      { signal: call.signal, timeoutMs: call.timeoutMs, maxResponseBytes: mostBytes },
    )
    return sent.ok ? sent : fail(unheard(sent.error))
  }

  /** What every answer means that is not the one hoped for. */
  function refusal({ status, headers }: OutboundResponse, call: CallOptions): StepError {
    if (status === 429) {
      const waitMs = retryAfterMs(new Headers(headers), now())
      if (waitMs !== undefined) call.onRateLimit?.({ retryAfterMs: waitMs })
      return stepError('provider_rate_limited', `${who} answered 429.`, waitMs)
    }
    if (status === 401 || status === 403) return stepError('bridge_auth', `${who} answered ${status}.`)
    if (status >= 500 || status === 408 || status === 425) {
      const waitMs = retryAfterMs(new Headers(headers), now())
      return stepError('provider_unavailable', `${who} answered ${status}.`, waitMs)
    }
    if (status >= 400) return stepError('provider_rejected', `${who} answered ${status}.`)
    return stepError('provider_malformed', `${who} answered ${status}, which is none of its answers.`)
  }

  return {
    takes: (modelKey) => models.match(modelKey),

    async submit({ modelKey, system, prompt, maxTokens, temperature, deadlineMs }, call) {
      const answer = await send('POST', '', call, {
        model: modelKey,
        system_prompt: system ?? null,
        prompt,
        max_tokens: maxTokens,
        temperature: temperature ?? null,
        deadline: new Date(now() + deadlineMs).toISOString(),
      })
      if (!answer.ok) return answer
      if (answer.value.status === 202) {
        const taken = read(accepted, answer.value)
        if (!taken.ok) return taken
        return ok({ kind: 'running', executionId: taken.value.execution_id, ...wait(taken.value.poll_after_ms) })
      }
      if (answer.value.status !== 200) return fail(refusal(answer.value, call))
      const over = read(finished, answer.value)
      return over.ok ? stateOf(over.value) : over
    },

    async ask(executionId, call) {
      const answer = await send('GET', `/${encodeURIComponent(executionId)}`, call)
      if (!answer.ok) return answer
      if (answer.value.status === 404 || answer.value.status === 410)
        return fail(stepError('provider_task_gone', `${who} no longer knows the execution.`))
      if (answer.value.status !== 200) {
        const refused = refusal(answer.value, call)
        // Asking can be refused without the execution having failed.
        return fail(refused.code === 'provider_rejected' ? stepError('provider_unavailable', refused.message) : refused)
      }
      const state = read(executionState, answer.value)
      if (!state.ok) return state
      if (state.value.execution_id !== executionId)
        return fail(stepError('provider_malformed', `${who} answered for another execution than the one it was asked for.`))
      return stateOf(state.value)
    },

    async cancel(executionId, call) {
      const answer = await send('DELETE', `/${encodeURIComponent(executionId)}`, call)
      if (!answer.ok) return answer
      const { status } = answer.value
      // 404, 410: it knows it no more; 409: it is over.
      return (status >= 200 && status < 300) || status === 404 || status === 409 || status === 410
        ? ok(undefined)
        : fail(refusal(answer.value, call))
    },
  }
}

const wait = (pollAfterMs: number | undefined) => (pollAfterMs === undefined ? {} : { pollAfterMs })

function read<T extends z.ZodType>(schema: T, { body, truncated }: OutboundResponse): Result<z.output<T>, StepError> {
  const malformed = (what: string) => fail(stepError('provider_malformed', `${who} answered with ${what}.`))
  if (truncated) return malformed(`more than ${mostBytes} bytes`)
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    return malformed('something that is not JSON')
  }
  const parsed = schema.safeParse(json)
  if (parsed.success) return ok(parsed.data)
  const [first] = parsed.error.issues
  return malformed(`something that is not the protocol's (${first?.path.join('.') || 'the body'}: ${first?.message})`)
}

function stateOf(answer: ExecutionAnswer): Result<ExecutionState, StepError> {
  if (answer.status === 'failed') return ok({ kind: 'failed', executionId: answer.execution_id, error: failureOf(answer) })
  if (answer.status !== 'succeeded')
    return ok({
      kind: 'running',
      executionId: answer.execution_id,
      ...wait(answer.poll_after_ms),
      ...(answer.progress === undefined ? {} : { progress: answer.progress }),
    })
  const { text, tokens_in, tokens_out, cost_usd, finish_reason, model } = answer
  const paid = cost_usd === undefined ? {} : { costUsd: cost_usd }
  if (text.trim() === '' && finish_reason !== 'stop') {
    const error = stepError('provider_rejected', `${who} ended the answer (${finish_reason}) before a word of it.`)
    return ok({ kind: 'failed', executionId: answer.execution_id, error: { ...error, ...paid } })
  }
  return ok({
    kind: 'succeeded',
    completion: {
      text,
      finishReason: finish_reason,
      inputTokens: tokens_in,
      outputTokens: tokens_out,
      ...paid,
      ...(model !== undefined && { wireModel: model }),
    },
  })
}

function failureOf({ code, message, retryable }: ExecutionAnswer & { status: 'failed' }): StepError {
  const said = `${code}: ${message}`.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ').slice(0, 300)
  const ours = code === 'content_refused' ? code : retryable ? 'provider_task_failed' : 'provider_rejected'
  return stepError(ours, `${who} ended the execution (${said}).`)
}

/** A call that brought no answer, in the codes of a provider: whoever gave the address is the operator, and no user. */
function unheard(error: StepError): StepError {
  if (error.code === 'outbound_timeout') return stepError('provider_timeout', `${who}: ${error.message}`)
  if (error.code === 'outbound_unreachable' || error.code === 'outbound_refused')
    return stepError('provider_unavailable', `${who}: ${error.message}`)
  return error
}
