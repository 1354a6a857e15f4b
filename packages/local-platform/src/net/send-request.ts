import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'

export interface QueuedRequest {
  id: string
  method: string
  url: string
  headers: Record<string, string> | null
  body: Buffer | null
  timeout_milliseconds: number
}

export interface HttpResult {
  status_code: number | null
  content_type: string | null
  headers: Record<string, string> | null
  content: string | null
  timed_out: boolean | null
  error_msg: string | null
}

const curlMessages: Record<string, string> = {
  ECONNREFUSED: "Couldn't connect to server",
  EHOSTUNREACH: "Couldn't connect to server",
  ENETUNREACH: "Couldn't connect to server",
  ENOTFOUND: "Couldn't resolve host name",
  EAI_AGAIN: "Couldn't resolve host name",
  ECONNRESET: 'Failure when receiving data from the peer',
}

const failed = (error_msg: string, timed_out: boolean): HttpResult => ({
  status_code: null,
  content_type: null,
  headers: null,
  content: null,
  timed_out,
  error_msg,
})

export interface HttpSender {
  send(queued: QueuedRequest): Promise<HttpResult>
  close(): void
}

/** Sends what pg_net would send and reports it in pg_net's words. The timeout covers the whole exchange and closes the connection. */
export function createHttpSender(): HttpSender {
  const agents = { 'http:': new HttpAgent({ keepAlive: true }), 'https:': new HttpsAgent({ keepAlive: true }) }

  function open(url: URL, queued: QueuedRequest): ClientRequest {
    const options = {
      method: queued.method,
      headers: {
        'user-agent': 'pg_net/0.20.0',
        accept: '*/*',
        ...queued.headers,
        ...(queued.body ? { 'content-length': queued.body.byteLength } : {}),
      },
    }
    return url.protocol === 'https:'
      ? httpsRequest(url, { ...options, agent: agents['https:'] })
      : httpRequest(url, { ...options, agent: agents['http:'] })
  }

  const send = (queued: QueuedRequest) =>
    new Promise<HttpResult>((resolve) => {
      let request: ClientRequest
      try {
        request = open(new URL(queued.url), queued)
      } catch {
        resolve(failed('URL using bad/illegal format or missing URL', false))
        return
      }
      const timeout = setTimeout(() => {
        resolve(failed(`Timeout of ${queued.timeout_milliseconds} ms reached. Total time: ${queued.timeout_milliseconds} ms`, true))
        request.destroy()
      }, queued.timeout_milliseconds)
      const settle = (result: HttpResult) => {
        clearTimeout(timeout)
        resolve(result)
      }
      request.on('error', (error: NodeJS.ErrnoException) => settle(failed(curlMessages[error.code ?? ''] ?? error.message, false)))
      request.on('response', (response) => readResponse(response).then(settle, (error: Error) => settle(failed(error.message, false))))
      request.end(queued.body ?? undefined)
    })

  return {
    send,
    close() {
      for (const agent of Object.values(agents)) agent.destroy()
    },
  }
}

async function readResponse(response: IncomingMessage): Promise<HttpResult> {
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  const headers = Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : String(value)]),
  )
  return {
    status_code: response.statusCode ?? null,
    content_type: response.headers['content-type'] ?? null,
    headers,
    content: Buffer.concat(chunks).toString('utf8').replaceAll('\u0000', ''),
    timed_out: false,
    error_msg: null,
  }
}
