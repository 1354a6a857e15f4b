import { randomUUID } from 'node:crypto'
import { samples } from './media-samples.ts'
import { json, startWireServer } from './wire-server.ts'

/** One request in fal's queue. */
export interface FalRequest {
  requestId: string
  /** As it was submitted to: `fal-ai/veo3.1/fast`. */
  endpoint: string
  input: Record<string, unknown>
  webhookUrl: string | null
  /** As it came: `Key …`. */
  authorization: string | undefined
  idempotencyKey: string | undefined
  status: 'IN_QUEUE' | 'IN_PROGRESS' | 'COMPLETED' | 'CANCELLED'
  /** How often its status was asked for. */
  polls: number
  doneAt: number
  outcome: FalOutcome
}

/** `done`, or the refusal its result is answered with. */
export type FalOutcome = 'done' | { status: number; body: unknown; headers?: Record<string, string> }

export interface FalOptions {
  /** How long a request takes, in milliseconds, or `never` until `finish` is called. Default 0: done at the first look. */
  takesMs?: number | 'never' | ((endpoint: string, input: Record<string, unknown>) => number | 'never')
  /** What becomes of a request. Default: it is done. */
  outcome?: (endpoint: string, input: Record<string, unknown>) => FalOutcome
  /** How long a result's URL can be fetched, in milliseconds. Default: for ever. */
  urlLivesMs?: number
  /** Headers of a webhook, from its body: where a test signs. */
  sign?: (body: Uint8Array, requestId: string) => Record<string, string> | Promise<Record<string, string>>
  /** Answers a request of any kind in place of the queue, when it returns a status. */
  interfere?: (request: {
    method: string
    path: string
    nth: number
  }) => { status: number; body?: unknown; headers?: Record<string, string> } | undefined
  /** What makes an endpoint's output: by default its name tells. */
  kindOf?: (endpoint: string) => 'image' | 'audio' | 'video'
  /** What was made; by default the smallest file of its kind. */
  made?: (endpoint: string) => Uint8Array | undefined
}

const usualKind = (endpoint: string): 'image' | 'audio' | 'video' => {
  if (/video|veo|sora|hailuo/.test(endpoint)) return 'video'
  return /tts|speech|kokoro|music|lyria|audio/.test(endpoint) ? 'audio' : 'image'
}

/** fal's queue, and the files it made, on one port. `url` is what FAL_BASE_URL takes. */
export async function startWireFal(options: FalOptions = {}) {
  const requests: FalRequest[] = []
  const webhooks: { requestId: string; status: number }[] = []
  const files = new Map<string, { kind: keyof typeof samples; madeAt: number; bytes: Uint8Array }>()
  const timers = new Set<NodeJS.Timeout>()
  let nth = 0

  const byId = (id: string) => requests.find((request) => request.requestId === id)
  const kindOf = options.kindOf ?? usualKind

  const resultOf = (request: FalRequest) => {
    const kind = kindOf(request.endpoint)
    const path = `/files/${request.requestId}.${{ image: 'png', audio: 'mp3', video: 'mp4' }[kind]}`
    if (!files.has(path)) files.set(path, { kind, madeAt: Date.now(), bytes: options.made?.(request.endpoint) ?? samples[kind].bytes })
    const file = { url: `${server.url}${path}`, content_type: samples[kind].mimeType, file_name: path.split('/').at(-1) }
    return kind === 'image' ? { images: [file], seed: 1 } : { [kind]: file }
  }

  /** Brings a request to the state its time has come for. */
  const settle = (request: FalRequest) => {
    if (request.status === 'CANCELLED' || request.status === 'COMPLETED') return
    request.status = Date.now() >= request.doneAt ? 'COMPLETED' : 'IN_PROGRESS'
  }

  /** Posts the webhook of a request, as often as a test likes. Returns the receiver's status. */
  async function postWebhook(
    requestId: string,
    overrides: { url?: string; body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<number> {
    const request = byId(requestId)!
    const done = request.outcome === 'done'
    const body = overrides.body ?? {
      request_id: requestId,
      gateway_request_id: requestId,
      status: done ? 'OK' : 'ERROR',
      error: done ? null : 'the model refused',
      payload: request.outcome === 'done' ? resultOf(request) : request.outcome.body,
    }
    const text = Buffer.from(JSON.stringify(body))
    const headers = overrides.headers ?? (await options.sign?.(text, requestId)) ?? {}
    const response = await fetch(overrides.url ?? request.webhookUrl!, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-fal-webhook-request-id': requestId, ...headers },
      body: text,
    })
    webhooks.push({ requestId, status: response.status })
    return response.status
  }

  /** Completes a request now, and tells its webhook where it has one. */
  async function finish(requestId: string, outcome?: FalOutcome): Promise<void> {
    const request = byId(requestId)!
    if (outcome) request.outcome = outcome
    request.doneAt = 0
    settle(request)
    if (request.webhookUrl && request.status === 'COMPLETED') await postWebhook(requestId).catch(() => {})
  }

  const server = await startWireServer((incoming, response) => {
    const { method, path } = incoming
    const file = files.get(path)
    if (file) {
      const gone = options.urlLivesMs !== undefined && Date.now() - file.madeAt > options.urlLivesMs
      if (gone) return json(response, 403, { detail: 'The URL has expired' })
      const { mimeType } = samples[file.kind]
      const { bytes } = file
      return response.writeHead(200, { 'content-type': mimeType, 'content-length': bytes.length }).end(bytes)
    }
    nth += 1
    const instead = options.interfere?.({ method, path, nth })
    if (instead) return json(response, instead.status, instead.body ?? { detail: 'no' }, instead.headers)

    const kept = /^\/(.+)\/requests\/([^/]+)(\/status|\/cancel)?$/.exec(path)
    if (!kept) {
      if (method !== 'POST') return json(response, 404, { detail: 'Not found' })
      const endpoint = path.slice(1)
      const input = incoming.json()
      const takes = typeof options.takesMs === 'function' ? options.takesMs(endpoint, input) : (options.takesMs ?? 0)
      const request: FalRequest = {
        requestId: randomUUID(),
        endpoint,
        input,
        webhookUrl: incoming.query.get('fal_webhook'),
        authorization: incoming.headers.authorization,
        idempotencyKey: incoming.headers['idempotency-key'] as string | undefined,
        status: 'IN_QUEUE',
        polls: 0,
        doneAt: takes === 'never' ? Number.POSITIVE_INFINITY : Date.now() + takes,
        outcome: options.outcome?.(endpoint, input) ?? 'done',
      }
      requests.push(request)
      if (request.webhookUrl && takes !== 'never') {
        const timer = setTimeout(() => {
          timers.delete(timer)
          if (request.status !== 'CANCELLED') void finish(request.requestId)
        }, takes)
        timers.add(timer)
      }
      return json(response, 200, { status: 'IN_QUEUE', request_id: request.requestId, queue_position: 0 })
    }

    const request = byId(kept[2]!)
    // fal keeps a request under owner and app alone, whatever path it was submitted to.
    const app = request?.endpoint.split('/').slice(0, 2).join('/')
    if (!request || app !== kept[1]) return json(response, 404, { detail: `Request ${kept[2]} not found` })
    settle(request)
    if (kept[3] === '/cancel') {
      if (request.status === 'COMPLETED') return json(response, 400, { status: 'ALREADY_COMPLETED' })
      request.status = 'CANCELLED'
      return json(response, 202, { status: 'CANCELLATION_REQUESTED' })
    }
    if (kept[3] === '/status') {
      request.polls += 1
      if (request.status === 'CANCELLED') return json(response, 404, { detail: `Request ${request.requestId} not found` })
      return json(response, request.status === 'COMPLETED' ? 200 : 202, { status: request.status, request_id: request.requestId })
    }
    if (request.status !== 'COMPLETED') return json(response, 400, { detail: 'Request is still in progress' })
    if (request.outcome !== 'done') return json(response, request.outcome.status, request.outcome.body, request.outcome.headers)
    return json(response, 200, resultOf(request))
  })

  return {
    url: server.url,
    requests,
    /** What became of the webhooks that were posted. */
    webhooks,
    finish,
    postWebhook,
    async stop() {
      for (const timer of timers) clearTimeout(timer)
      await server.stop()
    },
  }
}
