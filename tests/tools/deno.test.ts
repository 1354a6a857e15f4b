import { afterAll, beforeAll, expect, test } from 'vitest'
import { inDeno } from '../support/in-deno.ts'
import { type MailHouse, startMailHouse } from '../support/mail-house.ts'
import { startSite } from './request.ts'

// What the function run-tools carries, in the runtime it runs in.

let house: MailHouse
let site: Awaited<ReturnType<typeof startSite>>
beforeAll(async () => {
  house = await startMailHouse()
  site = await startSite({ '/hook': (_, response) => response.writeHead(204).end() })
})
afterAll(() => Promise.all([house.stop(), site.stop()]))

test('code, documents, mail and requests work in Deno as they do in Node', async () => {
  const program = `
import { allowedOrigins, createHostGuard, createOutbound } from '@agon/outbound'
import { createDocuments } from '@agon/tools/documents'
import { createMail } from '@agon/tools/mail'
import { createSandbox } from '@agon/tools/sandbox'

const bounds = { signal: new AbortController().signal, timeoutMs: 10_000 }
const place = JSON.parse(Deno.env.get('PLACE'))
const limits = { timeoutMs: 300, memoryBytes: 16 * 1024 * 1024, outputBytes: 1000 }
const sandbox = createSandbox()
const run = (code) => sandbox.run({ code, globals: { input: 20 }, seed: '' }, limits)
const guard = createHostGuard({ allow: allowedOrigins('smtp://mail.test:*'), resolve: async () => ['127.0.0.1'] })
const mail = createMail({ guard, authorities: [place.authority] })
const message = { from: { address: 'agon@example.com' }, to: ['ada@example.com'], cc: [], bcc: [], subject: 'Über', text: 'Hi', id: 'deno-1' }
const printed = await createDocuments().pdf({ title: 'T', markdown: '# Füße\\n\\n- [a](https://example.com/)', sources: [], unsupported: 'fail' }, bounds)
const outbound = createOutbound({ allow: allowedOrigins('http://127.0.0.1:*') })
console.log(JSON.stringify({
  answer: await run('return await Promise.resolve(input + 1)'),
  loop: await run('for (;;) {}'),
  host: await run('return typeof Deno + typeof process + typeof fetch'),
  pages: printed.ok && printed.value.pages,
  head: printed.ok && new TextDecoder('latin1').decode(printed.value.bytes.slice(0, 5)),
  sent: await mail.send({ host: 'mail.test', port: place.port, user: 'agon', password: 'the password' }, message, bounds),
  refused: await mail.send({ host: '127.0.0.1', port: place.port }, message, bounds),
  status: (await outbound.request({ url: place.site + '/hook', method: 'POST', body: '{}' }, { ...bounds, maxResponseBytes: 0 })).value.status,
}))
Deno.exit(0)
`
  const place = JSON.stringify({ port: house.ports.starttls, authority: house.authority, site: site.url })
  const said = await inDeno<Record<string, unknown>>({ packages: ['runner-core', 'outbound', 'tools'], program, env: { PLACE: place } })
  expect(said).toMatchObject({
    answer: { ok: true, value: { value: 21 } },
    loop: { ok: false, error: { code: 'code_limit' } },
    host: { ok: true, value: { value: 'undefinedundefinedundefined' } },
    pages: 1,
    head: '%PDF-',
    sent: { ok: true, value: { messageId: '<deno-1@example.com>', accepted: ['ada@example.com'] } },
    refused: { ok: false, error: { code: 'outbound_refused' } },
    status: 204,
  })
  expect(house.letters).toMatchObject([{ secure: true, to: ['ada@example.com'] }])
})
