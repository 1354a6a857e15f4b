import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import outboundPackage from '../../packages/outbound/package.json' with { type: 'json' }
import { type Receivers, startReceivers } from './receivers.ts'
import { type Outcome, play, scenarios } from './scenarios.ts'

const root = new URL('../../', import.meta.url)
let receivers: Receivers
beforeAll(async () => {
  receivers = await startReceivers()
})
afterAll(() => receivers.stop())

async function inNode(): Promise<Record<string, Outcome>> {
  const outcomes: Record<string, Outcome> = {}
  for (const name of Object.keys(scenarios)) outcomes[name] = await play(receivers, name)
  return outcomes
}

async function inDeno(deno: string): Promise<Record<string, Outcome>> {
  const folder = await mkdtemp(join(tmpdir(), 'agon-outbound-'))
  try {
    const { '@agon/runner-core': _, ...packages } = outboundPackage.dependencies
    const core = (name: string) => new URL(`packages/runner-core/src/${name}.ts`, root).href
    const imports = {
      '@agon/outbound': new URL('packages/outbound/src/index.ts', root).href,
      '@agon/runner-core': core('index'),
      '@agon/runner-core/errors': core('errors'),
      '@agon/runner-core/result': core('result'),
      ...Object.fromEntries(Object.entries(packages).map(([name, version]) => [name, `npm:${name}@${version}`])),
    }
    await writeFile(join(folder, 'deno.json'), JSON.stringify({ imports, nodeModulesDir: 'none' }))
    const { stdout } = await promisify(execFile)(
      deno,
      [
        'run',
        '-A',
        '--no-lock',
        '--no-check',
        '--config',
        join(folder, 'deno.json'),
        fileURLToPath(new URL('play-all.ts', import.meta.url)),
        JSON.stringify({ ports: receivers.ports, authority: receivers.authority }),
      ],
      {
        cwd: folder,
        timeout: 110_000,
        env: { ...process.env, DENO_NO_PACKAGE_JSON: '1', DENO_TLS_CA_STORE: 'system,mozilla', NO_COLOR: '1' },
      },
    )
    return JSON.parse(stdout)
  } finally {
    await rm(folder, { recursive: true })
  }
}

// AGON_OTHER_DENO: the binary of another Deno, such as the 2.1 that the hosted functions run in.
const runtimes: [string, () => Promise<Record<string, Outcome>>][] = [
  ['Node', inNode],
  ['Deno', () => inDeno(fileURLToPath(new URL('node_modules/.bin/deno', root)))],
  ...(process.env.AGON_OTHER_DENO
    ? [[process.env.AGON_OTHER_DENO, () => inDeno(process.env.AGON_OTHER_DENO!)] as (typeof runtimes)[0]]
    : []),
]

describe.each(runtimes)('in %s', (_, run) => {
  let outcomes: Record<string, Outcome>
  let asked: Receivers['asked']
  beforeAll(async () => {
    receivers.asked.length = 0
    outcomes = await run()
    asked = [...receivers.asked]
  })

  const refused = (why: RegExp) => ({ code: 'outbound_refused', message: expect.stringMatching(why) })
  const unreachable = {
    code: 'outbound_unreachable',
    message: expect.stringMatching(/^receiver\.test (could not be reached|gave no answer|does not resolve)/),
  }
  const late = { code: 'outbound_timeout' }

  const expected: Record<string, object> = {
    'a receiver that accepts': { status: 204, body: '', truncated: false, looks: 1 },
    'an answer with a length': { status: 200, body: 'hello', truncated: false, headers: { 'content-length': '5', 'x-two': 'a, b' } },
    'an answer in chunks': { status: 200, body: 'hello', truncated: false },
    'an answer that ends with its connection': { status: 200, body: 'hello', truncated: false },
    'hints before the answer': { status: 200, body: 'ok' },
    'plain http, opened by the operator': { status: 200, body: 'hello' },
    'what was sent': {
      status: 200,
      body: expect.stringMatching(
        /^POST \/echo\?q=1 HTTP\/1\.1\r\nhost: receiver\.test:\d+\r\nx-own: yes\r\nuser-agent: Agon\/0\.1\r\naccept-encoding: identity\r\nconnection: close\r\ncontent-length: 8\r\n\r\nhäll€$/,
      ),
    },
    'a head alone': { status: 200, body: '', headers: { 'content-length': '5', 'x-two': 'a, b' } },
    'a redirect': { status: 302, headers: expect.objectContaining({ location: 'http://169.254.169.254/latest/meta-data/' }) },
    'a name that rebinds after the first look': { status: 204, looks: 1 },
    'a first address that nobody answers at': { status: 204 },
    'no address answers': unreachable,
    'a name without an address': unreachable,
    'a name of this machine': refused(/this machine itself/),
    'a public name with an inner address': refused(/a private network/),
    'a name of the metadata service': refused(/a link-local address/),
    'a name of the metadata service, in IPv6': refused(/a private network/),
    'a name with a mapped address': refused(/inside an IPv6 one/),
    'plain http, not opened': refused(/use https/),
    'a certificate of another name': unreachable,
    'a certificate of nobody': unreachable,
    'the right certificate, not trusted': unreachable,
    'a receiver that says nothing': late,
    'a head that drips': late,
    'a body that drips': late,
    'a body that drips, and is not wanted': { status: 200, body: '', truncated: true },
    'a body without end': { status: 200, body: 'x'.repeat(1000), truncated: true },
    'framing without end': { code: 'outbound_unreachable', message: expect.stringMatching(/has no end/) },
    'a head without end': { code: 'outbound_unreachable', message: expect.stringMatching(/not HTTP|no end/) },
    'something that is not HTTP': { code: 'outbound_unreachable', message: expect.stringMatching(/not HTTP/) },
    'an answer that is cut off': unreachable,
    'a connection that is reset': unreachable,
    'a resolver that hangs': late,
    'a driver that lost its lease': { code: 'lease_lost' },
    'a header that writes a second one': refused(/header/),
    'a header that frames the message': refused(/header/),
    'a header for another host': refused(/header/),
    'a method that is a request of its own': refused(/method/),
  }

  test.each(Object.keys(scenarios))('%s', (name) => {
    expect(expected).toHaveProperty([name])
    expect(outcomes[name]).toMatchObject(expected[name]!)
    expect(outcomes[name]!.tookMs, 'its time is bounded').toBeLessThan(10_000)
  })

  test('a receiver whose certificate is not of its name reads no request, and no address that was refused is connected to', () => {
    expect(asked.filter(({ server }) => server !== 'right' && server !== 'plain')).toEqual([])
    expect(asked.filter(({ server }) => server === 'plain')).toEqual([{ server: 'plain', path: 'sized' }])
  })
})
