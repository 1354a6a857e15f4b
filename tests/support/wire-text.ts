import { events, json, sleep, startWireServer, type WireRequest } from './wire-server.ts'

export interface TextOptions {
  /** The whole answer, which every continuation is a part of. */
  answer: string
  deltaCharacters?: number
  deltaMs?: number | (() => number)
  /** What a continuation says first: the end it was asked to repeat (default), nothing of it, or more of it than asked. */
  repeats?: 'anchor' | 'nothing' | 'more'
  /** Ends the connection of a stream after so many deltas, when it returns a number. */
  cutAfter?: (nthStream: number) => number | undefined
  /** Sends this error in the middle of a stream after so many deltas, when it returns one. */
  failAfter?: (nthStream: number) => { deltas: number; error: Record<string, unknown> } | undefined
  headers?: Record<string, string>
  /** Answers browsers, as the providers do: to any origin, with any header. */
  cors?: true
}

interface Message {
  role: string
  content: string
}

export interface TextCall {
  /** The key it was paid with, as either wire sends one. */
  key: string | undefined
  wire: 'openai' | 'anthropic'
  messages: Message[]
  maxTokens: number
  idempotencyKey: string | undefined
  /** Where in the answer its continuation began. */
  from: number
  /** How many deltas were sent. */
  deltas: number
  /** Resolves when the caller's connection is gone. */
  closed: Promise<void>
}

/**
 * A model that knows one long answer, on both wires, and streams it: chat completions at `${url}/v1`, messages at `url`. Asked to go on,
 * it goes on where the conversation stopped; max_tokens are counted as four characters each.
 */
export async function startWireText(options: TextOptions) {
  const calls: TextCall[] = []
  const { answer, deltaCharacters = 8, deltaMs = 0, repeats = 'anchor' } = options

  /** Where the conversation stopped, and what is said of it once more. */
  const placeIn = (messages: Message[]): { from: number; begin: number } => {
    const said = messages.findLast((message) => message.role === 'assistant')?.content ?? ''
    if (said === '') return { from: 0, begin: 0 }
    if (!answer.startsWith(said)) throw new Error(`the conversation says what the model never said: ${JSON.stringify(said.slice(-80))}`)
    const anchor = /-----\n([\s\S]*)\n-----/.exec(messages.at(-1)!.content)?.[1] ?? ''
    const begin = said.lastIndexOf(anchor)
    return { from: said.length, begin: { anchor: begin, nothing: said.length, more: Math.max(0, begin - 60) }[repeats] }
  }

  const server = await startWireServer(async (request: WireRequest, response) => {
    if (options.cors) {
      response.setHeader('access-control-allow-origin', '*')
      response.setHeader('access-control-expose-headers', '*')
      if (request.method === 'OPTIONS')
        return response
          .writeHead(204, {
            'access-control-allow-headers': request.headers['access-control-request-headers'] ?? '*',
            'access-control-allow-methods': 'POST',
          })
          .end()
    }
    const isChat = request.path.endsWith('/chat/completions')
    const body = request.json() as {
      messages: Message[]
      model: string
      stream?: boolean
      max_tokens?: number
      max_completion_tokens?: number
    }
    const maxTokens = body.max_tokens ?? body.max_completion_tokens ?? 0
    const closed = Promise.withResolvers<void>()
    let left = false
    response.on('close', () => {
      left = true
      closed.resolve()
    })
    const { from, begin } = placeIn(body.messages)
    const idempotencyKey = request.headers['idempotency-key'] as string | undefined
    const call: TextCall = {
      key: request.headers.authorization?.replace('Bearer ', '') ?? (request.headers['x-api-key'] as string | undefined),
      deltas: 0,
      wire: isChat ? 'openai' : 'anthropic',
      messages: body.messages,
      maxTokens,
      idempotencyKey,
      from,
      closed: closed.promise,
    }
    calls.push(call)
    const nthStream = calls.length
    const text = answer.slice(begin, begin + maxTokens * 4)
    const stopsShort = begin + text.length < answer.length
    const tokens = Math.ceil(text.length / 4)
    if (!body.stream) {
      const choice = { index: 0, finish_reason: stopsShort ? 'length' : 'stop', message: { role: 'assistant', content: text } }
      return json(response, 200, { model: body.model, choices: [choice], usage: { prompt_tokens: 5, completion_tokens: tokens } })
    }

    events(response, options.headers)
    response.flushHeaders()
    const send = (data: Record<string, unknown>) =>
      response.write(isChat ? `data: ${JSON.stringify(data)}\n\n` : `event: ${data.type as string}\ndata: ${JSON.stringify(data)}\n\n`)
    if (!isChat) send({ type: 'message_start', message: { model: body.model, usage: { input_tokens: 5, output_tokens: 1 } } })
    const most = options.cutAfter?.(nthStream) ?? Number.POSITIVE_INFINITY
    const failure = options.failAfter?.(nthStream)
    for (let at = 0, nth = 0; at < text.length && !left; at += deltaCharacters, nth += 1) {
      if (nth >= most) {
        // What was sent is to arrive first: a reset takes with it what the receiver has not read.
        await sleep(20)
        return response.destroy()
      }
      if (failure && nth >= failure.deltas) {
        send(isChat ? { error: failure.error } : { type: 'error', error: failure.error })
        return response.end()
      }
      const delta = text.slice(at, at + deltaCharacters)
      if (isChat) send({ model: body.model, choices: [{ index: 0, delta: { content: delta }, finish_reason: null }] })
      else send({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: delta } })
      call.deltas += 1
      const pauseMs = typeof deltaMs === 'function' ? deltaMs() : deltaMs
      if (pauseMs) await sleep(pauseMs)
    }
    if (isChat) {
      send({ model: body.model, choices: [{ index: 0, delta: {}, finish_reason: stopsShort ? 'length' : 'stop' }] })
      send({ model: body.model, choices: [], usage: { prompt_tokens: 5, completion_tokens: tokens } })
      response.write('data: [DONE]\n\n')
    } else {
      send({ type: 'message_delta', delta: { stop_reason: stopsShort ? 'max_tokens' : 'end_turn' }, usage: { output_tokens: tokens } })
      send({ type: 'message_stop' })
    }
    response.end()
  })
  return { url: server.url, calls, stop: server.stop }
}
