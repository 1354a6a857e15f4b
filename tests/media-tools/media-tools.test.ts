import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMediaTools, type FetchMedia, fetchThrough, findFfmpeg, forgetFolders } from '@agon/media-tools'
import { allowedOrigins, createOutbound } from '@agon/outbound'
import { ok } from '@agon/runner-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { colourOf, ffmpegHere, film } from '../support/films.ts'
import { startWireServer, type WireServer } from '../support/wire-server.ts'

let ffmpeg: string
let mp4: Buffer
let server: WireServer
const folder = mkdtempSync(join(tmpdir(), 'agon-media-test-'))
const files = new Map<string, Buffer>()

beforeAll(async () => {
  ffmpeg = await ffmpegHere()
  mp4 = await film()
  server = await startWireServer(({ path }, response) => {
    const file = files.get(path)
    if (path === '/moved') return response.writeHead(302, { location: '/film' }).end()
    if (path === '/inside') return response.writeHead(302, { location: 'http://169.254.169.254/latest' }).end()
    return file ? response.writeHead(200).end(file) : response.writeHead(404).end()
  })
  files.set('/film', mp4)
})
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await server.stop()
})

const bounds = (more: object = {}) => ({
  signal: new AbortController().signal,
  timeoutMs: 30_000,
  maxInputBytes: 10_000_000,
  maxOutputBytes: 10_000_000,
  ...more,
})
const showing =
  (bytes: Uint8Array): FetchMedia =>
  async () =>
    ok(bytes)
const tools = (bytes: Uint8Array = mp4) => createMediaTools({ ffmpeg, fetch: showing(bytes) })
const file = { url: 'https://files.test/film' }

test('a film says what it is', async () => {
  expect(await tools().probe(file, bounds())).toMatchObject({
    ok: true,
    value: {
      container: expect.stringContaining('mp4'),
      durationMs: expect.closeTo(2000, -2),
      video: { codec: 'h264', width: 160, height: 90 },
      audio: { codec: 'aac' },
    },
  })
})

test('its keyframes are pictures at even distances, each of the place it says, no wider than asked', async () => {
  const frames = await tools().keyframes(file, { count: 4, maxWidth: 80 }, bounds())
  if (!frames.ok) throw new Error(frames.error.message)
  expect(frames.value.map(({ atMs, mimeType }) => [Math.round(atMs / 250) * 250, mimeType])).toEqual(
    [250, 750, 1250, 1750].map((at) => [at, 'image/jpeg']),
  )
  expect(await Promise.all(frames.value.map(({ bytes }) => colourOf(bytes)))).toEqual(['red', 'green', 'blue', 'white'])
  expect(await tools(frames.value[0]!.bytes).probe(file, bounds())).toMatchObject({ value: { video: { width: 80, height: 44 } } })
})

test('a film that is short, or that does not say how long it is, gives what it has', async () => {
  const one = await film({ colours: ['red'], sound: false })
  const few = await tools(one).keyframes(file, { count: 3, maxWidth: 80 }, bounds())
  expect(few.ok && few.value.length).toBeGreaterThanOrEqual(2)
  writeFileSync(join(folder, 'film.mp4'), mp4)
  // Written to a pipe, it cannot go back to say how long it has become.
  const stream = execFileSync(ffmpeg, ['-loglevel', 'error', '-i', join(folder, 'film.mp4'), '-an', '-c:v', 'libvpx', '-f', 'webm', '-'])
  expect(await tools(stream).probe(file, bounds())).toMatchObject({ ok: true, value: { durationMs: null } })
  const frames = await tools(stream).keyframes(file, { count: 2, maxWidth: 80 }, bounds())
  if (!frames.ok) throw new Error(frames.error.message)
  expect(await Promise.all(frames.value.map(({ bytes }) => colourOf(bytes)))).toEqual(['green', 'white'])
})

test.each([
  ['mp4', 'video/mp4', 'ftyp'],
  ['webm', 'video/webm', 'webm'],
  ['gif', 'image/gif', 'GIF89a'],
  ['mp3', 'audio/mpeg', ''],
  ['wav', 'audio/wav', 'WAVE'],
  ['ogg', 'audio/ogg', 'OggS'],
  ['png', 'image/png', 'PNG'],
  ['jpg', 'image/jpeg', ''],
  ['webp', 'image/webp', 'WEBP'],
] as const)('a film becomes %s, and can be read again', async (format, mimeType, mark) => {
  const made = await tools().convert(file, { format, width: 64, audioBitrateKbps: 64, durationMs: 1000 }, bounds())
  expect(made).toMatchObject({ ok: true, value: { mimeType } })
  if (!made.ok) return
  expect(Buffer.from(made.value.bytes.subarray(0, 64)).toString('latin1')).toContain(mark)
  const facts = await tools(made.value.bytes).probe(file, bounds())
  expect(facts).toMatchObject({ ok: true, value: mimeType.startsWith('audio/') ? { audio: {} } : { video: { width: 64 } } })
})

describe('refused, with nothing made, is', () => {
  test('what is no media, and a picture where sound is wanted', async () => {
    expect(await tools(Buffer.from('<!doctype html><p>Not found')).probe(file, bounds())).toMatchObject({
      error: { code: 'media_unreadable' },
    })
    const png = await tools().convert(file, { format: 'png' }, bounds())
    if (!png.ok) throw new Error(png.error.message)
    expect(await tools(png.value.bytes).convert(file, { format: 'mp3' }, bounds())).toMatchObject({
      error: { code: 'media_unreadable', message: expect.stringContaining('sound') },
    })
  })

  test('a playlist or a list of files that would have ffmpeg read the machine', async () => {
    const secret = join(folder, 'secret.wav')
    const wav = await tools().convert(file, { format: 'wav' }, bounds())
    if (!wav.ok) throw new Error(wav.error.message)
    writeFileSync(secret, wav.value.bytes)
    for (const trick of [
      `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://${secret}\n#EXT-X-ENDLIST\n`,
      `ffconcat version 1.0\nfile '${secret}'\n`,
      `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period><AdaptationSet><Representation id="1"><BaseURL>file://${secret}</BaseURL></Representation></AdaptationSet></Period></MPD>`,
    ]) {
      expect(await tools(Buffer.from(trick)).convert(file, { format: 'wav' }, bounds()), trick.slice(0, 20)).toMatchObject({
        error: { code: 'media_unreadable' },
      })
    }
    // Without the fence the first of them does read it: that is what is being kept out.
    expect(readFileSync(secret).byteLength).toBeGreaterThan(1000)
  })

  test('a picture of more pixels than fit', async () => {
    const huge = Buffer.alloc(33)
    Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex').copy(huge)
    huge.writeUInt32BE(60_000, 16)
    huge.writeUInt32BE(60_000, 20)
    huge.set([8, 2, 0, 0, 0], 24)
    expect(await tools(huge).convert(file, { format: 'jpg' }, bounds())).toMatchObject({ ok: false, error: { code: 'media_unreadable' } })
  })

  test('what is made larger than allowed', async () => {
    expect(await tools().convert(file, { format: 'wav' }, bounds({ maxOutputBytes: 5000 }))).toMatchObject({
      error: { code: 'media_refused' },
    })
    expect(await tools().keyframes(file, { count: 4, maxWidth: 160 }, bounds({ maxOutputBytes: 500 }))).toMatchObject({
      error: { code: 'media_refused' },
    })
  })

  test.each([
    [{ format: 'mp4', width: 1 }, 'width'],
    [{ format: 'mp4', width: '64;-i /etc/passwd' as unknown as number }, 'width'],
    [{ format: 'mp3', audioBitrateKbps: 1e9 }, 'audioBitrateKbps'],
    [{ format: 'mp4', startMs: Number.NaN }, 'startMs'],
    [{ format: '-f hls' as 'mp4' }, 'format'],
  ] as const)('%o', async (to, field) => {
    expect(await tools().convert(file, to, bounds())).toMatchObject({
      error: { code: 'media_target_invalid', message: expect.stringContaining(field) },
    })
  })
})

describe('a run is over', () => {
  /** An ffmpeg that starts another process and waits for it. */
  const stuck = () => {
    const path = join(folder, 'stuck.sh')
    writeFileSync(path, `#!/bin/sh\n/bin/sh -c 'sleep 2; touch ${join(folder, 'survived')}' &\nwait\n`)
    chmodSync(path, 0o755)
    return createMediaTools({ ffmpeg: path, fetch: showing(mp4) })
  }
  const leftBehind = () => readdirSync(tmpdir()).filter((name) => name.startsWith('agon-media-') && !name.startsWith('agon-media-test-'))

  test('when its time is, with every process it started and its folder', async () => {
    expect(await stuck().probe(file, bounds({ timeoutMs: 300 }))).toMatchObject({ error: { code: 'media_tools_timeout' } })
    await new Promise((resolve) => setTimeout(resolve, 2500))
    expect(existsSync(join(folder, 'survived'))).toBe(false)
    expect(leftBehind()).toEqual([])
  })

  test('and what one that was killed left behind is deleted, when it is older than an hour', async () => {
    const [old, fresh] = [mkdtempSync(join(tmpdir(), 'agon-media-')), mkdtempSync(join(tmpdir(), 'agon-media-'))]
    const before = Date.now() / 1000 - 3700
    utimesSync(old, before, before)
    await forgetFolders()
    expect([existsSync(old), existsSync(fresh)]).toEqual([false, true])
    rmSync(fresh, { recursive: true })
  })

  test('when the lease is lost', async () => {
    const lost = new AbortController()
    setTimeout(() => lost.abort(), 200)
    expect(await stuck().probe(file, bounds({ signal: lost.signal }))).toMatchObject({ error: { code: 'lease_lost' } })
  })

  test('before it begins where there is no ffmpeg', async () => {
    expect(await findFfmpeg('/nowhere/ffmpeg')).toBeUndefined()
    expect(await createMediaTools({ ffmpeg: '/nowhere/ffmpeg', fetch: showing(mp4) }).probe(file, bounds())).toMatchObject({
      error: { code: 'capability_missing' },
    })
  })
})

describe('a file is fetched', () => {
  const through = (allow = '') => {
    const own = { prefix: `${server.url}/film`, outbound: createOutbound({ allow: allowedOrigins(server.url) }) }
    return createMediaTools({ ffmpeg, fetch: fetchThrough(createOutbound({ allow: allowedOrigins(allow) }), own) })
  }
  test('from where the project keeps its files, and elsewhere only where the guard lets', async () => {
    expect(await through().probe({ url: `${server.url}/film` }, bounds())).toMatchObject({ ok: true })
    expect(await through().probe({ url: `${server.url}/moved` }, bounds())).toMatchObject({ error: { code: 'outbound_refused' } })
    expect(await through(server.url).probe({ url: `${server.url}/moved` }, bounds())).toMatchObject({ ok: true })
    expect(await through(server.url).probe({ url: `${server.url}/inside` }, bounds())).toMatchObject({
      error: { code: 'outbound_refused' },
    })
    expect(await through().probe({ url: 'file:///etc/passwd' }, bounds())).toMatchObject({ error: { code: 'outbound_refused' } })
  })
  test('no further than allowed, and one that is gone is said to be', async () => {
    expect(await through(server.url).probe({ url: `${server.url}/film` }, bounds({ maxInputBytes: 1000 }))).toMatchObject({
      error: { code: 'media_refused' },
    })
    expect(await through(server.url).probe({ url: `${server.url}/gone` }, bounds())).toMatchObject({ error: { code: 'media_expired' } })
  })
})
