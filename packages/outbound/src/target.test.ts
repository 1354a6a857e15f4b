import { describe, expect, test } from 'vitest'
import { allowedOrigins } from './allowed-origins.ts'
import { parseTarget } from './target.ts'

const refusal = (url: string, allow?: string) => {
  const target = parseTarget(url, allowedOrigins(allow))
  return target.ok ? null : target.error
}

// By what an attacker hopes for; every line is one spelling of it.
const hostile: Record<string, string[]> = {
  'this machine': [
    'https://127.0.0.1/',
    'https://127.0.0.1:8443/admin',
    'https://127.1/',
    'https://127.0.1/',
    'https://2130706433/',
    'https://0x7f000001/',
    'https://0x7F.0.0.1/',
    'https://0x7f.1/',
    'https://0177.0.0.1/',
    'https://017700000001/',
    'https://0177.0x0.0.1/',
    'https://127.0.0.1./',
    'https://127.255.255.254/',
    'https://%31%32%37.0.0.1/',
    'https://127。0。0。1/',
    'https://１２７.0.0.1/',
    'https://①②⑦.⓪.⓪.①/',
    'https://0/',
    'https://0.0.0.0/',
    'https://0.1.2.3/',
    'https://00000000000000000000000000/',
    'https:///127.0.0.1/',
    'https:\\\\127.0.0.1\\',
    'https:127.0.0.1',
    ' https://127.0.0.1/ ',
    'https://127.0.0.1\t/',
    'ht\ntps://127.0.0.1/',
    'https://localhost/',
    'https://LOCALHOST/',
    'https://localhost./',
    'https://ⓛocalhost/',
    'https://any.localhost/',
    'https://[::1]/',
    'https://[0:0:0:0:0:0:0:1]/',
    'https://[::]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://[0:0:0:0:0:ffff:7f00:0001]/',
    'https://[::127.0.0.1]/',
    'https://[::ffff:0:127.0.0.1]/',
  ],
  'the metadata of a cloud': [
    'https://169.254.169.254/latest/meta-data/',
    'https://2852039166/',
    'https://0xa9fea9fe/',
    'https://0xA9.0xFE.0xA9.0xFE/',
    'https://0251.0376.0251.0376/',
    'https://169.254.43518/',
    'https://[::ffff:169.254.169.254]/',
    'https://[::ffff:a9fe:a9fe]/',
    'https://[64:ff9b::a9fe:a9fe]/',
    'https://[64:ff9b:1::a9fe:a9fe]/',
    'https://[2002:a9fe:a9fe::]/',
    'https://[2001:0:a9fe:a9fe::]/',
    'https://[fd00:ec2::254]/',
    'https://metadata.google.internal/',
    'https://metadata/',
    'https://100.100.100.200/',
  ],
  'a private network': [
    'https://10.0.0.1/',
    'https://10.255.255.255/',
    'https://172.16.0.1/',
    'https://172.31.255.255/',
    'https://192.168.0.1/',
    'https://3232235521/',
    'https://192.168.257/',
    'https://100.64.0.1/',
    'https://100.127.255.255/',
    'https://[fc00::1]/',
    'https://[fd12:3456:789a::1]/',
    'https://[fe80::1]/',
    'https://[fe80::1%25eth0]/',
    'https://[fe80::1%eth0]/',
    'https://[fec0::1]/',
    'https://kong/',
    'https://db.local/',
    'https://printer.home.arpa/',
    'https://api.internal./',
  ],
  'nobody, or everybody': [
    'https://224.0.0.1/',
    'https://239.255.255.255/',
    'https://240.0.0.1/',
    'https://255.255.255.255/',
    'https://192.0.2.1/',
    'https://198.51.100.1/',
    'https://203.0.113.1/',
    'https://198.18.0.1/',
    'https://192.0.0.1/',
    'https://192.88.99.1/',
    'https://[ff02::1]/',
    'https://[2001:db8::1]/',
    'https://[3fff::1]/',
    'https://[100::1]/',
    'https://[4000::1]/',
    'https://[5f00::1]/',
  ],
  'another way in': [
    'http://example.com/',
    'http://127.0.0.1/',
    'ftp://example.com/',
    'file:///etc/passwd',
    'gopher://example.com:70/_x',
    'data:text/plain,x',
    'javascript:alert(1)',
    'blob:https://example.com/1',
    'ws://example.com/',
    '//example.com/',
    '/hook',
    'example.com',
    '',
    'https://',
    'https://example.com:99999/',
    'https://user:password@example.com/',
    'https://user@example.com/',
    'https://example.com@127.0.0.1/',
    'https://127.0.0.1#@example.com/',
    'https://127.0.0.1?@example.com/',
    'https://example.com\\@127.0.0.1/'.replace('example.com\\@', ''),
    'https://256.256.256.256/',
    'https://1.2.3.4.5/',
    'https://exa mple.com/',
    'https://exam\0ple.com/',
    'https://[::1/',
    `https://example.com/${'x'.repeat(2048)}`,
  ],
}

describe.each(Object.entries(hostile))('a URL that means %s is refused', (_, urls) => {
  test.each(urls)('%j', (url) => {
    expect(refusal(url)).toMatchObject({ code: 'outbound_refused', message: expect.stringMatching(/\.$/) })
  })
})

test('the corpus is as long as it should be', () => {
  expect(Object.values(hostile).flat().length).toBeGreaterThan(100)
})

test.each([
  'https://example.com/',
  'https://hooks.example.co.uk:8443/path?query=1#fragment',
  'https://EXAMPLE.com',
  'https://bücher.example/hook',
  'https://8.8.8.8/',
  'https://[2606:4700:4700::1111]/',
  'https://127.0.0.1.nip.example/',
])('%s may be called, as far as its shape tells', (url) => {
  expect(refusal(url)).toBeNull()
})

test('a backslash is a slash, so the host is what stands before it', () => {
  expect(parseTarget('https://example.com\\@127.0.0.1/')).toMatchObject({ ok: true, value: { hostname: 'example.com' } })
})

test('a refusal says what to do, and repeats neither path nor query nor password', () => {
  for (const url of ['https://10.0.0.1/secret-path?secret-query', 'https://user:secret@example.com/', 'http://example.com/secret'])
    expect(refusal(url)!.message).not.toContain('secret')
})

describe('what an operator opens', () => {
  test('is that origin, by protocol, host and port, and nothing beside it', () => {
    const allow = 'http://127.0.0.1:8080, https://hooks.internal'
    for (const url of ['http://127.0.0.1:8080/x', 'http://2130706433:8080/', 'https://hooks.internal/', 'https://hooks.internal:443/'])
      expect(refusal(url, allow), url).toBeNull()
    for (const url of [
      'http://127.0.0.1:8081/',
      'https://127.0.0.1:8080/',
      'http://127.0.0.2:8080/',
      'http://localhost:8080/',
      'http://hooks.internal/',
      'https://hooks.internal:8443/',
      'https://x.hooks.internal/',
      'http://user@127.0.0.1:8080/',
    ])
      expect(refusal(url, allow), url).toMatchObject({ code: 'outbound_refused' })
  })

  test('may leave the port open', () => {
    expect(refusal('http://[::1]:4321/', 'http://[::1]:*')).toBeNull()
    expect(refusal('http://localhost/', 'http://localhost:*')).toBeNull()
  })

  test.each([
    '*',
    'http://*',
    'http://*.example.com',
    '127.0.0.1',
    'http://127.0.0.1/path',
    'http://a@b',
    'ftp://x',
    'http://x:port',
    'http://x:*:1',
  ])('%s is no origin, and is refused by name', (text) => {
    expect(() => allowedOrigins(text)).toThrow(/AGON_OUTBOUND_ALLOW: .* is no origin/)
  })

  test('is nothing, when nothing is set', () => {
    expect(allowedOrigins(undefined)).toEqual([])
    expect(allowedOrigins('  ')).toEqual([])
  })
})
