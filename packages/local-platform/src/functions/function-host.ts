import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { ProjectKeys } from '../keys.ts'
import type { Log } from '../log.ts'
import type { SessionTokens } from '../rest/session-tokens.ts'
import { refuse } from '../stopping.ts'
import { findFunction, listFunctions } from './discover-functions.ts'
import { checkSecretNames, type FunctionEnvironmentInput } from './function-environment.ts'
import { answerWithError } from './function-errors.ts'
import { type FunctionLimits, FunctionProcess } from './function-process.ts'
import { createModuleCache } from './module-cache.ts'
import { refusal } from './verify-request.ts'

export const functionsPrefix = '/functions/v1/'

export interface FunctionHostOptions extends FunctionEnvironmentInput {
  keys: ProjectKeys
  tokens: SessionTokens
  limits: FunctionLimits & { requestIdleMs: number }
  log: Log
}

export interface RunningFunction {
  name: string
  pid: number
  executionId: string
}

export interface FunctionHost {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
  /** Ends the warm process of a function, or of all: the next request starts from the files as they are now. */
  restart(name?: string): Promise<void>
  /** The living processes, retired ones too: what a test may measure, or kill as an operating system would. */
  processes(): RunningFunction[]
  /** Refuses what comes from now on, lets what has begun finish within `graceMs`, and ends the processes. */
  stop(graceMs?: number): Promise<void>
}

const hopByHop = new Set(['connection', 'keep-alive', 'proxy-connection', 'upgrade', 'te', 'trailer'])

function forwardedHeaders(request: IncomingMessage): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(request.headers)) if (value !== undefined && !hopByHop.has(name)) headers[name] = value
  const host = request.headers.host ?? 'localhost'
  return {
    ...headers,
    'x-forwarded-for': request.socket.remoteAddress ?? '127.0.0.1',
    'x-forwarded-host': host,
    'x-forwarded-proto': 'http',
  }
}

/** Serves supabase/functions under /functions/v1/, each function in a warm Deno process of its own that is started by its first request. */
export function createFunctionHost(options: FunctionHostOptions): FunctionHost {
  checkSecretNames(options.secrets, 'functionEnv')
  checkSecretNames(options.keys.madeSecrets, 'makeSecrets')
  const { project, keys, tokens, limits, log } = options
  const current = new Map<string, FunctionProcess>()
  const living = new Set<FunctionProcess>()
  const handling = new Set<Promise<void>>()
  let stopped = false
  const modules = createModuleCache(log)
  // Begun for all at once, so that a new machine does not wait for each at its first request.
  for (const name of listFunctions(project)) void modules.fetched(findFunction(project, name)!)

  function processFor(name: string): FunctionProcess | undefined {
    const warm = current.get(name)
    if (warm?.takesRequests) return warm
    const source = findFunction(project, name)
    if (!source) return undefined
    const started = new FunctionProcess(source, options, limits, log)
    current.set(name, started)
    living.add(started)
    started.ended.then(() => {
      living.delete(started)
      if (current.get(name) === started) current.delete(name)
    })
    return started
  }

  function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const handled = take(request, response)
    const forget = () => handling.delete(handled)
    handling.add(handled)
    handled.then(forget, forget)
    return handled
  }

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (stopped) return refuse(response)
    const path = (request.url ?? '').slice(functionsPrefix.length - 1)
    const name = /^\/([^/?#]+)/.exec(path)?.[1]
    const source = name ? findFunction(project, name) : undefined
    if (!name || !source) return answerWithError(response, 'NOT_FOUND')
    if (source.verifyJwt && request.method !== 'OPTIONS') {
      const refused = await refusal(request, keys, tokens)
      if (refused) return answerWithError(response, refused)
    }
    await modules.fetched(source)
    if (stopped) return refuse(response) // a process that is started now would outlive the platform
    const process = processFor(name)
    if (!process) return answerWithError(response, 'NOT_FOUND')
    process.begin()
    try {
      const port = await process.ready
      await forward(process, port, path, request, response)
    } catch (error) {
      if (stopped) return refuse(response, true)
      log({
        source: 'function',
        function: name,
        executionId: process.executionId,
        level: 'error',
        event: 'boot_failed',
        message: (error as Error).message,
      })
      answerWithError(response, 'BOOT_ERROR')
    } finally {
      process.finish()
    }
  }

  /** Streams the request in and the answer out. Resolves when the answer is complete, or could not be completed. */
  function forward(
    process: FunctionProcess,
    port: number,
    path: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    return new Promise((resolve) => {
      const upstream = httpRequest({
        host: '127.0.0.1',
        port,
        path,
        method: request.method,
        headers: forwardedHeaders(request),
        agent: process.agent,
      })
      let timedOut = false
      const idle = setTimeout(() => {
        timedOut = true
        answerWithError(response, 'IDLE_TIMEOUT')
        upstream.destroy()
      }, limits.requestIdleMs)
      const done = () => {
        clearTimeout(idle)
        resolve()
      }

      upstream.on('response', (answer) => {
        clearTimeout(idle)
        // Answered before the body was read: what is left of it would stand in the way of the connection's next request.
        if (!request.complete) response.shouldKeepAlive = false
        const headers = Object.fromEntries(Object.entries(answer.headers).filter(([header]) => !hopByHop.has(header)))
        response.writeHead(answer.statusCode ?? 502, answer.statusMessage, headers)
        response.flushHeaders()
        answer.pipe(response)
        answer.on('error', () => response.destroy())
        answer.on('close', () => {
          request.unpipe(upstream)
          request.resume()
          done()
        })
      })
      upstream.on('error', async () => {
        clearTimeout(idle)
        if (!timedOut && !response.destroyed) {
          // The socket breaks a moment before the process is known to be dead: wait for the reason, briefly.
          await Promise.race([process.ended, new Promise((settled) => setTimeout(settled, 250))])
          if (stopped && process.killedFor === 'termination') refuse(response, true)
          else answerWithError(response, process.killedFor === 'wall_clock' ? 'WORKER_RESOURCE_LIMIT' : 'EDGE_FUNCTION_ERROR')
        }
        done()
      })
      response.on('close', () => {
        if (!response.writableFinished) upstream.destroy() // the client went away: the function sees its request aborted
      })
      request.pipe(upstream)
      request.on('error', () => upstream.destroy())
    })
  }

  async function restart(name?: string): Promise<void> {
    const chosen = [...living].filter((process) => !name || process.source.name === name)
    for (const process of chosen) if (current.get(process.source.name) === process) current.delete(process.source.name)
    await Promise.all(chosen.map((process) => process.terminate()))
  }

  return {
    handle,
    restart,
    processes: () =>
      [...living].flatMap(({ source, pid, executionId }) => (pid === undefined ? [] : [{ name: source.name, pid, executionId }])),
    async stop(graceMs = 300) {
      stopped = true
      const grace = new AbortController()
      await Promise.race([Promise.allSettled(handling), delay(graceMs, undefined, grace).catch(() => undefined)])
      grace.abort()
      await restart()
    },
  }
}
