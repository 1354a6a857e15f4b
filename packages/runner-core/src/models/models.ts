import { type StepError, stepError } from '../errors.ts'
import { distance } from '../nearest.ts'
import { fail, ok, type Result } from '../result.ts'
import { mediaPrices } from './media-prices.ts'
import { isProvider, type ModelKind, type ProviderId, type ProviderTraits, providers, traitsOf } from './providers.ts'
import { type RegisteredModel, registeredModels } from './registered-models.ts'

export { type ModelKind, type ProviderId, providers }

/**
 * What a call costs its payer, in three steps a handicap can cap. `free`: nothing (it runs on your own machine, or is simulated).
 * `paid`: a list price. `enterprise`: a list price of 20 USD or more per million output tokens. Undefined: nobody can know.
 */
export type ModelTier = 'free' | 'paid' | 'enterprise'

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

const tierOf = (traits: ProviderTraits, price: RegisteredModel['price']): ModelTier | undefined => {
  if (traits.local || traits.simulated) return 'free'
  if (price) return price[1] >= ENTERPRISE_OUTPUT_USD ? 'enterprise' : 'paid'
  return undefined
}

function toModel(provider: ProviderId, row: RegisteredModel): Model {
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
for (const provider of Object.keys(registeredModels) as ProviderId[]) {
  for (const row of registeredModels[provider] ?? []) {
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
