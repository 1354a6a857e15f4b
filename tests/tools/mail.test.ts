import { allowedOrigins, createHostGuard } from '@agon/outbound'
import type { MailMessage, MailServer } from '@agon/runner-core'
import { closedToEdge, createMail } from '@agon/tools/mail'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type MailHouse, startMailHouse } from '../support/mail-house.ts'

let house: MailHouse
beforeAll(async () => {
  house = await startMailHouse()
})
afterAll(() => house.stop())
beforeEach(() => {
  house.letters.length = 0
  house.said.length = 0
})

const guard = createHostGuard({ allow: allowedOrigins('smtp://mail.test:*'), resolve: async () => ['127.0.0.1'] })
const bounds = { signal: new AbortController().signal, timeoutMs: 3_000 }
const message: MailMessage = {
  from: { address: 'agon@example.com', name: 'Agon “bot”, Inc.' },
  to: ['ada@example.com', 'bob@example.org'],
  cc: [],
  bcc: ['hidden@example.com'],
  replyTo: 'answers@example.com',
  subject: 'Ergebnis: Žluťoučký 🐎',
  text: 'Line one\n.\nLine three',
  id: 'agon-node-1-2',
}
const server = (some: Partial<MailServer> = {}): MailServer => ({
  host: 'mail.test',
  port: house.ports.starttls,
  user: 'agon',
  password: 'the password',
  ...some,
})
const send = (some: Partial<MailMessage> = {}, to = server()) =>
  createMail({ guard, authorities: [house.authority] }).send(to, { ...message, ...some }, bounds)

test('a message reaches everybody it names, over TLS, as it was written', async () => {
  expect(await send()).toEqual({
    ok: true,
    value: {
      messageId: '<agon-node-1-2@example.com>',
      accepted: ['ada@example.com', 'bob@example.org', 'hidden@example.com'],
      refused: [],
    },
  })
  const [letter] = house.letters
  expect(letter).toMatchObject({
    secure: true,
    user: 'agon',
    from: 'agon@example.com',
    to: ['ada@example.com', 'bob@example.org', 'hidden@example.com'],
  })
  expect(letter!.headers).toMatchObject({
    'message-id': '<agon-node-1-2@example.com>',
    to: 'ada@example.com, bob@example.org',
    'reply-to': 'answers@example.com',
  })
  expect(letter!.headers).not.toHaveProperty('bcc')
  expect(letter!.body).toContain('Line one\r\n.\r\nLine three')
})

test('a recipient whom the server does not know is told, and the others have their message', async () => {
  expect(await send({ to: ['ada@example.com', 'nobody@example.com'], bcc: [] })).toMatchObject({
    ok: true,
    value: { accepted: ['ada@example.com'], refused: ['nobody@example.com'] },
  })
})

test('no text of a message becomes a header, or a second recipient', async () => {
  for (const subject of ['a\r\nBcc: evil@example.com', 'a\nBcc: evil@example.com', 'a\r\n\r\nbody']) await send({ subject })
  for (const address of [
    'ada@example.com, evil@example.com',
    'ada@example.com>\r\nRCPT TO:<evil@example.com',
    'Evil <evil@example.com>, ada@example.com',
  ])
    await send({ to: [address], bcc: [] })
  await send({ from: { name: 'a\r\nBcc: evil@example.com', address: 'agon@example.com' } })
  await send({ replyTo: 'a@example.com\r\nBcc: evil@example.com' })
  await send({ id: 'x>\r\nBcc: evil@example.com' })
  expect(house.letters.length).toBeGreaterThan(4)
  for (const { headers, to } of house.letters) {
    expect(headers).not.toHaveProperty('bcc')
    expect(to.filter((each) => each.includes('evil'))).toEqual([])
  }
})

test('a server without TLS is told nothing, least of all the password', async () => {
  expect(await send({}, server({ port: house.ports.plain }))).toMatchObject({ ok: false, error: { code: 'mail_rejected' } })
  expect(house.letters).toEqual([])
  expect(house.said).toEqual([])
})

test('a certificate of another name, or of nobody known, is none', async () => {
  expect(await send({}, server({ host: 'other.test' }))).toMatchObject({ ok: false, error: { code: 'outbound_refused' } })
  const other = createHostGuard({ allow: allowedOrigins('smtp://other.test:*'), resolve: async () => ['127.0.0.1'] })
  expect(
    await createMail({ guard: other, authorities: [house.authority] }).send(server({ host: 'other.test' }), message, bounds),
  ).toMatchObject({
    ok: false,
    error: { code: 'mail_unavailable' },
  })
  expect(await createMail({ guard }).send(server(), message, bounds)).toMatchObject({ ok: false, error: { code: 'mail_unavailable' } })
  expect(house.letters).toEqual([])
})

test('a wrong password is final, and is not repeated to anybody', async () => {
  const answer = await send({}, server({ password: 'a wrong one' }))
  expect(answer).toMatchObject({ ok: false, error: { code: 'mail_rejected' } })
  expect(JSON.stringify(answer)).not.toContain('a wrong one')
})

test('what the server says tells whether to try again', async () => {
  expect(await send({ to: ['nobody@example.com'], bcc: [] })).toMatchObject({
    ok: false,
    error: { code: 'mail_rejected', message: expect.stringContaining('550') },
  })
  expect(await send({ to: ['later@example.com'], bcc: [] })).toMatchObject({
    ok: false,
    error: { code: 'mail_unavailable', message: expect.stringContaining('451') },
  })
})

test('a server that says nothing is waited for as long as there is time', async () => {
  const from = performance.now()
  const mail = createMail({ guard, authorities: [house.authority] })
  expect(await mail.send(server({ port: house.ports.silent }), message, { ...bounds, timeoutMs: 300 })).toMatchObject({
    ok: false,
    error: { code: 'outbound_timeout' },
  })
  const leaving = new AbortController()
  setTimeout(() => leaving.abort(), 100)
  expect(await mail.send(server({ port: house.ports.silent }), message, { ...bounds, signal: leaving.signal })).toMatchObject({
    ok: false,
    error: { code: 'lease_lost' },
  })
  expect(performance.now() - from).toBeLessThan(2_000)
})

test.each([
  ['127.0.0.1', ['127.0.0.1']],
  ['localhost', ['127.0.0.1']],
  ['mail.internal', ['10.0.0.1']],
  ['public.example', ['169.254.169.254']],
  ['public.example', ['93.184.216.34', '10.0.0.1']],
  ['[::1]', ['::1']],
  ['user@127.0.0.1', ['127.0.0.1']],
  ['example.com/@127.0.0.1', ['127.0.0.1']],
  ['example.com:25', ['93.184.216.34']],
])('the mail server %s is refused, as an address is', async (host, addresses) => {
  const closed = createMail({ guard: createHostGuard({ resolve: async () => addresses }) })
  expect(await closed.send(server({ host }), message, bounds)).toMatchObject({ ok: false, error: { code: 'outbound_refused' } })
})

test('in an edge function the ports that are closed there are refused, and others are named', async () => {
  for (const port of [25, 587])
    expect(await createMail({ guard, closedPorts: closedToEdge }).send(server({ port }), message, bounds)).toMatchObject({
      ok: false,
      error: { code: 'mail_port_closed', message: expect.stringMatching(/465 or 2525/) },
    })
})
