import { type ChatCompletionRequest, isChatCompletionBody, type JournalEntry } from '@copilotkit/aimock'

/** One call as a model received it. */
export interface ProviderCall {
  model: string
  /** What a provider that knows it would bill once. */
  idempotencyKey: string
  body: ChatCompletionRequest
}

/** The chat calls of aimock's journal. Throws for anything else, and for a call that no fixture answered. */
export const providerCalls = (journal: readonly JournalEntry[]): ProviderCall[] =>
  journal.map(({ method, path, headers, body, response }) => {
    if (!isChatCompletionBody(body)) throw new Error(`${method} ${path} is not a chat completion`)
    if (response.fixture === null) throw new Error(`no fixture answers ${body.model}: ${JSON.stringify(body.messages).slice(0, 300)}`)
    return { model: body.model, idempotencyKey: headers['idempotency-key'] ?? '', body }
  })
