import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { WorkerFacts } from '../sub-workers/index.ts'
import { version } from '../version.ts'

interface Health {
  host: string
  port: number
  facts(): WorkerFacts
  /** Why no work can be expected; undefined: it can. */
  broken(): string | undefined
}

/**
 * Two questions, for whatever keeps the process: `/health` is 200 while it lives, `/ready` is 200 while it takes work: not while it
 * drains, and not while the project does not answer. Says how the worker is and nothing of what it does.
 */
export async function serveHealth({ host, port, facts, broken }: Health): Promise<{ port: number; stop(): Promise<void> }> {
  const server: Server = createServer((request, response) => {
    const path = URL.parse(request.url ?? '/', 'http://worker')?.pathname // what no URL can be, scanners ask for too
    const answer = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
      response.end(request.method === 'HEAD' ? undefined : JSON.stringify(body))
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(405, { error: 'GET or HEAD' })
    const { state, running, subWorkers } = facts()
    if (path === '/health') return answer(200, { status: 'alive', state, running, version, sub_workers: subWorkers })
    if (path !== '/ready') return answer(404, { error: 'there are /health and /ready' })
    const why = state === 'running' ? broken() : `the worker is ${state}`
    return answer(why === undefined ? 200 : 503, why === undefined ? { status: 'ready', running } : { status: 'not ready', why })
  })
  server.requestTimeout = 5_000
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
  server.unref()
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
