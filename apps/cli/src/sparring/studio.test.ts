import { createProviders, providerConfiguration } from '@agon/providers'
import { findModel } from '@agon/runner-core'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { artists, type MediaKind } from './artists.ts'
import { described, pixelsOf } from './media/painting.ts'
import { openRing, type Ring } from './ring.ts'
import { artwork } from './studio.ts'

const task = 'Draw a lighthouse in a storm at night.'
const all = (Object.keys(artists) as MediaKind[]).flatMap((kind) => artists[kind].map((name) => [kind, name] as const))

describe('what an artist makes', () => {
  test.each(all)('%s of %s: the registry knows it for that, simulated; it is small, the same each time, and of the task', (kind, name) => {
    expect(findModel(`sparring:${name}`)).toMatchObject({ ok: true, value: { kind, simulated: true } })
    const made = artwork(kind, name, task)
    expect(made.equals(artwork(kind, name, task))).toBe(true)
    expect(made.equals(artwork(kind, name, 'Another song of spring and rain.'))).toBe(false)
    expect(made.length).toBeLessThan(200_000)
    expect(made.toString('latin1')).toContain(`Agon sparring partner ${name} (simulated)`)
  })

  test('a painting says which words of the task it took up, whatever the task', () => {
    expect(described(artwork('image', 'easel', task))).toMatch(/lighthouse|storm|night|draw/)
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (prompt) => {
        const made = artwork('image', 'fresco', prompt)
        expect(pixelsOf(made)).toBe(128 * (1 + 128 * 3))
        expect(described(made)).toBeDefined()
      }),
    )
    expect(described(Buffer.from('no picture'))).toBeUndefined()
  })
})

describe('over the wire of the provider they stand in for', () => {
  let ring: Ring
  let provider: Extract<ReturnType<ReturnType<typeof createProviders>>, { ok: true }>['value']
  beforeAll(async () => {
    ring = await openRing({ thinksMs: 1 })
    const found = createProviders(providerConfiguration({ ...ring.environment }))('sparring')
    if (!found.ok) throw new Error(found.error.message)
    provider = found.value
  })
  afterAll(() => ring.close())
  const call = { signal: new AbortController().signal, timeoutMs: 5000, idempotencyKey: 'k' }
  const make = (kind: MediaKind, wireModel: string) => provider.generateMedia!({ wireModel, kind, prompt: task }, call)

  test('a picture and a tune come at once', async () => {
    for (const kind of ['image', 'audio'] as const) {
      const made = await make(kind, artists[kind][0])
      expect(made).toMatchObject({ ok: true, value: { kind: 'done' } })
      if (!made.ok || made.value.kind !== 'done' || !('bytes' in made.value.media.source)) throw new Error('no bytes')
      expect(Buffer.from(made.value.media.source.bytes).equals(artwork(kind, artists[kind][0], task))).toBe(true)
    }
  })

  test('a film is a task until it is there, and can be given up', async () => {
    const started = await make('video', 'reel')
    if (!started.ok || started.value.kind !== 'pending') throw new Error(JSON.stringify(started))
    const asked = { ...started.value.task, wireModel: 'reel', kind: 'video' as const }
    await expect.poll(async () => (await provider.pollTask!(asked, call)) as unknown).toMatchObject({ ok: true, value: { kind: 'done' } })
    expect(await provider.cancelTask!(asked, call)).toMatchObject({ ok: true })
    expect(await provider.pollTask!(asked, call)).toMatchObject({ ok: false, error: { code: 'provider_task_gone' } })
  })

  test('who is no artist of a kind is refused', async () => {
    expect(await make('image', 'hum')).toMatchObject({ ok: false })
    expect(await make('video', 'easel')).toMatchObject({ ok: false })
  })
})
