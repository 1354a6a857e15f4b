import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { samples } from './media-samples.ts'
import { events, json, sleep, startWireServer } from './wire-server.ts'

/** What OpenAI keeps of an answer it writes in the background. */
export interface KeptResponse {
  id: string
  model: string
  /** The request's body. */
  asked: Record<string, unknown>
  authorization: string | undefined
  idempotencyKey: string | undefined
  status: 'in_progress' | 'completed' | 'incomplete' | 'failed' | 'cancelled'
  startedAt: number
  /** Every event so far; the index is its sequence number. */
  log: Record<string, unknown>[]
  text: string
  /** How often it was retrieved without a stream. */
  polls: number
}

export interface KeptVideo {
  id: string
  model: string
  prompt: string
  status: 'queued' | 'in_progress' | 'completed' | 'failed'
  doneAt: number
  polls: number
}

export interface OpenaiOptions {
  /** What a response says, from its request. Default: `waves`. */
  answer?: (asked: Record<string, unknown>) => string
  /** Characters of a delta, and milliseconds between two. Default 8 and 0. */
  deltaCharacters?: number
  deltaMs?: number
  /** Milliseconds before a stream is answered. */
  streamDelayMs?: number
  /** How a response ends. Default: completed. */
  ending?: (asked: Record<string, unknown>) => 'completed' | 'incomplete' | { code: string; message: string }
  /** Cuts the connection of a stream after so many of its events, when it returns a number. The answer is written on. */
  cutAfter?: (nthStream: number) => number | undefined
  /** How long a video takes, in milliseconds, or `never` until `finishVideo`. Default 0. */
  videoTakesMs?: number | 'never'
  videoFails?: { code: string; message: string }
  /** Answers in the place of the API, when it returns a status. */
  interfere?: (request: {
    method: string
    path: string
    nth: number
  }) => { status: number; body?: unknown; headers?: Record<string, string> } | undefined
  /** Headers of every answer: rate limits. */
  headers?: Record<string, string>
}

const usage = { input_tokens: 11, output_tokens: 7, total_tokens: 18 }

/** Images, speech, videos and background responses as OpenAI has them, on one port. `url` is what OPENAI_BASE_URL takes. */
export async function startWireOpenai(options: OpenaiOptions = {}) {
  const responses: KeptResponse[] = []
  const videos: KeptVideo[] = []
  const calls: { method: string; path: string; authorization: string | undefined; idempotencyKey: string | undefined; body: string }[] = []
  const listeners = new Map<string, Set<() => void>>()
  let streams = 0
  let nth = 0
  let stopped = false

  const shape = (kept: KeptResponse) => ({
    id: kept.id,
    object: 'response',
    model: kept.model,
    status: kept.status,
    background: true,
    max_output_tokens: kept.asked.max_output_tokens ?? null,
    output: kept.text ? [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: kept.text, annotations: [] }] }] : [],
    incomplete_details: kept.status === 'incomplete' ? { reason: 'max_output_tokens' } : null,
    error: kept.status === 'failed' ? (options.ending?.(kept.asked) as object) : null,
    usage: kept.status === 'in_progress' ? null : usage,
  })

  const record = (kept: KeptResponse, event: Record<string, unknown>) => {
    kept.log.push({ ...event, sequence_number: kept.log.length })
    for (const wake of listeners.get(kept.id) ?? []) wake()
  }

  async function write(kept: KeptResponse): Promise<void> {
    record(kept, { type: 'response.created', response: shape(kept) })
    record(kept, { type: 'response.in_progress', response: shape(kept) })
    const text = options.answer?.(kept.asked) ?? 'waves'
    const characters = options.deltaCharacters ?? 8
    for (let at = 0; at < text.length && kept.status === 'in_progress' && !stopped; at += characters) {
      const delta = text.slice(at, at + characters)
      kept.text += delta
      record(kept, { type: 'response.output_text.delta', item_id: 'msg_1', output_index: 0, content_index: 0, delta })
      if (options.deltaMs) await sleep(options.deltaMs)
    }
    if (kept.status !== 'in_progress') return
    const ending = options.ending?.(kept.asked) ?? 'completed'
    kept.status = typeof ending === 'string' ? ending : 'failed'
    record(kept, { type: `response.${kept.status}`, response: shape(kept) })
  }

  /** Sends the log of an answer from a place on, as it grows, until the answer ends or the caller leaves. */
  async function stream(kept: KeptResponse, from: number, response: ServerResponse): Promise<void> {
    streams += 1
    const most = options.cutAfter?.(streams) ?? Number.POSITIVE_INFINITY
    if (options.streamDelayMs) await sleep(options.streamDelayMs)
    events(response, options.headers)
    response.flushHeaders()
    let sent = 0
    let left = false
    let wake = () => {}
    response.on('close', () => {
      left = true
      wake()
    })
    for (let next = from; !left; ) {
      const event = kept.log[next]
      if (event) {
        if (sent >= most) {
          // What was sent is to arrive first: a reset takes with it what the receiver has not read.
          await sleep(20)
          return void response.destroy()
        }
        response.write(`event: ${event.type as string}\ndata: ${JSON.stringify(event)}\n\n`)
        sent += 1
        next += 1
      } else if (kept.status !== 'in_progress') break
      else {
        const woken = Promise.withResolvers<void>()
        wake = woken.resolve
        const waiting = listeners.get(kept.id) ?? new Set()
        listeners.set(kept.id, waiting.add(wake))
        await woken.promise
        waiting.delete(wake)
      }
    }
    response.end()
  }

  const missing = (response: ServerResponse, what: string) =>
    json(response, 404, { error: { message: `${what} not found`, type: 'invalid_request_error', code: null } }, options.headers)

  const server = await startWireServer(async (incoming, response) => {
    const { method, path, query } = incoming
    nth += 1
    const authorization = incoming.headers.authorization
    const idempotencyKey = incoming.headers['idempotency-key'] as string | undefined
    calls.push({ method, path, authorization, idempotencyKey, body: incoming.body.toString() })
    const instead = options.interfere?.({ method, path, nth })
    if (instead) return json(response, instead.status, instead.body ?? { error: { message: 'no' } }, instead.headers)

    if (path === '/v1/images/generations') {
      const { response_format } = incoming.json()
      const data =
        response_format === 'url' ? { url: `${server.url}/files/image.png` } : { b64_json: samples.image.bytes.toString('base64') }
      return json(response, 200, { created: 1, data: [data], usage }, options.headers)
    }
    if (path === '/v1/audio/speech') {
      return response.writeHead(200, { 'content-type': samples.audio.mimeType, ...options.headers }).end(samples.audio.bytes)
    }
    if (path === '/files/image.png') return response.writeHead(200, { 'content-type': samples.image.mimeType }).end(samples.image.bytes)

    if (path === '/v1/videos' && method === 'POST') {
      const type = incoming.headers['content-type'] ?? ''
      const asked = type.startsWith('multipart/')
        ? Object.fromEntries(await new Response(new Uint8Array(incoming.body), { headers: { 'content-type': type } }).formData())
        : incoming.json()
      const takes = options.videoTakesMs ?? 0
      const doneAt = takes === 'never' ? Number.POSITIVE_INFINITY : Date.now() + takes
      const { model, prompt } = asked as { model: string; prompt: string }
      const video: KeptVideo = { id: `video_${randomUUID()}`, model, prompt, status: 'queued', doneAt, polls: 0 }
      videos.push(video)
      return json(response, 200, { ...video, object: 'video', progress: 0, error: null }, options.headers)
    }
    const videoPath = /^\/v1\/videos\/([^/]+)(\/content)?$/.exec(path)
    if (videoPath) {
      const video = videos.find(({ id }) => id === videoPath[1])
      if (!video) return missing(response, `Video ${videoPath[1]}`)
      if (method === 'DELETE') {
        videos.splice(videos.indexOf(video), 1)
        return json(response, 200, { id: video.id, deleted: true, object: 'video.deleted' }, options.headers)
      }
      if (videoPath[2]) return response.writeHead(200, { 'content-type': samples.video.mimeType }).end(samples.video.bytes)
      video.polls += 1
      const over = Date.now() >= video.doneAt
      video.status = over ? (options.videoFails ? 'failed' : 'completed') : 'in_progress'
      const error = video.status === 'failed' ? options.videoFails : null
      return json(response, 200, { ...video, object: 'video', progress: over ? 100 : 40, error }, options.headers)
    }

    if (path === '/v1/responses' && method === 'POST') {
      const asked = incoming.json()
      const kept: KeptResponse = {
        id: `resp_${randomUUID()}`,
        model: String(asked.model),
        asked,
        authorization,
        idempotencyKey,
        status: 'in_progress',
        startedAt: Date.now(),
        log: [],
        text: '',
        polls: 0,
      }
      responses.push(kept)
      const writing = write(kept)
      if (asked.stream) return stream(kept, 0, response)
      if (!asked.background) await writing
      return json(response, 200, shape(kept), options.headers)
    }
    const responsePath = /^\/v1\/responses\/([^/]+)(\/cancel)?$/.exec(path)
    if (responsePath) {
      const kept = responses.find(({ id }) => id === responsePath[1])
      if (!kept) return missing(response, `Response with id '${responsePath[1]}'`)
      if (responsePath[2]) {
        if (kept.status === 'in_progress') kept.status = 'cancelled'
        return json(response, 200, shape(kept), options.headers)
      }
      if (query.get('stream') === 'true') return stream(kept, Number(query.get('starting_after') ?? -1) + 1, response)
      kept.polls += 1
      return json(response, 200, shape(kept), options.headers)
    }
    return missing(response, path)
  })

  return {
    url: `${server.url}/v1`,
    calls,
    responses,
    videos,
    /** Makes OpenAI forget an answer, as it does after a while. */
    forget: (id: string) =>
      responses.splice(
        responses.findIndex((kept) => kept.id === id),
        1,
      ),
    finishVideo(id: string) {
      videos.find((video) => video.id === id)!.doneAt = 0
    },
    /** Posts an event as OpenAI's webhooks do. `sign`: the headers of the body. Returns the receiver's status. */
    async postWebhook(
      url: string,
      event: { type: string; id: string },
      sign: (body: string) => Record<string, string> | Promise<Record<string, string>>,
    ): Promise<number> {
      const body = JSON.stringify({
        id: `evt_${randomUUID()}`,
        object: 'event',
        created_at: Math.floor(Date.now() / 1000),
        type: event.type,
        data: { id: event.id },
      })
      const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...(await sign(body)) }, body })
      return response.status
    },
    async stop() {
      stopped = true
      await server.stop()
    },
  }
}
