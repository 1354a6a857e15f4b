/** The sparring partners that make media, by their model names: two of a kind, so that they can fight. The registry knows them. */
export const artists = {
  image: ['easel', 'fresco'],
  audio: ['hum', 'chime'],
  video: ['reel', 'flicker'],
} as const

export type MediaKind = keyof typeof artists
