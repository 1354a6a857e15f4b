import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { promisify } from 'node:util'
import type { MediaOutcome, MediaRequest, Provider, Result, StepError, TaskState } from '@agon/runner-core'
import { LLMock } from '@copilotkit/aimock'
import { afterEach, describe, expect, test } from 'vitest'
import { providerConfiguration } from '../../packages/providers/src/configuration.ts'
import { createMediaProviders } from '../../packages/providers/src/media-providers.ts'
import { samples } from '../support/media-samples.ts'
import { type FalOptions, startWireFal } from '../support/wire-fal.ts'
import { type OpenaiOptions, startWireOpenai } from '../support/wire-openai.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const falKey = 'fal-key-id-0123:fal-key-secret-4567'

function providerOf(id: 'openai' | 'fal', url: string, usersKey?: string): Required<Provider> {
  const keys = { OPENAI_API_KEY: 'openai-key-0123', FAL_KEY: falKey }
  const found = createMediaProviders(providerConfiguration({ ...keys, OPENAI_BASE_URL: url, FAL_BASE_URL: url }))(id, usersKey)
  if (!found.ok) throw new Error(found.error.message)
  return found.value as Required<Provider>
}

const call = (options: Partial<Parameters<Required<Provider>['generateMedia']>[1]> = {}) => ({
  signal: new AbortController().signal,
  timeoutMs: 10_000,
  idempotencyKey: 'job-7',
  ...options,
})
const media = (wireModel: string, kind: MediaRequest['kind'], more: Partial<MediaRequest> = {}): MediaRequest => ({
  wireModel,
  kind,
  prompt: 'A lighthouse in the fog.',
  ...more,
})

describe('OpenAI', () => {
  const starting = async (options: OpenaiOptions = {}) => {
    const openai = await startWireOpenai(options)
    closing.push(openai.stop)
    return { ...openai, provider: providerOf('openai', openai.url) }
  }

  test.each([
    ['gpt-image-2', undefined],
    ['dall-e-3', 'b64_json'],
  ])('draws an image with %s, and hands over its bytes', async (wireModel, responseFormat) => {
    const { provider, calls } = await starting()
    expect(await provider.generateMedia(media(wireModel, 'image'), call())).toEqual({
      ok: true,
      value: {
        kind: 'done',
        media: {
          source: { bytes: new Uint8Array(samples.image.bytes) },
          mimeType: 'image/png',
          wireModel,
          inputTokens: 11,
          outputTokens: 7,
        },
      },
    })
    const asked = { model: wireModel, prompt: 'A lighthouse in the fog.', n: 1, ...(responseFormat && { response_format: responseFormat }) }
    expect(JSON.parse(calls[0]!.body)).toEqual(asked)
    expect(calls[0]).toMatchObject({ authorization: 'Bearer openai-key-0123', idempotencyKey: 'job-7' })
  })

  test('speaks, and hands over the bytes', async () => {
    const { provider, calls } = await starting()
    const result = await provider.generateMedia(media('gpt-4o-mini-tts', 'audio'), call())
    expect(result).toMatchObject({ ok: true, value: { kind: 'done', media: { mimeType: 'audio/mpeg', wireModel: 'gpt-4o-mini-tts' } } })
    expect(bytesOf(result)).toEqual(new Uint8Array(samples.audio.bytes))
    expect(JSON.parse(calls[0]!.body)).toEqual({
      model: 'gpt-4o-mini-tts',
      input: 'A lighthouse in the fog.',
      voice: 'alloy',
      response_format: 'mp3',
    })
  })

  test('takes a video as a task, tells how far it is, and hands over the bytes', async () => {
    const { provider, videos, finishVideo } = await starting({ videoTakesMs: 'never' })
    const started = await provider.generateMedia(media('sora-2', 'video'), call())
    expect(videos[0]).toMatchObject({ model: 'sora-2', prompt: 'A lighthouse in the fog.' })
    expect(started).toEqual({ ok: true, value: { kind: 'pending', task: { taskId: videos[0]!.id, pollAfterMs: 10_000 } } })
    const task = { taskId: videos[0]!.id, wireModel: 'sora-2', kind: 'video' as const }
    expect(await provider.pollTask(task, call())).toEqual({ ok: true, value: { kind: 'running', progress: 0.4 } })
    finishVideo(task.taskId)
    const done = await provider.pollTask(task, call())
    expect(done).toMatchObject({ ok: true, value: { kind: 'done', media: { mimeType: 'video/mp4', wireModel: 'sora-2' } } })
    expect(bytesOf(done)).toEqual(new Uint8Array(samples.video.bytes))
  })

  test('deletes a video that is cancelled, and knows it no more', async () => {
    const { provider, videos } = await starting({ videoTakesMs: 'never' })
    await provider.generateMedia(media('sora-2', 'video'), call())
    const task = { taskId: videos[0]!.id, wireModel: 'sora-2', kind: 'video' as const }
    expect(await provider.cancelTask(task, call())).toEqual({ ok: true, value: undefined })
    expect(videos).toHaveLength(0)
    expect(await provider.pollTask(task, call())).toMatchObject({ ok: false, error: { code: 'provider_task_gone' } })
    expect(await provider.cancelTask(task, call())).toEqual({ ok: true, value: undefined })
  })

  test.each([
    [{ code: 'moderation_blocked', message: 'No faces' }, 'content_refused'],
    [{ code: 'server_error', message: 'Out of luck' }, 'provider_task_failed'],
    [{ code: 'rate_limit_exceeded', message: 'Too busy' }, 'provider_task_failed'],
  ])('ends a video that failed with %j as %s', async (videoFails, code) => {
    const { provider, videos } = await starting({ videoFails })
    await provider.generateMedia(media('sora-2', 'video'), call())
    const poll = await provider.pollTask({ taskId: videos[0]!.id, wireModel: 'sora-2', kind: 'video' }, call())
    expect(poll).toMatchObject({ ok: false, error: { code, message: expect.stringContaining(videoFails.message) } })
  })

  test.each([
    ['image', 'gpt-image-2'],
    ['audio', 'tts-1'],
    ['video', 'sora-2'],
  ] as const)('refuses an %s in coded errors, once, and tells a rate limit', async (kind, wireModel) => {
    const body = { error: { message: 'Slow down, openai-key-0123', type: 'rate_limit_error' } }
    const { provider, calls } = await starting({ interfere: () => ({ status: 429, body, headers: { 'retry-after': '7' } }) })
    const limits: number[] = []
    const result = await provider.generateMedia(
      media(wireModel, kind),
      call({ onRateLimit: ({ retryAfterMs }) => limits.push(retryAfterMs) }),
    )
    expect(result).toMatchObject({ ok: false, error: { code: 'provider_rate_limited', retryAfterMs: 7_000 } })
    expect(JSON.stringify(result)).not.toContain('openai-key-0123')
    expect(limits).toEqual([7_000])
    expect(calls).toHaveLength(1)
  })

  test('tells of an exhausted limit on an answer, too', async () => {
    const { provider } = await starting({ headers: { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '12s' } })
    const limits: number[] = []
    await provider.generateMedia(media('tts-1', 'audio'), call({ onRateLimit: ({ retryAfterMs }) => limits.push(retryAfterMs) }))
    expect(limits).toEqual([12_000])
  })

  test('makes no music', async () => {
    const { provider, calls } = await starting()
    expect(await provider.generateMedia(media('gpt-music', 'music'), call())).toMatchObject({
      ok: false,
      error: { code: 'adapter_missing' },
    })
    expect(calls).toHaveLength(0)
  })

  test('is understood from a mock of it, as well', async () => {
    const mock = new LLMock({ port: 0 })
    await mock.start()
    closing.push(() => mock.stop())
    mock.onImage('lighthouse', { image: { b64Json: samples.image.bytes.toString('base64') } })
    mock.onSpeech('lighthouse', { audio: samples.audio.bytes.toString('base64') })
    mock.onVideo('lighthouse', { video: { id: 'video_1', status: 'processing' } })
    const provider = providerOf('openai', `${mock.url}/v1`)
    expect(bytesOf(await provider.generateMedia(media('gpt-image-2', 'image'), call()))).toEqual(new Uint8Array(samples.image.bytes))
    expect(bytesOf(await provider.generateMedia(media('tts-1', 'audio'), call()))).toEqual(new Uint8Array(samples.audio.bytes))
    const video = await provider.generateMedia(media('sora-2', 'video'), call())
    expect(video).toMatchObject({ ok: true, value: { kind: 'pending', task: { taskId: 'video_1' } } })
    expect(await provider.pollTask({ taskId: 'video_1', wireModel: 'sora-2', kind: 'video' }, call())).toMatchObject({
      ok: true,
      value: { kind: 'running' },
    })
  })
})

describe('fal', () => {
  const starting = async (options: FalOptions = {}) => {
    const fal = await startWireFal(options)
    closing.push(fal.stop)
    return { ...fal, provider: providerOf('fal', fal.url) }
  }
  const taskOf = (outcome: Result<MediaOutcome, StepError>, request: MediaRequest) => {
    if (!outcome.ok || outcome.value.kind !== 'pending') throw new Error(`not pending: ${JSON.stringify(outcome)}`)
    return { ...outcome.value.task, wireModel: request.wireModel, kind: request.kind }
  }

  test('draws an image within the call', async () => {
    const { provider, requests, url } = await starting({ takesMs: 600 })
    const result = await provider.generateMedia(media('fal-ai/flux-2-pro', 'image'), call())
    const [request] = requests
    expect(result).toEqual({
      ok: true,
      value: {
        kind: 'done',
        media: { source: { url: `${url}/files/${request!.requestId}.png` }, mimeType: 'image/png', wireModel: 'fal-ai/flux-2-pro' },
      },
    })
    expect(request).toMatchObject({
      authorization: `Key ${falKey}`,
      idempotencyKey: 'job-7',
      input: { prompt: 'A lighthouse in the fog.' },
    })
  })

  test('leaves an image that takes longer to be polled', async () => {
    const { provider, finish } = await starting({ takesMs: 'never' })
    const request = media('fal-ai/flux-2-pro', 'image')
    const task = taskOf(await provider.generateMedia(request, call({ timeoutMs: 600 })), request)
    expect(await provider.pollTask(task, call())).toEqual({ ok: true, value: { kind: 'running' } })
    await finish(task.taskId)
    expect(await provider.pollTask(task, call())).toMatchObject({ ok: true, value: { kind: 'done' } })
  })

  test.each([
    ['fal-ai/elevenlabs/tts/eleven-v3', 'audio', 'text', 'audio/mpeg'],
    ['fal-ai/minimax/speech-2.8-hd', 'audio', 'prompt', 'audio/mpeg'],
    ['fal-ai/veo3.1/fast', 'video', 'prompt', 'video/mp4'],
    ['fal-ai/lyria2', 'music', 'prompt', 'audio/mpeg'],
  ] as const)('takes %s as a task, with the address to call back', async (wireModel, kind, field, mimeType) => {
    const { provider, requests, finish } = await starting({ takesMs: 'never' })
    const request = media(wireModel, kind, { callbackUrl: 'http://127.0.0.1:9/callback?job=7' })
    const task = taskOf(await provider.generateMedia(request, call()), request)
    expect(requests[0]).toMatchObject({
      requestId: task.taskId,
      endpoint: wireModel,
      input: { [field]: 'A lighthouse in the fog.' },
      webhookUrl: 'http://127.0.0.1:9/callback?job=7',
    })
    expect(task.details).toEqual({ endpoint: wireModel })
    expect(await provider.pollTask(task, call())).toEqual({ ok: true, value: { kind: 'running' } })
    await finish(task.taskId)
    expect(await provider.pollTask(JSON.parse(JSON.stringify(task)), call())).toMatchObject({
      ok: true,
      value: { kind: 'done', media: { mimeType, wireModel } },
    })
  })

  test.each([
    ['fal-ai/nano-banana-2', 'fal-ai/nano-banana-2/edit', { prompt: 'A lighthouse in the fog.', image_urls: ['https://x.example/a.png'] }],
    ['fal-ai/clarity-upscaler', 'fal-ai/clarity-upscaler', { image_url: 'https://x.example/a.png', upscale_factor: 4 }],
  ])('%s starts from an image at %s, and is asked there for what became of it', async (wireModel, endpoint, input) => {
    const { provider, requests, finish } = await starting({ takesMs: 'never' })
    const request = media(wireModel, 'image', { from: { imageUrl: 'https://x.example/a.png', scale: 4 } })
    const task = taskOf(await provider.generateMedia(request, call({ timeoutMs: 2000 })), request)
    expect(requests[0]).toMatchObject({ endpoint, input })
    expect(task.details).toEqual({ endpoint })
    await finish(task.taskId)
    expect(await provider.pollTask(task, call())).toMatchObject({ ok: true, value: { kind: 'done' } })
  })

  test('a model that starts from no image is not asked to', async () => {
    const { provider, requests } = await starting({})
    const refused = await provider.generateMedia(media('fal-ai/flux-2', 'image', { from: { imageUrl: 'https://x.example' } }), call())
    expect([refused, requests]).toMatchObject([{ ok: false, error: { code: 'adapter_missing' } }, []])
  })

  test('stops a request that is cancelled, and knows it no more', async () => {
    const { provider, requests } = await starting({ takesMs: 'never' })
    const request = media('fal-ai/veo3.1', 'video')
    const task = taskOf(await provider.generateMedia(request, call()), request)
    expect(await provider.cancelTask(task, call())).toEqual({ ok: true, value: undefined })
    expect(requests[0]!.status).toBe('CANCELLED')
    expect(await provider.pollTask(task, call())).toMatchObject({ ok: false, error: { code: 'provider_task_gone' } })
    expect(await provider.cancelTask({ ...task, taskId: 'unknown' }, call())).toEqual({ ok: true, value: undefined })
  })

  test('a request that is over can be cancelled in vain', async () => {
    const { provider, finish } = await starting({ takesMs: 'never' })
    const request = media('fal-ai/veo3.1', 'video')
    const task = taskOf(await provider.generateMedia(request, call()), request)
    await finish(task.taskId)
    expect(await provider.cancelTask(task, call())).toEqual({ ok: true, value: undefined })
  })

  test.each([
    [
      {
        status: 422,
        body: { detail: [{ loc: ['body', 'prompt'], msg: 'Flagged', type: 'content_policy_violation', input: 'the secret prompt' }] },
      },
      'content_refused',
    ],
    [{ status: 422, body: { detail: [{ loc: ['body'], msg: 'Field required', type: 'missing' }] } }, 'provider_rejected'],
    [{ status: 500, body: { detail: 'Internal Server Error' } }, 'provider_task_failed'],
    [{ status: 500, body: { detail: 'Broken for good' }, headers: { 'x-fal-retryable': 'false' } }, 'provider_rejected'],
    [{ status: 200, body: { surprise: true } }, 'provider_task_failed'],
    [{ status: 503, body: { detail: 'No runner' } }, 'provider_unavailable'],
  ])('a request that ended with %j is %s', async (outcome, code) => {
    const { provider, requests } = await starting({ outcome: () => outcome })
    const request = media('fal-ai/veo3.1', 'video')
    const task = taskOf(await provider.generateMedia(request, call()), request)
    const poll = await provider.pollTask(task, call())
    expect(poll).toMatchObject({ ok: false, error: { code } })
    expect(JSON.stringify(poll)).not.toContain('the secret prompt')
    expect(requests[0]!.polls).toBe(1)
  })

  test.each([
    [401, { detail: `Invalid key ${falKey}` }, 'provider_auth'],
    [403, { detail: 'User is locked. Reason: Exhausted balance.' }, 'provider_rejected'],
    [404, { detail: 'Application not found' }, 'provider_rejected'],
    [429, { detail: 'Too many' }, 'provider_rate_limited'],
    [500, 'plain', 'provider_unavailable'],
    [502, '<h1>Bad gateway</h1>', 'provider_unavailable'],
  ])('a %i is a coded error, is asked once and shows no key', async (status, body, code) => {
    let asked = 0
    const { provider } = await starting({
      interfere: () => {
        asked += 1
        return { status, body, headers: { 'retry-after': '7' } }
      },
    })
    const limits: number[] = []
    const onRateLimit = ({ retryAfterMs }: { retryAfterMs: number }) => limits.push(retryAfterMs)
    const result = await provider.generateMedia(media('fal-ai/veo3.1', 'video'), call({ onRateLimit }))
    expect(result).toMatchObject({ ok: false, error: { code } })
    expect(JSON.stringify(result)).not.toMatch(/fal-key-id|fal-key-secret/)
    expect(asked).toBe(1)
    expect(limits).toEqual(status === 429 ? [7_000] : [])
  })

  test('that cannot be reached is unavailable, and is asked once', async () => {
    let asked = 0
    const hangsUp = createServer((socket) => {
      asked += 1
      socket.destroy()
    })
    await once(hangsUp.listen(0, '127.0.0.1'), 'listening')
    const provider = providerOf('fal', `http://127.0.0.1:${(hangsUp.address() as AddressInfo).port}`)
    const request = media('fal-ai/veo3.1', 'video')
    expect(await provider.generateMedia(request, call())).toMatchObject({ ok: false, error: { code: 'provider_unavailable' } })
    expect(asked).toBe(1)
    await promisify(hangsUp.close.bind(hangsUp))()
    expect(await provider.generateMedia(request, call())).toMatchObject({
      ok: false,
      error: { code: 'provider_unavailable', message: expect.stringContaining('ECONNREFUSED') },
    })
  })

  test('that hangs is a timeout', async () => {
    const { provider } = await starting({ interfere: () => undefined, takesMs: 'never' })
    const request = media('fal-ai/flux-2', 'image')
    // The image is waited for; the time is up before half of it.
    expect(await provider.generateMedia(request, call({ signal: AbortSignal.timeout(100) }))).toMatchObject({
      ok: false,
      error: { code: 'lease_lost' },
    })
  })

  test("takes each user's own key, and keeps them apart", async () => {
    const { url, requests, provider } = await starting()
    for (const usersKey of ['user-one-key', 'user-two-key']) {
      await providerOf('fal', url, usersKey).generateMedia(media('fal-ai/flux-2', 'image'), call())
    }
    await provider.generateMedia(media('fal-ai/flux-2', 'image'), call())
    expect(requests.map(({ authorization }) => authorization)).toEqual(['Key user-one-key', 'Key user-two-key', `Key ${falKey}`])
  })

  test('writes no text', async () => {
    const { provider } = await starting()
    expect(await provider.generateText({ wireModel: 'm', prompt: 'p', maxTokens: 1 }, call())).toMatchObject({
      ok: false,
      error: { code: 'adapter_missing' },
    })
  })

  test('is understood from a mock of it, as well', async () => {
    const mock = new LLMock({ port: 0 })
    await mock.start()
    closing.push(() => mock.stop())
    mock.onFalQueue('fal-ai/veo3.1', { video: { url: 'https://fal.media/a.mp4', content_type: 'video/mp4' } })
    const provider = providerOf('fal', `${mock.url}/fal`)
    const request = media('fal-ai/veo3.1', 'video')
    const task = taskOf(await provider.generateMedia(request, call()), request)
    const url = 'https://fal.media/a.mp4'
    await expect
      .poll(() => provider.pollTask(task, call()))
      .toMatchObject({ ok: true, value: { kind: 'done', media: { source: { url } } } })
  })
})

const bytesOf = (result: Result<MediaOutcome | TaskState, StepError>): Uint8Array | undefined => {
  if (!result.ok || result.value.kind !== 'done' || !('bytes' in result.value.media.source)) throw new Error(JSON.stringify(result))
  return result.value.media.source.bytes
}
