import { describe, expect, test } from 'vitest'
import { stepError } from '../../errors.ts'
import type { MediaRequest, MediaStore, NodeJob, OpenTask, Outbound, Provider, TaskState, TranscriptionRequest } from '../../ports/index.ts'
import { fail, ok, type Result } from '../../result.ts'
import { actOf, completedWith, failedWith } from '../../testing/node-scene.ts'
import { bounds, fedBy, nodeJob, testWorld } from '../../testing/samples.ts'
import { nodeStep } from '../node-step.ts'
import { mediaRunners } from './media-runners.ts'

const ours = 'https://project.example/storage/v1/object/public/battle-media/a.mp3'
const open: OpenTask = { providerTaskId: 't1', details: { endpoint: 'e' }, polls: 2, ageMs: 30_000 }

function scene(more: Partial<Provider> = {}) {
  const requests: MediaRequest[] = []
  const recordings: TranscriptionRequest[] = []
  const paths: string[] = []
  const media: MediaStore = {
    isOwn: (url) => url.startsWith('https://project.example/'),
    copy: async (_media, { path }) => {
      paths.push(path)
      return ok({ url: `https://project.example/${path}.png`, path, mimeType: 'image/png', bytes: 7 })
    },
  }
  const provider: Provider = {
    generateText: async ({ attachments }) =>
      ok({ text: `A cat, of ${attachments?.length} images.`, finishReason: 'stop', wireModel: 'm', inputTokens: 10, outputTokens: 5 }),
    generateMedia: async (request) => {
      requests.push(request)
      return ok({
        kind: 'done',
        media: { source: { url: 'https://fal.example/x.png' }, mimeType: 'image/png', wireModel: request.wireModel },
      })
    },
    transcribe: async (request) => {
      recordings.push(request)
      return ok({ text: 'Hello.', wireModel: request.wireModel })
    },
    ...more,
  }
  const act = (nodeType: string, job: Partial<NodeJob>, world = {}) =>
    actOf(mediaRunners, { ...job, nodeType, kind: 'workflow_media' }, { providers: () => ok(provider), media, ...world })
  return { act, requests, recordings, paths, provider, media }
}

describe('making', () => {
  test.each([
    ['text_to_image', 'fal:flux-2', { prompt: 'a cat' }, 'image', 'fal-ai/flux-2'],
    ['text_to_video', 'fal:veo-3.1', { prompt: 'a cat' }, 'video', 'fal-ai/veo3.1'],
    ['text_to_speech', 'openai:tts-1', { text: 'a cat' }, 'audio', 'tts-1'],
  ])('%s asks its model for what it was told, and keeps a copy', async (nodeType, modelKey, given, kind, wireModel) => {
    const { act, requests, paths } = scene()
    const { outcome } = await act(nodeType, { ...fedBy(given), modelKey })
    expect(requests).toEqual([expect.objectContaining({ kind, wireModel, prompt: 'a cat' })])
    expect(completedWith(outcome)).toMatchObject({
      output: 'a cat',
      envelope: { artifact_kind: kind, media: { url: expect.stringContaining(paths[0]!) } },
    })
    // The housekeeping takes a name with a UUID for a battle's, and would delete it.
    expect(paths[0]).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/)
  })

  test('a lens of kind image renders its template and makes an image', async () => {
    const { act, requests } = scene()
    const { outcome } = await act('lens', {
      ...fedBy({ topic: 'rain' }),
      modelKey: 'fal:flux-2-pro',
      lens: { kind: 'image', template: 'Paint [[topic]].' },
    })
    expect(requests[0]!.prompt).toBe('Paint rain.')
    expect(completedWith(outcome)).toMatchObject({ envelope: { kind: 'image' }, rest: { costUsd: 0.045 } })
  })

  test('a voice is passed on', async () => {
    const { act, requests } = scene()
    await act('text_to_speech', { ...fedBy({ text: 'x' }), modelKey: 'openai:tts-1', config: { voice: 'nova' } })
    expect(requests[0]!.voice).toBe('nova')
  })

  test('a model that makes something else is refused with both names', async () => {
    const { act } = scene()
    const { outcome } = await act('text_to_image', { ...fedBy({ prompt: 'x' }), modelKey: 'openai:tts-1' })
    expect(failedWith(outcome)).toMatchObject({ code: 'node_config', message: expect.stringContaining('makes audio') })
  })
})

describe('from an image', () => {
  const image = fedBy({ image: 'https://project.example/cat.png', prompt: 'make it blue' })

  test('an edit and an enlargement start from it', async () => {
    const { act, requests } = scene()
    await act('image_to_image', { ...image, modelKey: 'fal:nano-banana-2' })
    await act('image_upscale', { ...image, modelKey: 'fal:clarity-upscaler', config: { scale_factor: 4 } })
    expect(requests).toEqual([
      expect.objectContaining({ prompt: 'make it blue', from: { imageUrl: 'https://project.example/cat.png' } }),
      expect.objectContaining({ prompt: '', from: { imageUrl: 'https://project.example/cat.png', scale: 4 } }),
    ])
  })

  test('a model that cannot is refused with the names of those that can', async () => {
    const { act, requests } = scene()
    const { outcome } = await act('image_upscale', { ...image, modelKey: 'fal:flux-2' })
    expect(failedWith(outcome)).toMatchObject({ code: 'adapter_missing', message: expect.stringContaining('fal:clarity-upscaler') })
    expect(requests).toEqual([])
  })

  test('image_to_audio looks, then speaks, and pays for both', async () => {
    const { act, requests } = scene()
    const { outcome } = await act('image_to_audio', { ...image, modelKey: 'openai:tts-1', config: { vision_model_key: 'openai:gpt-4o' } })
    expect(requests[0]).toMatchObject({ kind: 'audio', prompt: 'A cat, of 1 images.' })
    expect(completedWith(outcome)).toMatchObject({ output: 'A cat, of 1 images.', rest: { inputTokens: 10, outputTokens: 5 } })
    expect(completedWith(outcome).rest.costUsd).toBeGreaterThan((10 * 2.5 + 5 * 10) / 1e6)
  })

  test('while its speech is made, a poll does not look again', async () => {
    let looks = 0
    const { act } = scene({
      generateText: async () => {
        looks++
        return fail(stepError('internal', 'no'))
      },
      pollTask: async () => ok({ kind: 'done', media: { source: { url: 'https://x.example' }, mimeType: 'audio/mpeg', wireModel: 'k' } }),
    })
    const task = { ...open, details: { endpoint: 'e', agon_description: 'A cat.' } }
    const { outcome } = await act('image_to_audio', { ...image, modelKey: 'fal:kokoro', task })
    expect([completedWith(outcome).output, looks]).toEqual(['A cat.', 0])
  })
})

describe('a provider that keeps a task', () => {
  const film = { ...fedBy({ prompt: 'a wave' }), modelKey: 'fal:veo-3.1' }
  const polled = (state: Result<TaskState, ReturnType<typeof stepError>>, job: Partial<NodeJob> = {}) =>
    scene({ pollTask: async () => state }).act('text_to_video', { ...film, task: open, ...job })

  test('is given it once, and asked for it at its own pace', async () => {
    const keys: string[] = []
    const { act } = scene({
      generateMedia: async (_request, { idempotencyKey }) => {
        keys.push(idempotencyKey)
        return ok({ kind: 'pending', task: { taskId: 't', details: { endpoint: 'e' } } })
      },
    })
    expect((await act('text_to_video', film)).outcome).toEqual({
      kind: 'pending',
      task: { taskId: 't', details: { endpoint: 'e' } },
      pollAfterMs: 5000,
    })
    await act('text_to_video', { ...film, endedTasks: 1 })
    expect(new Set(keys).size).toBe(2)
    expect((await polled(ok({ kind: 'running', progress: 0.4, pollAfterMs: 9000 }))).outcome).toEqual({
      kind: 'pending',
      pollAfterMs: 9000,
      progress: 0.4,
    })
  })

  test('what is done is copied; a look that failed is made again; a task that failed is the node’s failure', async () => {
    const media = { source: { url: 'https://x.example/a.mp4' }, mimeType: 'video/mp4', wireModel: 'veo' }
    expect((await polled(ok({ kind: 'done', media }))).outcome.kind).toBe('completed')
    expect((await polled(fail(stepError('provider_unavailable', 'down')))).outcome.kind).toBe('pending')
    expect(failedWith((await polled(fail(stepError('provider_task_failed', 'gave up')))).outcome)?.code).toBe('provider_task_failed')
  })

  test('past the node’s time the last look counts, and then it is a timeout', async () => {
    for (const [state, method] of [
      [{ kind: 'running' }, 'failWorkflowNode'],
      [{ kind: 'done', media: { source: { url: 'https://x.example' }, mimeType: 'video/mp4', wireModel: 'v' } }, 'completeWorkflowNode'],
    ] as [TaskState, string][]) {
      const { provider, media } = scene({ pollTask: async () => ok(state) })
      const { world, store } = testWorld({ providers: () => ok(provider), media })
      const job = nodeJob({ ...film, nodeType: 'text_to_video', kind: 'workflow_media', config: { timeout_ms: 20_000 }, task: open })
      await nodeStep(mediaRunners)(job, world, bounds)
      expect(store.calls.map((call) => call.method)).toEqual([method])
      if (method === 'failWorkflowNode') expect(store.calls[0]!.args[1]).toMatchObject({ code: 'node_timeout' })
    }
  })
})

describe('speech_to_text', () => {
  const heard = (url: string, world = {}) => {
    const it = scene()
    return it.act('speech_to_text', { ...fedBy({ audio: url }) }, world).then((act) => ({ ...act, ...it }))
  }

  test('our own recording goes by its address', async () => {
    const { outcome, recordings } = await heard(ours)
    expect(recordings).toEqual([{ wireModel: 'gpt-4o-mini-transcribe', recording: { url: ours, mimeType: 'audio/mpeg' } }])
    expect(completedWith(outcome)).toMatchObject({ output: 'Hello.', data: { transcript: 'Hello.' } })
  })

  test('a stranger’s is fetched through the guard and nowhere else', async () => {
    const asked: string[] = []
    const outbound: Outbound = {
      request: async ({ url }) => {
        asked.push(url)
        return ok({ status: 200, headers: { 'content-type': 'audio/ogg; codecs=opus' }, body: new Uint8Array([1]), truncated: false })
      },
    }
    const { recordings } = await heard('https://else.example/a.ogg', { outbound })
    expect(asked).toEqual(['https://else.example/a.ogg'])
    expect(recordings[0]!.recording).toEqual({ bytes: new Uint8Array([1]), mimeType: 'audio/ogg' })
    const without = await heard('http://169.254.169.254/latest')
    expect([failedWith(without.outcome)?.code, without.recordings]).toEqual(['capability_missing', []])
  })
})
