import { allowedOrigins, createMessageSigner, createOutbound } from '@agon/outbound'
import { toolRunners } from '@agon/runner-core/tool-runners'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { nodeContext } from './context.ts'
import { startSite } from './request.ts'

let site: Awaited<ReturnType<typeof startSite>>
let other: Awaited<ReturnType<typeof startSite>>
beforeAll(async () => {
  other = await startSite({ '/landing': ({ headers }, response) => response.end(JSON.stringify(headers)) })
  const to =
    (location: string, status = 302) =>
    (_: unknown, response: import('node:http').ServerResponse) =>
      void response.writeHead(status, { location }).end('moved')
  site = await startSite({
    '/json': (_, response) =>
      response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end('{"height": 3.8, "none": null}'),
    '/text': (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Füße'),
    '/bytes': (_, response) => response.end(Buffer.from([0, 255, 1, 254])),
    '/large': (_, response) => response.end('x'.repeat(500_000)),
    '/echo': ({ method, headers, body }, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ method, headers, body })),
    '/bad': (_, response) => response.writeHead(422).end('no such thing'),
    '/busy': (_, response) => response.writeHead(429, { 'retry-after': '9' }).end(),
    '/discord-busy': (_, response) =>
      response.writeHead(429, { 'retry-after': '0.35', 'content-type': 'application/json' }).end('{"retry_after": 0.35}'),
    '/broken': (_, response) => response.writeHead(503).end('<html>long page</html>\n'.repeat(50)),
    '/silent': () => undefined,
    '/ok': (_, response) => response.end('ok'),
    '/gone': (_, response) => response.writeHead(404).end('no_service'),
    '/no-content': (_, response) => response.writeHead(204).end(),
    '/moved': to('/json'),
    '/moved-post': to('/echo'),
    '/moved-307': to('/echo', 307),
    '/moved-303': to('/echo', 303),
    '/away': (_, response) => response.writeHead(302, { location: `${other.url}/landing` }).end(),
    '/inside': to('http://169.254.169.254/latest/meta-data/'),
    '/file': to('file:///etc/passwd'),
    '/round': to('/round'),
  })
})
afterAll(() => Promise.all([site.stop(), other.stop()]))
beforeEach(() => {
  site.received.length = 0
  other.received.length = 0
})

const outbound = createOutbound({ allow: allowedOrigins('http://127.0.0.1:*') })
const closed = createOutbound()
const signMessage = createMessageSigner()
type Given = Parameters<typeof nodeContext>[0]
const run = (type: string, given: Given) =>
  toolRunners[type]!(nodeContext({ ...given, world: { outbound, signMessage, ...given.world }, job: { nodeType: type, ...given.job } }))
/** What a node hands over; of one that failed, how. */
const dataOf = async (type: string, given: Given): Promise<{ body: { headers: Record<string, string>; body: string } }> => {
  const outcome = await run(type, given)
  return (outcome.kind === 'completed' ? outcome.result.envelope.data : outcome) as Awaited<ReturnType<typeof dataOf>>
}

describe('http_request', () => {
  const http = (path: string, config: Record<string, unknown> = {}, given: Given = {}) =>
    run('http_request', { ...given, config: { url: `${site.url}${path}`, ...config } })
  const data = (path: string, config: Record<string, unknown> = {}, given: Given = {}) =>
    dataOf('http_request', { ...given, config: { url: `${site.url}${path}`, ...config } })

  test('hands over the status, the headers and the body: JSON as data, everything as text', async () => {
    expect(await http('/json')).toMatchObject({
      kind: 'completed',
      result: {
        ports: ['output'],
        envelope: {
          kind: 'json',
          artifact_kind: 'json',
          output: '{"height": 3.8, "none": null}',
          data: { status: 200, body: { height: 3.8, none: null }, truncated: false },
        },
      },
    })
    expect(await data('/text')).toMatchObject({ body: '<p>Füße', headers: { 'content-type': 'text/html' } })
    expect(await data('/bytes', { response_encoding: 'base64' })).toMatchObject({ body: 'AP8B/g==' })
  })

  test('puts inputs into the address, the headers and the body, as values', async () => {
    const config = {
      url: '[[site]]/echo?q={{ q | url_encode }}',
      method: 'POST',
      headers: { 'x-run': '[[inputs.name]]', 'x-count': '{{ variables.count }}' },
      body: { said: '[[said]]', nested: [{ deep: '[[said]]' }], number: 7 },
    }
    const inputs = { site: site.url, q: 'a b&c', said: '"quoted" {{ q }} \n [[q]]' }
    const answer = await dataOf('http_request', { config, inputs, job: { runInputs: { name: 'tide' }, variables: { count: 3 } } })
    expect(site.received[0]!.path).toBe('/echo?q=a+b%26c')
    expect(answer.body.headers).toMatchObject({ 'x-run': 'tide', 'x-count': '3', 'content-type': 'application/json' })
    expect(JSON.parse(answer.body.body)).toEqual({ said: inputs.said, nested: [{ deep: inputs.said }], number: 7 })
  })

  test('marks what changes something with the key of the node, the same for each attempt, and what reads with none', async () => {
    await data('/echo', { method: 'POST', body: 'x' })
    await data('/echo', { method: 'POST', body: 'x', headers: { 'Idempotency-Key': 'own' } })
    await data('/echo')
    expect(site.received.map(({ headers }) => headers['idempotency-key'])).toEqual(['agon-node-run-1-tell', 'own', undefined])
  })

  test('takes any status for an answer, unless a failing one is to fail the node', async () => {
    expect(await data('/bad')).toMatchObject({ status: 422, body: 'no such thing' })
    expect(await http('/bad', { fail_on_error: true })).toEqual({
      kind: 'failed',
      error: { code: 'receiver_rejected', message: `127.0.0.1:${site.port} answered 422: no such thing.` },
    })
    expect(await http('/busy', { fail_on_error: true })).toMatchObject({ error: { code: 'receiver_rate_limited', retryAfterMs: 9_000 } })
    expect(await http('/broken', { fail_on_error: true })).toMatchObject({
      error: { code: 'receiver_unavailable', message: `127.0.0.1:${site.port} answered 503.` },
    })
  })

  test('follows redirects, each through the guard, and takes the credential to no other origin', async () => {
    const credential: [string, string] = ['http', 'the-token']
    expect(await data('/moved')).toMatchObject({ status: 200, body: { height: 3.8 } })
    expect(await data('/moved', { follow_redirects: false })).toMatchObject({ status: 302, headers: { location: '/json' } })
    expect((await data('/moved-post', { method: 'POST', body: { a: 1 } })).body).toMatchObject({ method: 'GET', body: '' })
    expect((await data('/moved-303', { method: 'PUT', body: { a: 1 } })).body).toMatchObject({ method: 'GET', body: '' })
    expect((await data('/moved-307', { method: 'POST', body: { a: 1 } }, { credential })).body).toMatchObject({
      method: 'POST',
      body: '{"a":1}',
      headers: { authorization: 'Bearer the-token' },
    })
    const away = await data('/away', { headers: { cookie: 'a=1', 'x-kept': 'yes', 'X-Api-Key': 'k' } }, { credential })
    expect(other.received[0]!.headers).toMatchObject({ 'x-kept': 'yes' })
    expect(JSON.stringify(away)).not.toMatch(/the-token|a=1|x-api-key/)
    for (const path of ['/inside', '/file'])
      expect(await http(path), path).toMatchObject({ kind: 'failed', error: { code: 'outbound_refused' } })
    expect(await http('/round')).toMatchObject({ kind: 'failed', error: { code: 'receiver_rejected' } })
    expect(site.received.filter(({ path }) => path === '/round')).toHaveLength(6)
  })

  test('calls no address of a private network, whichever way it is written', async () => {
    for (const url of [
      'http://127.0.0.1/',
      'https://127.1/',
      'https://[::1]/',
      'https://169.254.169.254/',
      'https://localhost/',
      'ftp://example.com/',
      'x',
    ])
      expect(await run('http_request', { config: { url }, world: { outbound: closed } }), url).toMatchObject({
        kind: 'failed',
        error: { code: 'outbound_refused' },
      })
  })

  test('reads no more than it may, and waits no longer', async () => {
    expect(await data('/large')).toMatchObject({ truncated: true, body: expect.stringMatching(/^x{200000}$/) })
    expect(await data('/large', { max_bytes: 10 })).toMatchObject({ truncated: true, body: 'xxxxxxxxxx' })
    expect(await http('/silent', { timeout_ms: 150 })).toMatchObject({ kind: 'failed', error: { code: 'outbound_timeout' } })
    expect(await http('/silent', {}, { timeoutMs: 150 })).toMatchObject({ kind: 'failed', error: { code: 'outbound_timeout' } })
  })

  test('shows its credential as asked for, and no header takes its place', async () => {
    const headers = { authorization: 'Bearer of-the-config' }
    const shown = async (credential: [string, string] | undefined, config = {}) =>
      (await data('/echo', { headers, ...config }, credential ? { credential } : {})).body.headers.authorization
    expect(await shown(['http', 'the-token'])).toBe('Bearer the-token')
    expect(await shown(['http', 'ada:secret'], { auth: 'basic' })).toBe(`Basic ${btoa('ada:secret')}`)
    expect(await shown(undefined)).toBe('Bearer of-the-config')
    expect(await http('/echo', { auth: 'bearer' })).toMatchObject({ error: { code: 'credential_missing' } })
    expect(await http('/echo', { auth: 'bearer' }, { credential: ['openai', 'sk-1'] })).toMatchObject({
      error: { code: 'credential_invalid' },
    })
    expect(await http('/echo', {}, { credential: ['http', 'line\r\nx-evil: 1'] })).toMatchObject({ error: { code: 'outbound_refused' } })
  })

  test.each([
    [{ headers: { 'x-a': 'a\r\nx-evil: 1' } }, 'headers.x-a'],
    [{ method: 'TRACE' }, 'method'],
    [{ max_bytes: 9e9 }, 'max_bytes'],
    [{ url: '[[nothing]]' }, 'url'],
  ])('names what is wrong with its config: %j', async (config, name) => {
    expect(await http('/json', config)).toMatchObject({
      kind: 'failed',
      error: { code: expect.stringMatching(/^(node_config|template_invalid)$/), message: expect.stringContaining(`config.${name}`) },
    })
    expect(site.received).toEqual([])
  })
})

describe('webhook_sender', () => {
  const secret = `whsec_${Buffer.from('a secret of the receiver').toString('base64')}`
  const send = (path: string, config: Record<string, unknown> = {}, given: Given = {}) =>
    run('webhook_sender', { inputs: { input: 'high tide' }, ...given, config: { url: `${site.url}${path}`, ...config } })

  test('tells the receiver what came in, signed so that any library of Standard Webhooks verifies it', async () => {
    expect(await send('/no-content', {}, { credential: ['webhook', secret] })).toMatchObject({
      kind: 'completed',
      result: { envelope: { output: '204', data: { status: 204, delivered: true } } },
    })
    const [{ headers, body, method } = { headers: {}, body: '', method: '' }] = site.received
    expect(method).toBe('POST')
    expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toEqual({
      run_id: 'run-1',
      node_id: 'tell',
      inputs: { input: 'high tide' },
    })
    expect(headers).toMatchObject({
      'webhook-id': 'agon-node-run-1-tell',
      'idempotency-key': 'agon-node-run-1-tell',
      'content-type': 'application/json',
    })
    expect(() => new Webhook(secret).verify(body.replace('high', 'low'), headers as Record<string, string>)).toThrow()
  })

  test('sends the body it is given, plain, with a token or with a password', async () => {
    await send('/ok', { body: { tide: '[[input]]' }, method: 'PUT', auth: 'none' })
    await send('/ok', { body: 'plain [[input]]' }, { credential: ['http', 'the-token'] })
    await send('/ok', { auth: 'basic' }, { credential: ['http', 'ada:secret'] })
    expect(site.received.map(({ method, body, headers }) => [method, body, headers['content-type'], headers.authorization])).toEqual([
      ['PUT', '{"tide":"high tide"}', 'application/json', undefined],
      ['POST', 'plain high tide', 'text/plain; charset=utf-8', 'Bearer the-token'],
      ['POST', expect.any(String), 'application/json', `Basic ${btoa('ada:secret')}`],
    ])
  })

  test.each([
    ['/bad', 'receiver_rejected'],
    ['/gone', 'receiver_rejected'],
    ['/busy', 'receiver_rate_limited'],
    ['/broken', 'receiver_unavailable'],
    ['/moved', 'receiver_rejected'],
    ['/silent', 'outbound_timeout'],
  ])('fails where the receiver does not accept: %s is %s', async (path, code) => {
    expect(await send(path, { timeout_ms: 200 })).toMatchObject({ kind: 'failed', error: { code } })
  })

  test('a secret that is none is the credential’s fault', async () => {
    expect(await send('/ok', {}, { credential: ['webhook', 'whsec_###'] })).toMatchObject({ error: { code: 'credential_invalid' } })
    expect(site.received).toEqual([])
  })
})

describe.each([
  ['slack_notify', 'slack', 'message', 'text'],
  ['discord_notify', 'discord', 'content', 'content'],
])('%s', (type, provider, key, field) => {
  const notify = (path: string, config: Record<string, unknown> = {}, inputs: Record<string, unknown> = {}) =>
    run(type, {
      config: { [key]: 'Tide: [[input]]', ...config },
      inputs: { input: 'high', ...inputs },
      credential: [provider, `${site.url}${path}`],
    })

  test('says it at the address that its credential is', async () => {
    expect(await notify('/ok')).toMatchObject({ kind: 'completed', result: { envelope: { data: { delivered: true } } } })
    expect(JSON.parse(site.received[0]!.body)).toMatchObject({ [field]: 'Tide: high' })
  })

  test('fails when it is not heard, and says when to come again; or goes on, when that was asked for', async () => {
    expect(await notify('/gone')).toMatchObject({
      kind: 'failed',
      error: { code: 'receiver_rejected', message: `${provider} answered 404: no_service.` },
    })
    expect(await notify('/busy')).toMatchObject({ error: { code: 'receiver_rate_limited', retryAfterMs: 9_000 } })
    expect(await notify('/discord-busy')).toMatchObject({ error: { code: 'receiver_rate_limited', retryAfterMs: 350 } })
    expect(await notify('/gone', { fail_on_error: false })).toMatchObject({
      kind: 'completed',
      result: { envelope: { output: '', data: { delivered: false, error: { code: 'receiver_rejected' } } } },
    })
  })

  test('needs a credential of its own kind, and shows it to nobody', async () => {
    expect(await run(type, { config: { [key]: 'x' } })).toMatchObject({
      error: { code: 'credential_missing', message: expect.stringContaining(`provider ${provider}`) },
    })
    expect(await run(type, { config: { [key]: 'x' }, credential: ['http', site.url] })).toMatchObject({
      error: { code: 'credential_invalid' },
    })
    expect(await run(type, { config: { [key]: 'x' }, credential: [provider, 'no url'] })).toMatchObject({
      error: { code: 'credential_invalid' },
    })
    const inside = await run(type, {
      config: { [key]: 'x' },
      credential: [provider, 'https://10.0.0.1/secret-part'],
      world: { outbound: closed },
    })
    expect(inside).toMatchObject({ kind: 'failed', error: { code: 'outbound_refused' } })
    for (const outcome of [inside, await notify('/gone'), await notify('/broken')])
      expect(JSON.stringify(outcome)).not.toMatch(/secret-part|\/gone|\/broken/)
  })

  test('a value calls nobody and links nowhere', async () => {
    await notify('/ok', {}, { input: '<!channel> <@U1> & @everyone' })
    const said = JSON.parse(site.received[0]!.body)
    if (provider === 'slack') expect(said.text).toBe('Tide: &lt;!channel&gt; &lt;@U1&gt; &amp; @everyone')
    else expect(said.allowed_mentions).toEqual({ parse: [] })
  })
})

test('a message that is too long for Discord is refused before it is sent', async () => {
  expect(
    await run('discord_notify', {
      config: { content: '[[input]]' },
      inputs: { input: 'x'.repeat(2001) },
      credential: ['discord', site.url],
    }),
  ).toMatchObject({
    error: { code: 'node_config', message: 'config.content: Discord takes 2000 characters of content.' },
  })
})

test('a driver that lacks what a node needs says so', async () => {
  for (const type of Object.keys(toolRunners)) {
    const outcome = await toolRunners[type]!(nodeContext({ config: { url: 'x' }, job: { nodeType: type, lens: { kind: 'pdf' } } }))
    expect(outcome, type).toMatchObject({ kind: 'failed', error: { code: 'capability_missing' } })
  }
})
