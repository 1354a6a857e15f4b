import type { CallOptions, Provider, Result, StepError, TextCheckpoint, TextOutcome, TextRequest, TextStream } from '@agon/runner-core'
import { HttpResponse, http } from 'msw'
import { type SetupServer, setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { anthropicProvider } from '../anthropic-provider.ts'
import type { ConfiguredProvider } from '../configuration.ts'
import { openaiProvider } from '../openai-provider.ts'

/** One way to speak to a provider, as a scenario sees it. */
export interface TestWire {
  wire: ConfiguredProvider['wire']
  /** Where its SDK posts. */
  url: string
  provider(overrides?: Partial<ConfiguredProvider>): Provider
  /** A complete answer as this wire has it. */
  answer(text: string, finish?: 'stop' | 'length'): Record<string, unknown>
  /** An error body as this wire has it. */
  error(message: string, type?: string): Record<string, unknown>
}

const settings = (
  wire: ConfiguredProvider['wire'],
  baseUrl: string,
  overrides: Partial<ConfiguredProvider> | undefined,
): ConfiguredProvider => ({
  id: wire,
  wire,
  jsonSchema: true,
  baseUrl,
  keyVariable: `${wire.toUpperCase()}_API_KEY`,
  apiKey: 'test-key-0123456789',
  timeoutMs: 10_000,
  ...overrides,
})

export const openaiWire: TestWire = {
  wire: 'openai',
  url: 'https://openai.test/v1/chat/completions',
  provider: (overrides) => openaiProvider(settings('openai', 'https://openai.test/v1', overrides)),
  answer: (text, finish = 'stop') => ({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    model: 'answering-model',
    choices: [{ index: 0, finish_reason: finish, message: { role: 'assistant', content: text, refusal: null } }],
    usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 },
  }),
  error: (message, type = 'invalid_request_error') => ({ error: { message, type, param: null, code: null } }),
}

export const anthropicWire: TestWire = {
  wire: 'anthropic',
  url: 'https://anthropic.test/v1/messages',
  provider: (overrides) => anthropicProvider(settings('anthropic', 'https://anthropic.test', overrides)),
  answer: (text, finish = 'stop') => ({
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'answering-model',
    content: [{ type: 'text', text }],
    stop_reason: finish === 'stop' ? 'end_turn' : 'max_tokens',
    usage: { input_tokens: 11, output_tokens: 7 },
  }),
  error: (message, type = 'invalid_request_error') => ({ type: 'error', error: { type, message } }),
}

export const request = (overrides: Partial<TextRequest> = {}): TextRequest => ({
  wireModel: 'asked-model',
  prompt: 'Write a haiku.',
  maxTokens: 64,
  ...overrides,
})

export const call = (overrides: Partial<CallOptions> = {}): CallOptions => ({
  signal: new AbortController().signal,
  timeoutMs: 5_000,
  idempotencyKey: 'job-7',
  ...overrides,
})

/** Stands in the provider's place for one test file. A request that no scenario expects is an error. */
export function providerBorder(): SetupServer {
  const server = setupServer()
  beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
  afterEach(() => server.resetHandlers())
  afterAll(() => server.close())
  return server
}

export interface Received {
  headers: Headers
  body: Record<string, unknown>
}

/** Answers every request of a wire with this JSON, and keeps what was received. */
export function answering(server: SetupServer, { url }: TestWire, body: Record<string, unknown>, init: ResponseInit = {}): Received[] {
  const received: Received[] = []
  server.use(
    http.post(url, async ({ request: sent }) => {
      received.push({ headers: sent.headers, body: (await sent.json()) as Record<string, unknown> })
      return HttpResponse.json(body, init)
    }),
  )
  return received
}

/** Answers every request of a wire with these server-sent events, and keeps what was received. An event with a type is named by it. */
export function streaming(server: SetupServer, { url }: TestWire, events: unknown[]): Received[] {
  const received: Received[] = []
  const named = (event: unknown) => (event as { type?: string } | null)?.type
  const body = events.map((event) => `${named(event) ? `event: ${named(event)}\n` : ''}data: ${JSON.stringify(event)}\n\n`).join('')
  server.use(
    http.post(url, async ({ request: sent }) => {
      received.push({ headers: sent.headers, body: (await sent.json()) as Record<string, unknown> })
      return new HttpResponse(body, { headers: { 'content-type': 'text/event-stream' } })
    }),
  )
  return received
}

/** Streams one answer, and keeps what was shown of it. */
export async function streamed(
  provider: Provider,
  asked: TextRequest & { resume?: TextCheckpoint } = request(),
  options: Partial<TextStream> = {},
): Promise<{ outcome: Result<TextOutcome, StepError>; shown: TextCheckpoint[] }> {
  const shown: TextCheckpoint[] = []
  const pause = new AbortController().signal
  const outcome = await provider.streamText!(asked, { ...call(), pause, onText: (checkpoint) => shown.push(checkpoint), ...options })
  return { outcome, shown }
}
