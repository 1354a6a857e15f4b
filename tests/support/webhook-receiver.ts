import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import { Webhook } from 'standardwebhooks'

export interface ReceivedEvent {
  id: string
  path: string
  headers: IncomingHttpHeaders
  body: string
  payload: { type: string; timestamp: string; data: Record<string, unknown> & { battle_id?: string; event_id?: number } }
}

/** A receiver on this machine, as an owner would write one. `answer` says what it answers, 204 unless told. */
export async function startReceiver(answer: (event: ReceivedEvent, response: ServerResponse) => number | 'silence' = () => 204) {
  const events: ReceivedEvent[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      const event = {
        id: String(request.headers['webhook-id']),
        path: request.url!,
        headers: request.headers,
        body,
        payload: JSON.parse(body),
      }
      events.push(event)
      const status = answer(event, response)
      if (status !== 'silence') response.writeHead(status).end('an answer that nobody reads')
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    events,
    at: (path: string) => events.filter((event) => event.path === path),
    async stop() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

/** What the receiver's library says of it: the payload, or a throw. */
export const verify = (secret: string, { headers, body }: ReceivedEvent) =>
  new Webhook(secret).verify(body, headers as Record<string, string>)
