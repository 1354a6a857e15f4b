import { createMediaTools } from '@agon/media-tools'
import { ok } from '@agon/runner-core'
import { afterAll, expect, test } from 'vitest'
import { artwork } from '../../apps/cli/src/sparring/studio.ts'
import { ffmpegHere } from '../support/films.ts'
import { agon, keepPlatform, type Running, temporaryHome } from './support.ts'

// Media without a key: what the simulated partners make is what it says it is, and they fight from the command line.

const { home, remove } = await temporaryHome()
let host: Running | undefined
afterAll(async () => {
  host?.interrupt()
  await host?.ended
  remove()
})
const environment = { AGON_HOME: home, AGON_SPARRING_THINKS_MS: '50' }
const bounds = { signal: new AbortController().signal, timeoutMs: 20_000, maxInputBytes: 1e6, maxOutputBytes: 1e7 }

test('a player takes what the artists make, to its last picture and note', async () => {
  const ffmpeg = await ffmpegHere()
  const open = (bytes: Uint8Array) => createMediaTools({ ffmpeg, fetch: async () => ok(bytes) })
  const file = { url: 'https://files.test/x' }
  const task = 'Waves at dusk, gulls and a lighthouse'
  expect(await open(artwork('image', 'easel', task)).probe(file, bounds)).toMatchObject({
    value: { video: { codec: 'png', width: 128, height: 128 } },
  })
  expect(await open(artwork('audio', 'hum', task)).probe(file, bounds)).toMatchObject({ value: { container: 'wav', audio: {} } })
  const film = open(artwork('video', 'reel', task))
  expect(await film.probe(file, bounds)).toMatchObject({ value: { durationMs: 2000, video: { codec: 'h264', width: 128, height: 96 } } })
  const frames = await film.keyframes(file, { count: 8, maxWidth: 128 }, bounds)
  expect(frames.ok && frames.value.length).toBe(8)
})

test('painters fight without a key, and the arbiter looks at what they painted', async () => {
  const { code, out, err } = await agon(
    ['battle', 'A lighthouse in a storm, with gulls and waves', '--kind', 'image', '--json'],
    environment,
  )
  expect([code, err]).toEqual([0, ''])
  const battle = JSON.parse(out)
  expect(battle).toMatchObject({ status: 'closed', judge: { model: 'sparring:arbiter', simulated: true } })
  expect(battle.contenders).toMatchObject([
    { model: 'sparring:easel', simulated: true, submission: { mime_type: 'image/png', output_modality: 'image' } },
    { model: 'sparring:fresco', simulated: true, submission: { mime_type: 'image/png', output_modality: 'image' } },
  ])
  // It saw words of the task in them, and not the line that stands for a picture.
  expect(battle.verdicts).toHaveLength(2)
  for (const { reasoning } of battle.verdicts) expect(reasoning).toMatch(/takes up [1-9]\d* of \d+ words/)
  // From here on commands find a platform that runs, instead of starting one each.
  host = await keepPlatform(environment)
})

test.each([
  ['audio', 'audio/wav'],
  ['video', 'video/mp4'],
])('those who make %s fight without a key, and votes decide', async (kind, mimeType) => {
  const { code, out } = await agon(['battle', 'Good night, sea', '--kind', kind, '--json'], environment)
  expect(code).toBe(0)
  const battle = JSON.parse(out)
  expect(battle).toMatchObject({ scoring_mode: 'community', status: 'voting' })
  expect(battle.contenders).toMatchObject([1, 2].map(() => ({ simulated: true, submission: { mime_type: mimeType, is_final: true } })))
})

test('a kind that contradicts the contenders, or a judge of films where nothing takes them apart, is refused', async () => {
  const wrong = await agon(['battle', 'x', '--kind', 'audio', '-c', 'sparring:easel', '-c', 'sparring:fresco'], environment)
  expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('sparring:easel makes image')])
  const judged = await agon(['battle', 'x', '--kind', 'video', '-j', 'sparring:arbiter'], environment)
  expect(judged.code).not.toBe(0)
  expect(judged.err).toContain('ffmpeg')
})
