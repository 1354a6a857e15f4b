import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// A real browser, driven over the DevTools protocol by the WebSocket that Node has: no library of its own.

/** The Chromium of this machine: AGON_CHROMIUM, or one of the names it is installed under. Undefined: there is none. */
export const chromiumPath: string | undefined = [
  process.env.AGON_CHROMIUM,
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
].find((name) => name && spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0)

type Params = Record<string, unknown>

/** A request as it left the page. */
export interface SentRequest {
  url: string
  method: string
  /** What was sent with it, as one text to search: headers, and the body. */
  sent: string
}

export interface Tab {
  requests: SentRequest[]
  /** All that the page wrote to its console. */
  console: string[]
  /** The value of an expression in the page; a promise is awaited. */
  evaluate<T>(expression: string): Promise<T>
  /** Polls until the expression is true. */
  until(expression: string): Promise<void>
  /** As a user closes it: the page hears of it. */
  close(): Promise<void>
  /** Its process dies: the page hears of nothing. */
  crash(): Promise<void>
}

export async function startChromium() {
  const profile = mkdtempSync(join(tmpdir(), 'agon-chromium-'))
  const browser = spawn(
    chromiumPath!,
    [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--no-first-run',
      '--disable-background-networking',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
      'about:blank',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const socket = new WebSocket(await address(browser))
  await new Promise((resolve, reject) => {
    socket.onopen = resolve
    socket.onerror = () => reject(new Error('Chromium took no connection'))
  })
  const answers = new Map<number, { resolve: (result: Params) => void; reject: (error: Error) => void }>()
  const listeners = new Map<string, (method: string, params: Params) => void>()
  let calls = 0
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(String(data)) as {
      id?: number
      error?: { message: string }
      result?: Params
      method?: string
      params?: Params
      sessionId?: string
    }
    if (message.id === undefined) return listeners.get(message.sessionId ?? '')?.(message.method!, message.params ?? {})
    const waiting = answers.get(message.id)
    answers.delete(message.id)
    if (message.error) waiting?.reject(new Error(message.error.message))
    else waiting?.resolve(message.result ?? {})
  }
  socket.onclose = () => {
    for (const { reject } of answers.values()) reject(new Error('Chromium is gone'))
  }
  const send = (method: string, params: Params = {}, sessionId?: string) =>
    new Promise<Params>((resolve, reject) => {
      answers.set(++calls, { resolve, reject })
      socket.send(JSON.stringify({ id: calls, method, params, ...(sessionId && { sessionId }) }))
    })

  async function open(url: string): Promise<Tab> {
    const { targetId } = (await send('Target.createTarget', { url: 'about:blank' })) as { targetId: string }
    const { sessionId } = (await send('Target.attachToTarget', { targetId, flatten: true })) as { sessionId: string }
    const requests = new Map<string, SentRequest>()
    const lines: string[] = []
    const told: SentRequest[] = []
    const requestOf = (id: string): SentRequest => {
      const known = requests.get(id) ?? { url: '', method: '', sent: '' }
      if (!requests.has(id)) {
        requests.set(id, known)
        told.push(known)
      }
      return known
    }
    listeners.set(sessionId, (method, params) => {
      if (method === 'Network.requestWillBeSent') {
        const { request, requestId } = params as {
          requestId: string
          request: { url: string; method: string; headers: object; postData?: string }
        }
        const row = requestOf(requestId)
        row.url = request.url
        row.method = request.method
        row.sent += `${JSON.stringify(request.headers)}\n${request.postData ?? ''}\n`
      } else if (method === 'Network.requestWillBeSentExtraInfo') {
        requestOf(String(params.requestId)).sent += `${JSON.stringify(params.headers)}\n`
      } else if (method === 'Runtime.consoleAPICalled' || method === 'Log.entryAdded' || method === 'Runtime.exceptionThrown') {
        lines.push(JSON.stringify(params))
      }
    })
    const act = (method: string, params?: Params) => send(method, params, sessionId)
    await act('Network.enable', { maxPostDataSize: 10_000_000 })
    await act('Runtime.enable')
    await act('Log.enable')
    await act('Page.enable')
    await act('Page.navigate', { url })
    const tab: Tab = {
      requests: told,
      console: lines,
      async evaluate<T>(expression: string) {
        const { result, exceptionDetails } = (await act('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })) as {
          result: { value: T }
          exceptionDetails?: { text: string; exception?: { description?: string } }
        }
        if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
        return result.value
      },
      async until(expression) {
        for (const end = Date.now() + 20_000; ; ) {
          if (await tab.evaluate<boolean>(expression).catch(() => false)) return
          if (Date.now() > end) throw new Error(`${url} did not get there: ${expression}\n${lines.join('\n')}`)
          await new Promise((resolve) => setTimeout(resolve, 25))
        }
      },
      async close() {
        await send('Target.closeTarget', { targetId })
      },
      async crash() {
        void act('Page.crash').catch(() => undefined) // nobody is left to answer
        await new Promise((resolve) => setTimeout(resolve, 100))
        await send('Target.closeTarget', { targetId }).catch(() => undefined)
      },
    }
    return tab
  }

  return {
    open,
    async stop() {
      socket.close()
      const ended = new Promise((resolve) => browser.once('exit', resolve))
      browser.kill('SIGTERM')
      await ended
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

export type Chromium = Awaited<ReturnType<typeof startChromium>>

/** It says where it listens in its log, once it does. */
function address(browser: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    browser.stderr!.on('data', (data) => {
      said += data
      const found = /DevTools listening on (ws:\S+)/.exec(said)?.[1]
      if (found) resolve(found)
    })
    browser.once('exit', (code) => reject(new Error(`Chromium ended with ${code}: ${said.slice(-2000)}`)))
  })
}
