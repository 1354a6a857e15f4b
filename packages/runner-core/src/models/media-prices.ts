/** The list price of what a media model makes: so much a unit, and how many units one call makes at most, as Agon asks for it. */
export interface MediaPrice {
  usd: number
  per: 'image' | 'second' | 'thousand_characters'
  /** Units of one call; of characters, as many as the prompt has. */
  most?: number
}

/**
 * By model key. List prices as found in November 2026 in the makers' and fal.ai's own pages and in LiteLLM's table, of a call with the
 * endpoint's default size and length, sound included; where sources disagree the higher one. A model that is not here has no price that
 * could be relied on: its cost is not computed, and no budget takes it.
 */
export const mediaPrices: Readonly<Record<string, MediaPrice>> = {
  'openai:dall-e-3': { usd: 0.04, per: 'image', most: 1 },
  'openai:dall-e-2': { usd: 0.02, per: 'image', most: 1 },
  'openai:tts-1': { usd: 0.015, per: 'thousand_characters' },
  'openai:tts-1-hd': { usd: 0.03, per: 'thousand_characters' },
  'openai:sora-2': { usd: 0.1, per: 'second', most: 4 },
  'fal:flux-2-pro': { usd: 0.045, per: 'image', most: 1 },
  'fal:nano-banana-2': { usd: 0.08, per: 'image', most: 1 },
  'fal:veo-3.1': { usd: 0.4, per: 'second', most: 8 },
  'fal:veo-3.1-fast': { usd: 0.15, per: 'second', most: 8 },
}
