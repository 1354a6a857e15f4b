import { expect, test } from 'vitest'
import { stepError } from '../../errors.ts'
import type { MediaTools } from '../../ports/index.ts'
import type { NodeContext } from '../node-runner.ts'
import { programRunners } from '../runners/program-runners.ts'

type Convert = MediaTools['convert']
const asked: Parameters<Convert>[] = []
const kept: { path: string; bytes: Uint8Array; mimeType?: string }[] = []
const run = (config: Record<string, unknown>, inputs: Record<string, unknown>, convert: Convert, files = true) => {
  asked.length = kept.length = 0
  const runners = programRunners({
    convert(...args) {
      asked.push(args)
      return convert(...args)
    },
  })
  return runners.media_convert!({
    job: { ownerId: 'owner-1', rootRunId: 'root-1', label: 'to gif', runInputs: {}, variables: {} },
    config,
    inputs,
    signal: new AbortController().signal,
    timeoutMs: 60_000,
    world: {
      clock: { now: () => 0 },
      ...(files && {
        files: {
          upload: async (file: (typeof kept)[number]) => {
            kept.push(file)
            return {
              ok: true,
              value: { path: file.path, url: 'https://files.test/signed', mimeType: 'image/gif', bytes: file.bytes.byteLength },
            }
          },
        },
      }),
    },
  } as unknown as NodeContext)
}
const made: Convert = async () => ({ ok: true, value: { bytes: new Uint8Array(7), mimeType: 'image/gif' } })

test('a film becomes what was asked for, and is kept with its run', async () => {
  const outcome = await run(
    { format: 'gif', width: 320, start_s: 1.5, duration_s: 2, fps: 10 },
    { media: 'https://example.com/film.mp4' },
    made,
  )
  expect(outcome).toMatchObject({
    kind: 'completed',
    result: {
      envelope: {
        kind: 'image',
        artifact_kind: 'image',
        media: { url: 'https://files.test/signed', mime: 'image/gif' },
        data: { bytes: 7 },
      },
    },
  })
  expect(asked[0]!.slice(0, 2)).toEqual([
    { url: 'https://example.com/film.mp4' },
    { format: 'gif', width: 320, fps: 10, startMs: 1500, durationMs: 2000 },
  ])
  expect(asked[0]![2]).toMatchObject({ timeoutMs: 60_000, maxOutputBytes: 20 * 1024 * 1024 })
  expect(kept).toEqual([{ path: 'owner-1/runs/root-1/to-gif.gif', bytes: new Uint8Array(7) }])
})

test('what cannot be converted fails as the tools say, and nothing is kept', async () => {
  const error = stepError('media_refused', 'no media')
  expect(await run({ format: 'mp3' }, { input: 'https://example.com/x' }, async () => ({ ok: false, error }))).toEqual({
    kind: 'failed',
    error,
  })
  expect(kept).toEqual([])
})

test.each([[{ format: 'exe' }], [{ format: 'png', width: 1 }], [{}]])(
  'a config that is wrong is named, and nothing is fetched: %j',
  async (config) => {
    expect(await run(config, { media: 'https://example.com/x' }, made)).toMatchObject({ kind: 'failed', error: { code: 'node_config' } })
    expect(asked).toEqual([])
  },
)

test('a driver that keeps no files says so', async () => {
  expect(await run({ format: 'gif' }, {}, made, false)).toMatchObject({ kind: 'failed', error: { code: 'capability_missing' } })
})
