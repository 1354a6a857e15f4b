import type { ModelKind, ProviderId } from './providers.ts'

/** A model in the register. */
export interface RegisteredModel {
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
export const registeredModels: Partial<Record<ProviderId, RegisteredModel[]>> = {
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
