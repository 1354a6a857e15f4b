export type ModelKind = 'text' | 'image' | 'audio' | 'video' | 'music'

export interface ProviderTraits {
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

export const traitsOf = (id: ProviderId): ProviderTraits => providers[id]
export const isProvider = (id: string): id is ProviderId => Object.hasOwn(providers, id)
