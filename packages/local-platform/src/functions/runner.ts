/**
 * Runs inside Deno, before and around a function's own code; small, because every cold start pays for it. It gives the function what the
 * hosted runtime gives it (Deno.serve without a port, EdgeRuntime.waitUntil, `beforeunload`) and speaks with the platform in JSON lines:
 * orders arrive on stdin, reports leave on stdout behind a mark only the platform knows. When stdin ends, so does the process: a function never
 * outlives its platform.
 */

interface DenoApi {
  serve: (...args: unknown[]) => unknown
  env: { delete(name: string): void; toObject(): Record<string, string> }
  stdin: { readSync(buffer: Uint8Array): number | null; readable: ReadableStream<Uint8Array> }
  stdout: { writeSync(data: Uint8Array): number }
  exit(code: number): never
}
type Handler = (request: Request, info?: unknown) => Response | Promise<Response>
interface Boot {
  mark: string
  entrypoint: string
  /** The only names the function may see in its environment. */
  keep: string[]
}

const deno = (globalThis as unknown as { Deno: DenoApi }).Deno
const encoder = new TextEncoder()
const decoder = new TextDecoder()

function readBoot(): Boot {
  const buffer = new Uint8Array(8192)
  let text = ''
  while (!text.includes('\n')) {
    const read = deno.stdin.readSync(buffer)
    if (!read) return deno.exit(0)
    text += decoder.decode(buffer.subarray(0, read))
  }
  return JSON.parse(text)
}

const boot = readBoot()
const report = (message: unknown) => {
  let data = encoder.encode(`${boot.mark}${JSON.stringify(message)}\n`)
  while (data.length > 0) data = data.subarray(deno.stdout.writeSync(data))
}
const kept = new Set(boot.keep)
for (const name of Object.keys(deno.env.toObject())) if (!kept.has(name)) deno.env.delete(name)

let background = 0
let dropReason: string | undefined

const unload = (reason: string) => globalThis.dispatchEvent(new CustomEvent('beforeunload', { detail: { reason } }))

function dropIfIdle(): void {
  if (!dropReason || background > 0) return
  unload(dropReason)
  deno.exit(0)
}

Object.defineProperty(globalThis, 'EdgeRuntime', {
  value: {
    waitUntil(promise: Promise<unknown>) {
      background += 1
      if (background === 1) report({ kind: 'background', pending: true })
      Promise.resolve(promise)
        .catch((error) => console.error(error))
        .finally(() => {
          background -= 1
          if (background === 0) report({ kind: 'background', pending: false })
          dropIfIdle()
        })
      return promise
    },
  },
})

const originalServe = deno.serve
let serving = false

function serve(options: Record<string, unknown>, handler: Handler): unknown {
  serving = true
  return originalServe(
    {
      onError(error: unknown) {
        console.error(error)
        return new Response('Internal Server Error', { status: 500, headers: { 'sb-error-code': 'EDGE_FUNCTION_ERROR' } })
      },
      ...options,
      port: 0,
      hostname: '127.0.0.1',
      onListen: ({ port }: { port: number }) => report({ kind: 'ready', port }),
    },
    handler,
  )
}

deno.serve = (first: unknown, second?: unknown) => {
  if (typeof first === 'function') return serve({}, first as Handler)
  const { handler, fetch, onError, signal } = (first ?? {}) as Record<string, unknown>
  const options = { ...(onError ? { onError } : {}), ...(signal ? { signal } : {}) }
  return serve(options, (second ?? handler ?? fetch) as Handler)
}

async function obey(): Promise<void> {
  let text = ''
  for await (const chunk of deno.stdin.readable) {
    text += decoder.decode(chunk, { stream: true })
    const lines = text.split('\n')
    text = lines.pop() ?? ''
    for (const line of lines) {
      const order = JSON.parse(line) as { kind: 'unload' | 'drop'; reason: string }
      if (order.kind === 'unload') {
        unload(order.reason)
        report({ kind: 'unloaded' })
      } else {
        dropReason = order.reason
        dropIfIdle()
      }
    }
  }
  deno.exit(0)
}

obey()
try {
  const module = await import(boot.entrypoint)
  const exported = module.default
  const fetch = typeof exported === 'function' ? exported : exported?.fetch
  if (!serving && typeof fetch === 'function') serve({}, (request, info) => fetch.call(exported, request, info))
  if (!serving) report({ kind: 'loaded' })
} catch (error) {
  report({ kind: 'boot_failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  deno.exit(1)
}
