import {
  type CallOptions,
  fail,
  isRetryable,
  type MediaOutcome,
  type MediaRequest,
  type MediaResult,
  ok,
  type Provider,
  type Result,
  type StepError,
  stepError,
} from '@agon/runner-core'
import { z } from 'zod'
import type { ConfiguredProvider } from './configuration.ts'
import { underDeadline } from './deadline.ts'
import { type FalClient, FalRefused, FalUnreachable, falClient } from './fal-client.ts'
import { asTaskFailure, fromStatus, unreachable } from './provider-errors.ts'

type Kind = MediaRequest['kind']

/** When it pays to look for the first time. */
const firstPollMs: Record<Kind, number> = { image: 2_000, audio: 3_000, music: 5_000, video: 15_000 }

/** An image is done in seconds: it is waited for within the call, and left to be polled after that. */
const imageWaitMs = 8_000
const imageLookMs = 500

/** The field of the endpoints whose input is not called `prompt`. */
const inputField: Record<string, string> = { 'fal-ai/elevenlabs/tts/eleven-v3': 'text' }

/** Endpoints that take another's voice, by the names fal gives them. */
const takesVoice = new Set(['fal-ai/elevenlabs/tts/eleven-v3', 'fal-ai/kokoro/american-english'])

/** What starts from an image: where it is asked, and how the image is named there. */
const fromImage: Record<string, { endpoint: string; input: (from: { imageUrl: string; scale?: number }, prompt: string) => object }> = {
  'fal-ai/nano-banana-2': {
    endpoint: 'fal-ai/nano-banana-2/edit',
    input: ({ imageUrl }, prompt) => ({ prompt, image_urls: [imageUrl] }),
  },
  'fal-ai/clarity-upscaler': {
    endpoint: 'fal-ai/clarity-upscaler',
    input: ({ imageUrl, scale = 2 }, prompt) => ({ image_url: imageUrl, upscale_factor: scale, ...(prompt !== '' && { prompt }) }),
  },
}

/** Media through fal's queue, which keeps every request and what became of it. */
export function falProvider(provider: ConfiguredProvider): Provider {
  const calls = <T>(call: CallOptions, act: (fal: FalClient, signal: AbortSignal) => Promise<Result<T, StepError>>) => {
    const timeoutMs = Math.min(call.timeoutMs, provider.timeoutMs)
    return underDeadline({ signal: call.signal, timeoutMs }, provider.id, async (signal) => {
      const client = await falClient(provider, call)
      try {
        return await act(client, signal)
      } catch (thrown) {
        return fail(toStepError(thrown, provider))
      }
    })
  }

  return {
    generateText: () => Promise.resolve(fail(stepError('adapter_missing', `${provider.id} is asked for media, not for text.`))),

    generateMedia: ({ wireModel, kind, prompt, callbackUrl, from, voice }, call) =>
      calls<MediaOutcome>(call, async (fal, signal) => {
        const starts = from && fromImage[wireModel]
        if (from && !starts) return fail(stepError('adapter_missing', `${wireModel} of ${provider.id} starts from no image.`))
        const endpoint = starts?.endpoint ?? wireModel
        const input = starts
          ? starts.input(from, prompt)
          : { [inputField[wireModel] ?? 'prompt']: prompt, ...(voice !== undefined && takesVoice.has(wireModel) && { voice }) }
        const submitted = queued.safeParse(
          await fal.queue.submit(endpoint, { input, abortSignal: signal, ...(callbackUrl && { webhookUrl: callbackUrl }) }),
        )
        if (!submitted.success) return fail(malformed(provider, 'request'))
        const task = { taskId: submitted.data.request_id, details: { endpoint }, pollAfterMs: firstPollMs[kind] }
        const waitMs = kind === 'image' ? Math.min(imageWaitMs, call.timeoutMs / 2, provider.timeoutMs / 2) : 0
        for (const startedAt = Date.now(); Date.now() - startedAt < waitMs; await wait(imageLookMs, signal)) {
          const state = await stateOf({ ...task, wireModel, kind }, fal, signal, provider)
          // The request stands: a look that failed is made again by the polls.
          if (!state.ok) return isOver(state.error) ? state : ok({ kind: 'pending', task })
          if (state.value.kind === 'done') return ok(state.value)
        }
        return ok({ kind: 'pending', task })
      }),

    pollTask: (task, call) => calls(call, (fal, signal) => stateOf({ ...task, kind: task.kind as Kind }, fal, signal, provider)),

    cancelTask: ({ taskId, details, wireModel }, call) =>
      calls(call, async (fal, signal) => {
        try {
          await fal.queue.cancel(details?.endpoint ?? wireModel, { requestId: taskId, abortSignal: signal })
        } catch (thrown) {
          // It is over (400), or gone (404).
          if (!(thrown instanceof FalRefused && [400, 404].includes(thrown.status))) throw thrown
        }
        return ok(undefined)
      }),
  }
}

interface Task {
  taskId: string
  details?: Record<string, string>
  wireModel: string
  kind: Kind
}

type State = { kind: 'running' } | { kind: 'done'; media: MediaResult }

async function stateOf(task: Task, fal: FalClient, signal: AbortSignal, provider: ConfiguredProvider): Promise<Result<State, StepError>> {
  const endpoint = task.details?.endpoint ?? task.wireModel
  const look = { requestId: task.taskId, abortSignal: signal }
  try {
    const status = queued.safeParse(await fal.queue.status(endpoint, look))
    if (!status.success || status.data.status === undefined) return fail(malformed(provider, 'status'))
    if (status.data.status !== 'COMPLETED') return ok({ kind: 'running' })
  } catch (thrown) {
    if (thrown instanceof FalRefused && thrown.status === 404) return fail(gone(provider, task.taskId))
    throw thrown
  }
  try {
    const { data } = await fal.queue.result(endpoint, look)
    const media = readMedia(data, task)
    return media ? ok({ kind: 'done', media }) : fail(asTaskFailure(malformed(provider, task.kind)))
  } catch (thrown) {
    if (!(thrown instanceof FalRefused)) throw thrown
    if (thrown.status === 404) return fail(gone(provider, task.taskId))
    const error = toStepError(thrown, provider)
    // The result of a request that failed is its failure; what the gateway says of itself is no result.
    if ([401, 403, 429, 502, 503, 504].includes(thrown.status)) return fail(error)
    const final = thrown.headers.get('x-fal-retryable') === 'false'
    return fail(final && isRetryable(error) ? stepError('provider_rejected', error.message) : asTaskFailure(error))
  }
}

const isOver = ({ code }: StepError): boolean =>
  ['content_refused', 'provider_rejected', 'provider_task_failed', 'provider_task_gone'].includes(code)

const queued = z.object({ request_id: z.string().min(1), status: z.string().optional() })

const file = z.object({ url: z.string().min(1), content_type: z.string().nullish() })

/** Where the endpoints put what they made. */
const output = z.object({
  image: file.nullish(),
  images: z.array(file).nullish(),
  audio: file.nullish(),
  audio_file: file.nullish(),
  video: file.nullish(),
})

const usualType: Record<Kind, string> = { image: 'image/png', audio: 'audio/mpeg', music: 'audio/mpeg', video: 'video/mp4' }

function readMedia(data: unknown, { kind, wireModel }: Task): MediaResult | undefined {
  const made = output.safeParse(data).data
  const found = { image: made?.images?.[0] ?? made?.image, audio: made?.audio ?? made?.audio_file, video: made?.video }
  const result = found[kind === 'music' ? 'audio' : kind]
  return result ? { source: { url: result.url }, mimeType: result.content_type ?? usualType[kind], wireModel } : undefined
}

function toStepError(thrown: unknown, provider: ConfiguredProvider): StepError {
  if (thrown instanceof FalRefused) return fromStatus(thrown.status, thrown.headers, thrown.detail, provider, Date.now())
  if (thrown instanceof SyntaxError) return malformed(provider, 'JSON')
  return unreachable(thrown instanceof FalUnreachable ? thrown.reason : thrown, provider)
}

const malformed = ({ id }: ConfiguredProvider, what: string): StepError =>
  stepError('provider_malformed', `${id} answered with something that is no ${what}.`)
const gone = ({ id }: ConfiguredProvider, taskId: string): StepError => stepError('provider_task_gone', `${id} no longer keeps ${taskId}.`)

const wait = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        resolve()
      },
      { once: true },
    )
  })
