import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { z } from 'zod'
import { type ExecutionBody, executionRequest, type executionState } from '../../apps/worker/src/bridge/protocol.ts'

// The other side of docs/execution-bridge.md, which keeps to it and can be told to break it.

type State = z.input<typeof executionState>

export interface Execution {
  id: string
  key: string
  body: ExecutionBody
  cancelled: boolean
  asked: number
  state: State
}

export interface Seen {
  method: string
  path: string
  headers: IncomingMessage['headers']
  body: string
}

export interface Answer {
  status: number
  headers?: Record<string, string>
  /** Text goes as it is. */
  body?: unknown
}

export interface BridgeBehaviour {
  token?: string
  /** How long an execution takes, in milliseconds; 'never' until it is ended by hand. */
  takesMs?: (body: ExecutionBody) => number | 'never'
  /** What it comes to: fields of a succeeded or failed state. */
  outcome?: (body: ExecutionBody) => Partial<State>
  /** Before anything is done: an answer in its place, 'hang' for none, or undefined. */
  interfere?: (seen: Seen) => Answer | 'hang' | undefined
  /** After it is done: the execution is taken, and nobody hears of it; or not for as long as anybody waits. */
  lose?: (seen: Seen) => 'close' | 'hang' | undefined
  /** Ends at once what takes no time, with 200. */
  atOnce?: boolean
}

export async function startExecutionBridge(behaviour: BridgeBehaviour = {}) {
  const { token = 'bridge-token', takesMs = () => 0, outcome = () => ({}), atOnce = false } = behaviour
  const executions: Execution[] = []
  const seen: Seen[] = []

  function over(execution: Execution): State {
    const { id, body } = execution
    return {
      execution_id: id,
      status: 'succeeded',
      text: `Bridged: ${body.prompt}`,
      tokens_in: 7,
      tokens_out: 11,
      cost_usd: 0.25,
      finish_reason: 'stop',
      ...outcome(body),
    } as State
  }

  function take(key: string, body: ExecutionBody): Execution {
    const known = executions.find((execution) => execution.key === key)
    if (known) return known
    const id = `execution-${executions.length + 1}`
    const execution: Execution = { id, key, body, cancelled: false, asked: 0, state: { execution_id: id, status: 'queued' } }
    executions.push(execution)
    const wait = takesMs(body)
    if (wait === 0) execution.state = over(execution)
    else if (wait !== 'never') setTimeout(() => (execution.state = over(execution)), wait)
    return execution
  }

  function respond({ method, path, headers, body }: Seen): Answer {
    if (headers.authorization !== `Bearer ${token}`) return { status: 401, body: { error: 'token' } }
    if (method === 'POST' && path === '/v1/executions') {
      const parsed = executionRequest.safeParse(JSON.parse(body))
      const key = headers['idempotency-key']
      if (!parsed.success || typeof key !== 'string') return { status: 422, body: { error: 'not the protocol' } }
      const execution = take(key, parsed.data)
      if (atOnce && ['succeeded', 'failed'].includes(execution.state.status)) return { status: 200, body: execution.state }
      return { status: 202, body: { execution_id: execution.id, poll_after_ms: 300 } }
    }
    const execution = executions.find(({ id }) => path === `/v1/executions/${id}`)
    if (!execution) return { status: 404, body: { error: 'none' } }
    if (method === 'DELETE') {
      execution.cancelled = true
      return { status: 204 }
    }
    execution.asked++
    return { status: 200, body: execution.state }
  }

  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const now: Seen = { method: request.method!, path: request.url!, headers: request.headers, body }
    seen.push(now)
    const instead = behaviour.interfere?.(now)
    if (instead === 'hang') return
    const answer = instead ?? respond(now)
    const lost = instead ? undefined : behaviour.lose?.(now)
    if (lost === 'hang') return
    if (lost === 'close') return request.socket.destroy()
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers })
    response.end(typeof answer.body === 'string' ? answer.body : answer.body === undefined ? undefined : JSON.stringify(answer.body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url: `${origin}/v1`,
    origin,
    token,
    executions,
    seen,
    /** Changes how it behaves from here on. */
    behave: (changed: Pick<BridgeBehaviour, 'interfere' | 'lose'>) =>
      Object.assign(behaviour, { interfere: undefined, lose: undefined }, changed),
    end: (execution: Execution) => {
      execution.state = over(execution)
    },
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export type TestBridge = Awaited<ReturnType<typeof startExecutionBridge>>
