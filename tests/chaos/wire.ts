import { createHash } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { createDice } from './dice.ts'
import { formless, openStudio } from './studio.ts'

export { callbackSecret } from './studio.ts'

/** What a provider can do to a call, besides answering it. Each as likely as the others. */
export const wireFaults = ['429', '500', 'hang', 'malformed', 'cut'] as const
export type WireFault = (typeof wireFaults)[number]

export interface WireCall {
  key: string
  /** GET asks how a task is, and costs nothing. */
  method: string
  model: string
  fault: WireFault | undefined
}

interface AskedFor {
  model: string
  stream?: boolean
  messages: { role: string; content: unknown }[]
}

const chunksOf = (text: string) => text.match(/[\s\S]{1,12}/g) ?? ['']

/**
 * Providers of text on both wires, whole and streamed, of whom one call in five fails. What happens to a call is drawn from the seed,
 * its idempotency key and how often it was made: the same seed, the same trouble. Answers carry a merit, and a judge
 * prefers the higher one in whatever order they are shown.
 */
export async function startWires({ seed, faultRate }: { seed: string; faultRate: number }) {
  const calls: WireCall[] = []
  const studio = openStudio()
  const times = new Map<string, number>()
  let faulty = true
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { method = 'GET', url: path = '/' } = request
    const isMedia = /^\/v1\/(images|videos)/.test(path)
    const asked = isMedia ? { model: path, messages: [] } : (JSON.parse(body) as AskedFor)
    const said = isMedia ? `${method} ${path} ${formless(body)}` : body
    const key = (request.headers['idempotency-key'] as string | undefined) ?? createHash('sha256').update(said).digest('hex')
    const nth = (times.get(key) ?? 0) + 1
    times.set(key, nth)
    const dice = createDice(`${seed} ${key} ${nth}`)
    const fault = dice.chance(faultRate) && faulty ? dice.pick(wireFaults) : undefined
    calls.push({ key, method, model: asked.model, fault })
    const lag = asked.model.includes('slow') ? dice.between(300, 900) : dice.between(10, 150)
    await delay(lag)
    const wire = request.url?.endsWith('/messages') ? anthropic : openai
    if (fault === 'hang') return
    if (fault === '429') return void response.writeHead(429, { 'retry-after-ms': '300' }).end('{"error":{"message":"slow down"}}')
    if (fault === '500') return void response.writeHead(500).end('{"error":{"message":"boom"}}')
    if (isMedia) return studio.serve(response, { method, path, body, key, broken: fault })
    const text = isJudge(asked)
      ? judgement(asked)
      : `merit-${createDice(`${key} merit`).between(100, 999)}, and that is my answer.${closing(asked, key)}`
    if (asked.stream) return wire.stream(response, asked.model, text, fault)
    const answer = JSON.stringify(wire.whole(asked.model, text))
    response.setHeader('content-type', 'application/json')
    if (fault === 'malformed') return void response.end(answer.slice(0, 25))
    if (fault !== 'cut') return void response.end(answer)
    response.writeHead(200, { 'content-length': String(answer.length) }).write(answer.slice(0, answer.length / 2))
    setTimeout(() => response.destroy(), 20)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    calls,
    /** Where it says that a film is done, now and then. */
    callBack: studio.callBack,
    /** From now on every call is answered. */
    recover: () => {
      faulty = false
    },
    stop: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

/** By what it is shown: a judge is asked about answers, between fences. */
const isJudge = ({ messages }: AskedFor) => JSON.stringify(messages.at(-1)).includes('<<<ANSWER')

/** A member of a team that is told how to end it says so now and then, and in agreement more often than not. */
function closing({ messages }: AskedFor, key: string): string {
  const phrase = /end with a line that says (\w+) and nothing else/.exec(JSON.stringify(messages.at(-1)?.content))?.[1]
  return phrase && createDice(`${key} closing`).chance(phrase === 'AGREED' ? 0.7 : 0.2) ? `\n${phrase}` : ''
}

function judgement({ messages }: AskedFor): string {
  const shown = JSON.stringify(messages.at(-1)?.content)
  const merits = [...shown.matchAll(/<<<ANSWER (\d+) /g)].map((answer) => meritOf(messages.at(-1)?.content, shown, Number(answer[1])))
  const best = merits.indexOf(Math.max(...merits))
  return JSON.stringify({
    reasoning: 'The one of more merit.',
    scores: merits.map((merit, nth) => ({ label: nth + 1, score: Math.floor(merit / 100) })),
    verdict: merits.filter((merit) => merit === merits[best]).length > 1 ? 'tie' : String(best + 1),
  })
}

/** What an answer says of its merit; a picture's, or a film's, is drawn from where it is kept. */
function meritOf(content: unknown, shown: string, label: number): number {
  const said = new RegExp(`<<<ANSWER ${label} [\\s\\S]*?<<<END ANSWER ${label} `).exec(shown)?.[0]
  const written = said && /merit-(\d{3})/.exec(said)?.[1]
  if (written) return Number(written)
  const parts = Array.isArray(content) ? (content as { text?: string; image_url?: { url: string } }[]) : []
  const first = parts.find((_, nth) => new RegExp(`^Answer ${label}\\b`).test(parts[nth - 1]?.text ?? ''))
  return first?.image_url ? createDice(first.image_url.url).between(100, 999) : 100
}

async function sendEvents(response: ServerResponse, events: string[], fault: WireFault | undefined): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const [nth, event] of events.entries()) {
    if (response.destroyed) return
    if (fault !== undefined && nth >= events.length / 2) {
      if (fault === 'malformed') response.end('data: {"choices": [\n\n')
      else response.destroy()
      return
    }
    response.write(event)
    await delay(5)
  }
  response.end()
}

const openai = {
  whole: (model: string, content: string) => ({
    id: 'x',
    object: 'chat.completion',
    created: 1,
    model,
    choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content } }],
    usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 },
  }),
  stream: (response: ServerResponse, model: string, text: string, fault: WireFault | undefined) => {
    const frame = (choices: object[], more: object = {}) =>
      `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', created: 1, model, choices, ...more })}\n\n`
    const events = [
      ...chunksOf(text).map((content) => frame([{ index: 0, delta: { content }, finish_reason: null }])),
      frame([{ index: 0, delta: {}, finish_reason: 'stop' }]),
      frame([], { usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 } }),
      'data: [DONE]\n\n',
    ]
    return sendEvents(response, events, fault)
  },
}

const anthropic = {
  whole: (model: string, text: string) => ({
    id: 'x',
    type: 'message',
    role: 'assistant',
    model,
    content: [{ type: 'text', text }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 5, output_tokens: 7 },
  }),
  stream: (response: ServerResponse, model: string, text: string, fault: WireFault | undefined) => {
    const frame = (type: string, more: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`
    const events = [
      frame('message_start', { message: { ...anthropic.whole(model, ''), content: [], stop_reason: null } }),
      frame('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
      ...chunksOf(text).map((part) => frame('content_block_delta', { index: 0, delta: { type: 'text_delta', text: part } })),
      frame('content_block_stop', { index: 0 }),
      frame('message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 7 } }),
      frame('message_stop', {}),
    ]
    return sendEvents(response, events, fault)
  },
}

export type Wires = Awaited<ReturnType<typeof startWires>>
