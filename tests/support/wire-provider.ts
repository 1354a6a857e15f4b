import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface WireCall {
  model: string
  at: number
  idempotencyKey: string | undefined
  /** The key it was called with. */
  key: string | undefined
  /** Resolves when the caller's connection is gone. */
  closed: Promise<void>
}

type Behaviour = (answer: {
  text: (content: string) => void
  response: ServerResponse
  request: IncomingMessage
  nth: number
  /** The text of the last message. */
  prompt: string
}) => void

/**
 * An OpenAI-compatible server of which every byte can be chosen, for the faults a mock of answers cannot make: hanging, breaking
 * off, answering with garbage, answering when told to.
 */
export async function startWireProvider(behaviours: Record<string, Behaviour>) {
  const calls: WireCall[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (data) => {
      body += data
    })
    request.on('end', () => {
      const { model, stream, messages } = JSON.parse(body) as { model: string; stream?: boolean; messages?: { content: unknown }[] }
      const closed = Promise.withResolvers<void>()
      response.on('close', () => closed.resolve())
      calls.push({
        model,
        at: performance.now(),
        idempotencyKey: request.headers['idempotency-key'] as string | undefined,
        key: request.headers.authorization?.replace(/^Bearer /, ''),
        closed: closed.promise,
      })
      const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
      const text = (content: string) => {
        const kind = { id: 'x', created: 1, model, object: stream ? 'chat.completion.chunk' : 'chat.completion' }
        if (!stream) {
          const choice = { index: 0, finish_reason: 'stop', message: { role: 'assistant', content } }
          return response.setHeader('content-type', 'application/json').end(JSON.stringify({ ...kind, choices: [choice], usage }))
        }
        const events = [
          { ...kind, choices: [{ index: 0, finish_reason: null, delta: { role: 'assistant', content } }] },
          { ...kind, choices: [{ index: 0, finish_reason: 'stop', delta: {} }] },
          { ...kind, choices: [], usage },
        ]
        response.setHeader('content-type', 'text/event-stream')
        return response.end(`${events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')}data: [DONE]\n\n`)
      }
      behaviours[model]!({
        text,
        response,
        request,
        nth: calls.filter((call) => call.model === model).length,
        prompt: String(messages?.at(-1)?.content ?? ''),
      })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    calls,
    of: (model: string) => calls.filter((call) => call.model === model),
    stop: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
