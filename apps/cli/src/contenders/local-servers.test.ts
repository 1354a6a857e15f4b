import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findLocalServers, localAddresses } from './local-servers.ts'

const server = createServer((request, response) => {
  if (request.url === '/v1/models') response.end(JSON.stringify({ data: [{ id: 'qwen3:4b' }, { id: 'nomic-embed-text' }, {}] }))
  else if (request.url === '/web/models') response.end('<html>')
})
let url = ''
const elsewhere = {
  OLLAMA_BASE_URL: 'http://127.0.0.1:1/v1',
  LLAMA_SWAP_BASE_URL: 'http://127.0.0.1:1/v1',
  LMSTUDIO_BASE_URL: 'http://127.0.0.1:1/v1',
}

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

test('a server that lists models is found, without the models that write no text', async () => {
  const found = await findLocalServers({ ...elsewhere, OLLAMA_BASE_URL: `${url}/v1/` })
  expect(found).toEqual([{ provider: 'ollama', baseUrl: `${url}/v1`, models: ['qwen3:4b'] }])
})

test('what is no model server, or does not answer in time, is not found', async () => {
  expect(await findLocalServers({ ...elsewhere, OLLAMA_BASE_URL: `${url}/web`, LMSTUDIO_BASE_URL: `${url}/silent` }, 50)).toEqual([])
})

test('the usual ports are asked', () => {
  expect(localAddresses({}).map(({ baseUrl }) => new URL(baseUrl).port)).toEqual(['11434', '8080', '1234'])
})
