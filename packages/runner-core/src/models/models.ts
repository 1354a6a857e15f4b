import { type StepError, stepError } from '../errors.ts'
import { distance } from '../nearest.ts'
import { fail, ok, type Result } from '../result.ts'
import { mediaPrices } from './media-prices.ts'

export type ModelKind = 'text' | 'image' | 'audio' | 'video' | 'music'

/**
 * What a call costs its payer, in three steps a handicap can cap. `free`: nothing (it runs on your own machine, or is simulated).
 * `paid`: a list price. `enterprise`: a list price of 20 USD or more per million output tokens. Undefined: nobody can know.
 */
export type ModelTier = 'free' | 'paid' | 'enterprise'

interface ProviderTraits {
  /** The wire format its calls speak; undefined: Agon has no adapter for it. */
  wire?: 'openai' | 'anthropic' | 'fal'
  /** What its adapter makes besides text. */
  media?: readonly Exclude<ModelKind, 'text'>[]
  /** The variable with its API key; undefined: it needs none. */
  keyVariable?: string
  /** The variable that overrides `baseUrl`. */
  baseUrlVariable?: string
  /** Undefined: the default of the SDK, or, for an open provider, a variable that must be set. */
  baseUrl?: string
  /** The key is sent when it is set, and not missed when it is not. */
  keyOptional?: true
  /** Takes any model name. */
  open?: true
  /** Serves from one machine: its calls run one after the other. */
  local?: true
  /** Plays a part in demonstrations and tests: shown as simulated wherever it appears. */
  simulated?: true
  /** Can be held to a JSON schema. */
  jsonSchema: boolean
  /** Its registered text models look at images. */
  vision?: true
}

/** Every provider, by its id: the part of a model key before the colon. */
export const providers = {
  openai: {
    wire: 'openai',
    media: ['image', 'audio', 'video'],
    keyVariable: 'OPENAI_API_KEY',
    baseUrlVariable: 'OPENAI_BASE_URL',
    jsonSchema: true,
    vision: true,
  },
  anthropic: { wire: 'anthropic', keyVariable: 'ANTHROPIC_API_KEY', baseUrlVariable: 'ANTHROPIC_BASE_URL', jsonSchema: true, vision: true },
  google: {
    wire: 'openai',
    keyVariable: 'GOOGLE_AI_API_KEY',
    baseUrlVariable: 'GOOGLE_BASE_URL',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai/',
    jsonSchema: true,
    vision: true,
  },
  mistral: {
    wire: 'openai',
    keyVariable: 'MISTRAL_API_KEY',
    baseUrlVariable: 'MISTRAL_BASE_URL',
    baseUrl: 'https://api.mistral.ai/v1',
    jsonSchema: true,
  },
  // Not open: an endpoint's name does not tell what it makes.
  fal: {
    wire: 'fal',
    media: ['image', 'audio', 'video', 'music'],
    keyVariable: 'FAL_KEY',
    baseUrlVariable: 'FAL_BASE_URL',
    jsonSchema: false,
  },
  ollama: {
    wire: 'openai',
    baseUrlVariable: 'OLLAMA_BASE_URL',
    baseUrl: 'http://127.0.0.1:11434/v1',
    open: true,
    local: true,
    jsonSchema: true,
  },
  'llama-swap': {
    wire: 'openai',
    baseUrlVariable: 'LLAMA_SWAP_BASE_URL',
    baseUrl: 'http://127.0.0.1:8080/v1',
    open: true,
    local: true,
    jsonSchema: false,
  },
  lmstudio: {
    wire: 'openai',
    baseUrlVariable: 'LMSTUDIO_BASE_URL',
    baseUrl: 'http://127.0.0.1:1234/v1',
    open: true,
    local: true,
    jsonSchema: false,
  },
  compatible: {
    wire: 'openai',
    keyVariable: 'COMPATIBLE_API_KEY',
    keyOptional: true,
    baseUrlVariable: 'COMPATIBLE_BASE_URL',
    open: true,
    jsonSchema: false,
  },
  sparring: {
    wire: 'openai',
    media: ['image', 'audio', 'video'],
    baseUrlVariable: 'SPARRING_BASE_URL',
    open: true,
    simulated: true,
    jsonSchema: false,
  },
  'sparring-anthropic': {
    wire: 'anthropic',
    baseUrlVariable: 'SPARRING_ANTHROPIC_BASE_URL',
    open: true,
    simulated: true,
    jsonSchema: false,
  },
  stability: { keyVariable: 'STABILITY_API_KEY', jsonSchema: false },
  elevenlabs: { keyVariable: 'ELEVENLABS_API_KEY', jsonSchema: false },
  kling: { keyVariable: 'KLING_API_KEY', jsonSchema: false },
  suno: { keyVariable: 'SUNO_API_KEY', jsonSchema: false },
} as const satisfies Record<string, ProviderTraits>

export type ProviderId = keyof typeof providers

const traitsOf = (id: ProviderId): ProviderTraits => providers[id]
const isProvider = (id: string): id is ProviderId => Object.hasOwn(providers, id)

export interface Model {
  /** `provider:model`, the name under which it is stored and rated. */
  key: string
  provider: ProviderId
  /** The model as the provider names it. */
  wireModel: string
  kind: ModelKind
  tier?: ModelTier
  /** Models of one family share a maker or a base: a judge may be told not to judge its own. */
  family: string
  simulated: boolean
  local: boolean
  /** False: the registry knows it, and Agon has no adapter that could ask it. */
  callable: boolean
  /** Its provider can keep a long answer as a task and stream it again from any place (OpenAI background responses). */
  background: boolean
  /** The day its maker announced to shut it down, as YYYY-MM-DD. From then on the api refuses it, but where another server stands behind the base URL. */
  retiredOn?: string
  /** Can be held to a JSON schema. */
  jsonSchema: boolean
  /** Takes images beside its prompt. Of a model that any server may serve nobody knows: it is believed, and a refusal is the server's. */
  vision: boolean
  /** What its adapter does with an image it starts from; undefined: it starts from none. `upscale`: it makes nothing without one. */
  startsFrom?: 'edit' | 'upscale'
  /** False: the provider refuses the temperature parameter, so it is left out. */
  acceptsTemperature: boolean
  priceUsdPerMillionTokens?: { input: number; output: number }
  contextTokens?: number
}

interface Row {
  /** As it stands behind the colon of the key. */
  name: string
  /** When the provider names it otherwise. */
  wire?: string
  kind?: ModelKind
  /** USD per million tokens: [input, output]. */
  price?: [number, number]
  context?: number
  fixedTemperature?: true
  background?: true
  retired?: string
  from?: 'edit' | 'upscale'
  /** Names that mean the same model. */
  also?: string[]
}

/**
 * The registered models. Prices are list prices of standard calls whose prompt stays below the long-context threshold (200,000 to
 * 272,000 tokens; the API takes no prompt above 32,000 characters). They are as found in November 2026 in models.dev and in the model
 * pricing of GitHub Docs, a few in one source alone, and none on an invoice; where sources disagree, or an alias moves, there is no price
 * and no cost is computed.
 *
 * A wire name is the model that the key names. The predecessor let gpt-5.4 answer for gpt-5.2 and gemini-2.5-pro for gemini-3-pro; a
 * leaderboard must rate the model that answered.
 */
const rows: Partial<Record<ProviderId, Row[]>> = {
  openai: [
    { name: 'gpt-5.4', price: [2.5, 15], context: 1_050_000, fixedTemperature: true, background: true },
    { name: 'gpt-5.4-mini', price: [0.75, 4.5], context: 400_000, fixedTemperature: true, background: true },
    { name: 'gpt-5.4-nano', price: [0.2, 1.25], context: 400_000, fixedTemperature: true, background: true },
    { name: 'gpt-5.5', price: [5, 30], context: 1_050_000, fixedTemperature: true, background: true },
    { name: 'gpt-5.6-sol', context: 1_050_000, fixedTemperature: true, background: true, also: ['gpt-5.6'] },
    { name: 'gpt-5.6-terra', context: 1_050_000, fixedTemperature: true, background: true },
    { name: 'gpt-5.6-luna', context: 1_050_000, fixedTemperature: true, background: true },
    { name: 'gpt-5.2', price: [1.75, 14], context: 400_000, fixedTemperature: true, background: true },
    { name: 'gpt-5', price: [1.25, 10], context: 400_000, fixedTemperature: true, background: true },
    { name: 'gpt-5-mini', price: [0.25, 2], context: 400_000, fixedTemperature: true, background: true },
    { name: 'gpt-5-nano', price: [0.05, 0.4], context: 400_000, fixedTemperature: true, background: true },
    { name: 'gpt-4.1', price: [2, 8], context: 1_047_576 },
    { name: 'gpt-4.1-mini', price: [0.4, 1.6], context: 1_047_576 },
    { name: 'gpt-4o', price: [2.5, 10], context: 128_000 },
    { name: 'gpt-4o-mini', price: [0.15, 0.6], context: 128_000 },
    { name: 'gpt-image-2.5-sunburst', kind: 'image' },
    { name: 'gpt-image-2.5-flare', kind: 'image' },
    { name: 'gpt-image-2', kind: 'image', also: ['dall-e-4'] },
    { name: 'gpt-4o-mini-tts', kind: 'audio' },
    { name: 'tts-1', kind: 'audio' },
    { name: 'tts-1-hd', kind: 'audio' },
    { name: 'gpt-image-1', kind: 'image', retired: '2026-10-23' },
    { name: 'dall-e-3', kind: 'image', retired: '2026-05-12' },
    { name: 'dall-e-2', kind: 'image', retired: '2026-05-12' },
    { name: 'sora-2', kind: 'video', also: ['sora-2.0'], retired: '2026-09-24' },
  ],
  anthropic: [
    { name: 'claude-opus-5-5', price: [4, 20], fixedTemperature: true },
    { name: 'claude-sonnet-5-5', price: [2, 10], fixedTemperature: true },
    { name: 'claude-opus-5', price: [5, 25], context: 1_000_000, fixedTemperature: true },
    { name: 'claude-sonnet-5', price: [2, 10], context: 1_000_000 },
    { name: 'claude-opus-4-6', price: [5, 25], context: 1_000_000 },
    { name: 'claude-sonnet-4-6', price: [3, 15], context: 1_000_000 },
    { name: 'claude-sonnet-4-5', wire: 'claude-sonnet-4-5-20250929', price: [3, 15], context: 200_000 },
    { name: 'claude-haiku-4-5', wire: 'claude-haiku-4-5-20251001', price: [1, 5], context: 200_000 },
    { name: 'claude-opus-4', wire: 'claude-opus-4-20250514', price: [15, 75], context: 200_000 },
    { name: 'claude-sonnet-4-0', wire: 'claude-sonnet-4-20250514', price: [3, 15], context: 200_000 },
  ],
  google: [
    { name: 'gemini-3.1-pro-preview', price: [2, 12], context: 1_048_576 },
    { name: 'gemini-3.1-flash-lite', price: [0.25, 1.5], context: 1_048_576, also: ['gemini-3.1-flash-lite-preview'] },
    { name: 'gemini-3-flash-preview', price: [0.5, 3], context: 1_048_576 },
    { name: 'gemini-3.5-flash', price: [1.5, 9], context: 1_048_576 },
    // Introductory until the end of 2026; then 1.50 and 7.50.
    { name: 'gemini-3.8-flash', price: [0.75, 3.75], context: 1_048_576 },
    { name: 'gemini-2.5-pro', price: [1.25, 10], context: 1_048_576 },
    { name: 'gemini-2.5-flash', price: [0.3, 2.5], context: 1_048_576 },
    { name: 'gemini-2.5-flash-lite', price: [0.1, 0.4], context: 1_048_576 },
    { name: 'imagen-4', wire: 'imagen-4.0-generate-001', kind: 'image', also: ['imagen-4.0-generate-preview-06-06'] },
    { name: 'veo-3', wire: 'veo-3.0-generate-001', kind: 'video' },
    { name: 'veo-2', wire: 'veo-2.0-generate-001', kind: 'video' },
    { name: 'lyria-2', wire: 'lyria-002', kind: 'music' },
  ],
  mistral: [
    { name: 'mistral-medium-latest', price: [1.5, 7.5], context: 256_000 },
    { name: 'mistral-large-3', wire: 'mistral-large-2512', price: [0.5, 1.5], context: 262_144 },
    // The aliases move with Mistral's releases, and their prices with them.
    { name: 'mistral-large-latest' },
    { name: 'mistral-small-latest' },
    { name: 'magistral-medium-latest' },
    { name: 'ministral-8b-latest' },
  ],
  fal: [
    { name: 'flux-2-pro', wire: 'fal-ai/flux-2-pro', kind: 'image' },
    { name: 'flux-2', wire: 'fal-ai/flux-2', kind: 'image' },
    { name: 'nano-banana-2', wire: 'fal-ai/nano-banana-2', kind: 'image', from: 'edit' },
    { name: 'clarity-upscaler', wire: 'fal-ai/clarity-upscaler', kind: 'image', from: 'upscale' },
    { name: 'seedream-5-lite', wire: 'fal-ai/bytedance/seedream/v5/lite/text-to-image', kind: 'image' },
    { name: 'recraft-4', wire: 'fal-ai/recraft/v4/text-to-image', kind: 'image' },
    { name: 'eleven-v3', wire: 'fal-ai/elevenlabs/tts/eleven-v3', kind: 'audio' },
    { name: 'minimax-speech-2.8-hd', wire: 'fal-ai/minimax/speech-2.8-hd', kind: 'audio' },
    { name: 'kokoro', wire: 'fal-ai/kokoro/american-english', kind: 'audio' },
    { name: 'veo-3.1', wire: 'fal-ai/veo3.1', kind: 'video' },
    { name: 'veo-3.1-fast', wire: 'fal-ai/veo3.1/fast', kind: 'video' },
    { name: 'kling-o3', wire: 'fal-ai/kling-video/o3/standard/text-to-video', kind: 'video' },
    { name: 'hailuo-2.3', wire: 'fal-ai/minimax/hailuo-2.3/standard/text-to-video', kind: 'video' },
    { name: 'lyria2', wire: 'fal-ai/lyria2', kind: 'music' },
    { name: 'elevenlabs-music', wire: 'fal-ai/elevenlabs/music', kind: 'music' },
    { name: 'stable-audio-2.5', wire: 'fal-ai/stable-audio-25/text-to-audio', kind: 'music' },
  ],
  // Stand-ins by name: every other name of this provider answers in text.
  sparring: [
    { name: 'easel', kind: 'image' },
    { name: 'fresco', kind: 'image' },
    { name: 'hum', kind: 'audio' },
    { name: 'chime', kind: 'audio' },
    { name: 'reel', kind: 'video' },
    { name: 'flicker', kind: 'video' },
  ],
  stability: [
    { name: 'stable-diffusion-4', wire: 'sd3.5-large', kind: 'image' },
    { name: 'stable-image-core', wire: 'core', kind: 'image' },
    { name: 'stable-image-ultra', wire: 'ultra', kind: 'image' },
  ],
  elevenlabs: [{ name: 'eleven_multilingual_v2', kind: 'audio', also: ['elevenlabs-v4'] }],
  kling: [{ name: 'kling-2.0', wire: 'kling-v2-master', kind: 'video' }],
  suno: [{ name: 'suno-v5', wire: 'chirp-v4', kind: 'music' }],
}

/** Names whose first word does not tell the family. */
const kin: Record<string, string> = {
  chatgpt: 'gpt',
  davinci: 'gpt',
  dall: 'gpt',
  tts: 'gpt',
  sora: 'gpt',
  gemma: 'gemini',
  imagen: 'gemini',
  nano: 'gemini',
  veo: 'gemini',
  lyria: 'gemini',
  elevenlabs: 'eleven',
  hailuo: 'minimax',
  mixtral: 'mistral',
  ministral: 'mistral',
  magistral: 'mistral',
  codestral: 'mistral',
  devstral: 'mistral',
  pixtral: 'mistral',
  codellama: 'llama',
  qwq: 'qwen',
}

const familyOf = (name: string): string => {
  const last = name.toLowerCase().split('/').at(-1) ?? ''
  const word = /^[a-z]+/.exec(last)?.[0] ?? last
  return kin[word] ?? word
}

const ENTERPRISE_OUTPUT_USD = 20

const tierOf = (traits: ProviderTraits, price: Row['price']): ModelTier | undefined => {
  if (traits.local || traits.simulated) return 'free'
  if (price) return price[1] >= ENTERPRISE_OUTPUT_USD ? 'enterprise' : 'paid'
  return undefined
}

function toModel(provider: ProviderId, row: Row): Model {
  const traits = traitsOf(provider)
  const kind = row.kind ?? 'text'
  const costless = traits.local || traits.simulated
  const price = costless ? { input: 0, output: 0 } : row.price && { input: row.price[0], output: row.price[1] }
  const tier = tierOf(traits, row.price) ?? (Object.hasOwn(mediaPrices, `${provider}:${row.name}`) ? 'paid' : undefined)
  return {
    key: `${provider}:${row.name}`,
    provider,
    wireModel: row.wire ?? row.name,
    kind,
    ...(tier && { tier }),
    family: familyOf(row.name),
    simulated: traits.simulated === true,
    local: traits.local === true,
    callable:
      row.from === 'upscale'
        ? false
        : kind === 'text'
          ? traits.wire !== undefined && traits.wire !== 'fal'
          : traits.media?.includes(kind) === true,
    background: row.background === true,
    jsonSchema: traits.jsonSchema && kind === 'text',
    vision: kind === 'text' && (traits.vision === true || traits.open === true),
    // The Messages API of 2026-10-21, which the SDK speaks, has no sampling parameters.
    acceptsTemperature: row.fixedTemperature !== true && traits.wire !== 'anthropic',
    ...(price && { priceUsdPerMillionTokens: price }),
    ...(row.from && { startsFrom: row.from }),
    ...(row.retired && { retiredOn: row.retired }),
    ...(row.context && { contextTokens: row.context }),
  }
}

const models: Model[] = []
/** Every spelling of a registered model: its key, its aliases, its wire name, each also without the provider. */
const spellings = new Map<string, Model>()
for (const provider of Object.keys(rows) as ProviderId[]) {
  for (const row of rows[provider] ?? []) {
    const model = toModel(provider, row)
    models.push(model)
    for (const name of [row.name, model.wireModel, ...(row.also ?? [])]) {
      spellings.set(`${provider}:${name}`, model)
      spellings.set(name, model)
    }
  }
}

/** The registered models, also those Agon cannot call. Open providers take further names: see `providers`. */
export const listModels = (): readonly Model[] => models

/** What a server may call a model: `llama3.2:3b`, `meta-llama/Llama-4-8B`. Nothing that could break a lane, a log line or a URL. */
const openName = /^[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,127}$/

const shown = (key: string): string => JSON.stringify(key.length > 80 ? `${key.slice(0, 80)}…` : key)

function closeTo(name: string): string[] {
  const wanted = name.slice(0, 80).toLowerCase()
  const near = models
    .map((model) => ({
      key: model.key,
      far: Math.min(distance(wanted, model.key), distance(wanted, model.key.slice(model.provider.length + 1))),
    }))
    .filter(({ far }) => far <= Math.max(2, wanted.length * 0.3))
    .sort((a, b) => a.far - b.far || (a.key < b.key ? -1 : 1))
  return near.slice(0, 3).map(({ key }) => key)
}

function unknown(key: string, why: string): { ok: false; error: StepError } {
  const near = closeTo(key)
  const hint = near.length > 0 ? ` Did you mean ${near.join(', ')}?` : ''
  return fail(stepError('model_unknown', `${shown(key)} ${why}.${hint}`))
}

/** A key, taken apart: the provider, and the name as it stands in the canonical key. */
export interface ModelKey {
  key: string
  provider: ProviderId
  name: string
}

/**
 * Reads `provider:model`, or the bare name of a registered model. The name of a registered model comes back in its canonical
 * spelling, so that two spellings are one contender.
 *
 * @example parseModelKey('gpt-5-mini') // { key: 'openai:gpt-5-mini', provider: 'openai', name: 'gpt-5-mini' }
 */
export function parseModelKey(key: string): Result<ModelKey, StepError> {
  const found = knownModel(key)
  if (!found.ok) return found
  const { provider } = found.value
  return ok({ key: found.value.key, provider, name: found.value.key.slice(provider.length + 1) })
}

/**
 * The model a key names: a registered one, or any that an open provider may serve. Errors: `model_unknown`, naming the key and what
 * is close to it; `adapter_missing` for a model that is registered and that nothing here can call, naming some of its kind that are.
 */
export function findModel(key: string): Result<Model, StepError> {
  const known = knownModel(key)
  if (!known.ok || known.value.callable) return known
  const { key: canonical, kind, startsFrom } = known.value
  if (startsFrom === 'upscale')
    return fail(stepError('adapter_missing', `${canonical} enlarges an image and makes none of a prompt: it is for image_upscale nodes.`))
  const instead = models.filter((model) => model.callable && model.kind === kind && !model.retiredOn).map((model) => model.key)
  return fail(
    stepError('adapter_missing', `${canonical} is registered, but Agon has no adapter for it. These make ${kind}: ${instead.join(', ')}.`),
  )
}

/**
 * The model a key names, where it starts from an image: `edit` makes another of it as a prompt says, `upscale` a larger one. Errors:
 * `model_unknown`; `adapter_missing`, naming those that can.
 */
export function findImageModel(key: string, use: 'edit' | 'upscale'): Result<Model, StepError> {
  const known = knownModel(key)
  if (!known.ok || known.value.startsFrom === use) return known
  const instead = models.filter(({ startsFrom }) => startsFrom === use).map((model) => model.key)
  return fail(stepError('adapter_missing', `${known.value.key} does not ${use} images through Agon. These do: ${instead.join(', ')}.`))
}

/** The model of a call that was made already, whatever it is asked for. Error: `model_unknown`. */
export const calledModel = (key: string): Result<Model, StepError> => knownModel(key)

function knownModel(key: string): Result<Model, StepError> {
  const registered = spellings.get(key)
  if (registered) return ok(registered)
  const colon = key.indexOf(':')
  const provider = key.slice(0, Math.max(colon, 0))
  if (!isProvider(provider)) return unknown(key, colon < 0 ? 'is not a registered model' : 'names no provider of the registry')
  if (!traitsOf(provider).open) return unknown(key, `is not a registered model of ${provider}`)
  const name = key.slice(colon + 1)
  if (!openName.test(name)) return unknown(key, `is no key: after ${provider}: comes a model name of up to 128 letters, digits and ._:/@+-`)
  return ok(toModel(provider, { name }))
}

/** What a model makes, callable or not. An unknown key is an error: the predecessor took it for text. */
export function modelKind(key: string): Result<ModelKind, StepError> {
  const model = knownModel(key)
  return model.ok ? ok(model.value.kind) : model
}

/** The list price of a call, in USD; undefined when the price is not known. */
export function costUsd(model: Model, inputTokens: number, outputTokens: number): number | undefined {
  const price = model.priceUsdPerMillionTokens
  return price && (inputTokens * price.input + outputTokens * price.output) / 1_000_000
}

/**
 * The lane a job of this model waits in. One machine serves one call at a time; a model in the cloud is counted only where an operator
 * has given its key a limit (execution.lanes).
 */
export function laneOf(model: Model): { concurrencyKey: string; concurrencyLimit?: number } {
  return model.local ? { concurrencyKey: `local:${model.provider}`, concurrencyLimit: 1 } : { concurrencyKey: model.key }
}

/** Who pays for a call on the platform's own key. */
export const platformFunding = (model: Model): 'local' | 'simulated' | 'platform_credit' =>
  model.local ? 'local' : model.simulated ? 'simulated' : 'platform_credit'
