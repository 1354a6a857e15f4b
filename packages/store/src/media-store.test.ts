import { beforeEach, describe, expect, test } from 'vitest'
import { createMediaStore } from './media-store.ts'

// Against Storage itself it is proved in tests/e2e/media.test.ts. Here: what it fetches, and what it refuses.

const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, ...new Array(64).fill(0)])
const mp4 = Uint8Array.from([0, 0, 0, 24, ...new TextEncoder().encode('ftypisom'), 0, 0, 2, 0, ...new TextEncoder().encode('isommp42')])

interface Upload {
  url: string
  type: string | null
  bytes: number
}
let uploads: Upload[] = []
let asked: { url: string; headers: Headers }[] = []
beforeEach(() => {
  uploads = []
  asked = []
})

const site: Record<string, () => Response> = {
  'https://files.test/a.png': () => new Response(png),
  'https://files.test/moved': () => new Response(null, { status: 302, headers: { location: 'https://cdn.test/b.png' } }),
  'https://cdn.test/b.png': () => new Response(png),
  'https://files.test/inside': () => new Response(null, { status: 302, headers: { location: 'http://169.254.169.254/latest' } }),
  'https://files.test/loop': () => new Response(null, { status: 302, headers: { location: '/loop' } }),
  'https://files.test/gone': () => new Response('expired', { status: 403 }),
  'https://files.test/busy': () => new Response('busy', { status: 503 }),
  'https://files.test/empty': () => new Response(new Uint8Array()),
  'http://127.0.0.1:9/local.png': () => new Response(png),
}

/** An endless film that begins as one. */
const film = (chunks: number): Response => {
  let sent = 0
  return new Response(
    new ReadableStream({
      pull(controller) {
        if (sent++ === 0) controller.enqueue(mp4)
        else if (sent > chunks) controller.close()
        else controller.enqueue(new Uint8Array(1024 * 1024))
      },
    }),
  )
}

const store = (pages = site) =>
  createMediaStore({
    url: 'https://project.test',
    secretKey: 'sb_secret_test',
    localOrigins: ['http://127.0.0.1:9'],
    fetch: async (input, init) => {
      const url = String(input)
      if (url.startsWith('https://project.test/storage/')) {
        const bytes = await new Response(init?.body as BodyInit).bytes()
        uploads.push({ url, type: new Headers(init?.headers).get('content-type'), bytes: bytes.byteLength })
        return Response.json({ Id: '1', Key: 'k' })
      }
      asked.push({ url, headers: new Headers(init?.headers) })
      return pages[url]!()
    },
  })

const bounds = { signal: new AbortController().signal, timeoutMs: 5_000 }
const copy = (source: string | Uint8Array, kind: 'image' | 'audio' | 'video' = 'image', pages = site) =>
  store(pages).copy(
    {
      source: typeof source === 'string' ? { url: source, headers: { 'x-key': 'secret' } } : { bytes: source },
      mimeType: 'image/png',
      wireModel: 'm',
    },
    { path: 'battle/contender', kind },
    bounds,
  )

describe('a copy', () => {
  test('is kept under a name that ends in what it is and cannot be guessed, the same each time', async () => {
    const [first, again] = [await copy('https://files.test/a.png'), await copy(png)]
    expect(first).toMatchObject({ ok: true, value: { mimeType: 'image/png', bytes: png.byteLength } })
    if (!first.ok || !again.ok) return
    expect(first.value.path).toMatch(/^battle\/contender-[0-9a-f]{24}\.png$/)
    expect(first.value.url).toBe(`https://project.test/storage/v1/object/public/battle-media/${first.value.path}`)
    expect(again.value.path).toBe(first.value.path)
    expect(uploads).toEqual([1, 2].map(() => expect.objectContaining({ type: 'image/png', bytes: png.byteLength })))
  })

  test('of a long film is a stream of all of it', async () => {
    expect(await copy('https://files.test/film', 'video', { 'https://files.test/film': () => film(12) })).toMatchObject({
      ok: true,
      value: { mimeType: 'video/mp4', bytes: mp4.byteLength + 11 * 1024 * 1024 },
    })
    expect(uploads[0]!.bytes).toBe(mp4.byteLength + 11 * 1024 * 1024)
  })

  test('follows a redirect, and keeps the provider’s headers from where it leads', async () => {
    expect(await copy('https://files.test/moved')).toMatchObject({ ok: true })
    expect(asked.map(({ url, headers }) => [url, headers.get('x-key')])).toEqual([
      ['https://files.test/moved', 'secret'],
      ['https://cdn.test/b.png', null],
    ])
  })

  test('is fetched from a local provider’s own origin, which is not public', async () => {
    expect(await copy('http://127.0.0.1:9/local.png')).toMatchObject({ ok: true })
  })
})

describe('refused, with nothing kept, is', () => {
  test.each([
    ['a private address', 'http://169.254.169.254/latest', 'media_refused'],
    ['another local port', 'http://127.0.0.1:5432/', 'media_refused'],
    ['plain http', 'http://files.test/a.png', 'media_refused'],
    ['no URL', 'a.png', 'media_refused'],
    ['a redirect to a private address', 'https://files.test/inside', 'media_refused'],
    ['a redirect without end', 'https://files.test/loop', 'media_refused'],
    ['what has expired', 'https://files.test/gone', 'media_expired'],
    ['what cannot be fetched now', 'https://files.test/busy', 'media_unavailable'],
    ['what is empty', 'https://files.test/empty', 'media_unavailable'],
  ])('%s', async (_, url, code) => {
    expect(await copy(url)).toMatchObject({ ok: false, error: { code } })
    expect(uploads).toEqual([])
  })

  test.each([
    ['a film in place of an image', mp4, 'image'],
    ['an image in place of sound', png, 'audio'],
    ['a drawing that could carry a script', new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'image'],
    ['a page', new TextEncoder().encode('<!doctype html><p>Not found'), 'image'],
  ] as const)('%s', async (_, bytes, kind) => {
    expect(await copy(bytes, kind)).toMatchObject({ ok: false, error: { code: 'media_refused' } })
    expect(uploads).toEqual([])
  })

  test('what weighs too much, while it is read', async () => {
    expect(await copy('https://files.test/film', 'video', { 'https://files.test/film': () => film(1000) })).toMatchObject({
      ok: false,
      error: { code: 'media_refused', message: expect.stringContaining('50 MiB') },
    })
    expect(uploads).toEqual([])
  })
})
