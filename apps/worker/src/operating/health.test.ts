import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { serveHealth } from './health.ts'

let served: Awaited<ReturnType<typeof serveHealth>> | undefined
afterEach(async () => {
  await served?.stop()
})

/** The status of what is answered to a request line, as a client writes it that fetch would not be. */
async function asked(target: string): Promise<string> {
  served = await serveHealth({
    host: '127.0.0.1',
    port: 0,
    facts: () => ({ state: 'running', running: 0, kinds: [], subWorkers: [], capabilities: {} }),
    broken: () => undefined,
  })
  const socket = connect(served.port, '127.0.0.1')
  socket.write(`GET ${target} HTTP/1.1\r\nHost: worker\r\nConnection: close\r\n\r\n`)
  let text = ''
  for await (const chunk of socket) text += chunk
  return text.slice(0, text.indexOf('\r\n'))
}

test.each(['//', '///', 'http://', 'http://[', '//:99999/health'])(
  'a scanner that asks for %s is told that there is nothing, and ends no worker',
  async (target) => {
    expect(await asked(target)).toBe('HTTP/1.1 404 Not Found')
  },
)

test.each(['/health', '/health?probe=1', 'http://worker/health'])('%s is the question whether it lives', async (target) => {
  expect(await asked(target)).toBe('HTTP/1.1 200 OK')
})
