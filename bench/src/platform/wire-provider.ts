import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { monotonicMs } from '../clock.ts'

export interface WireProvider {
  url: string
  /** When each request arrived, of contenders' models alone. */
  arrivals: number[]
  latencyMs: number
  /** Resolves with the moment of the next contender's request. */
  next(): Promise<number>
  stop(): Promise<void>
}

/** `judge-25` scores 25 answers alike; any other model is a contender. */
function reply(model: string): string {
  const judged = /^judge-(\d+)$/.exec(model)?.[1]
  if (!judged) return 'An answer.'
  const scores = Array.from({ length: Number(judged) }, (_, nth) => ({ label: nth + 1, score: 5 }))
  return JSON.stringify({ reasoning: 'They are alike.', scores, verdict: 'tie' })
}

/** A minimal HTTP server that speaks the OpenAI wire: it answers after a chosen time, and knows when each request came. Judges are answered at once. */
export async function startProvider(): Promise<WireProvider> {
  const arrivals: number[] = []
  const waiting: ((at: number) => void)[] = []
  const server = createServer(async (request, response) => {
    const at = monotonicMs()
    let body = ''
    for await (const chunk of request) body += chunk
    const { model, stream } = JSON.parse(body) as { model: string; stream?: boolean }
    const isJudge = model.startsWith('judge-')
    if (!isJudge) {
      arrivals.push(at)
      for (const resolve of waiting.splice(0)) resolve(at)
      if (provider.latencyMs > 0) await delay(provider.latencyMs)
    }
    const message = { role: 'assistant', content: reply(model) }
    const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
    if (stream) {
      const chunk = { id: 'x', object: 'chat.completion.chunk', created: 1, model }
      const events = [
        { ...chunk, choices: [{ index: 0, finish_reason: 'stop', delta: message }] },
        { ...chunk, choices: [], usage },
      ]
      response.setHeader('content-type', 'text/event-stream')
      response.end(`${events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')}data: [DONE]\n\n`)
      return
    }
    response.setHeader('content-type', 'application/json')
    response.end(
      JSON.stringify({
        id: 'x',
        object: 'chat.completion',
        created: 1,
        model,
        choices: [{ index: 0, finish_reason: 'stop', message }],
        usage,
      }),
    )
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const provider: WireProvider = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    arrivals,
    latencyMs: 0,
    next: () => new Promise((resolve) => waiting.push(resolve)),
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
  return provider
}
