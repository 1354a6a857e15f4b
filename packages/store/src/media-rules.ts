import type { MediaRequest } from '@agon/runner-core'
import { fileTypeFromBuffer } from 'file-type'

export type Media = MediaRequest['kind']

const MiB = 1024 * 1024

/** The most a result may weigh, in bytes. The bucket takes 50 MiB, which is also the most a free project stores in one file. */
export const mostBytes: Readonly<Record<Media, number>> = { image: 20 * MiB, audio: 25 * MiB, music: 50 * MiB, video: 50 * MiB }

/** What a detector reads of a file. */
export const headBytes = 4100

const audio: Record<string, string> = {
  'audio/mpeg': 'mp3',
  'audio/wav': 'wav',
  'audio/ogg': 'ogg',
  'audio/flac': 'flac',
  'audio/aac': 'aac',
  'audio/mp4': 'm4a',
}
/** The types a kind may be kept as, with their extensions. No SVG: it can carry scripts, and these files are served as they are. */
const types: Readonly<Record<Media, Record<string, string>>> = {
  image: { 'image/png': 'png', 'image/jpeg': 'jpg', 'image/webp': 'webp', 'image/gif': 'gif', 'image/avif': 'avif' },
  audio,
  music: audio,
  video: { 'video/mp4': 'mp4', 'video/webm': 'webm', 'video/quicktime': 'mov' },
}

/** Other names of types above. */
const same: Record<string, string> = {
  'image/apng': 'image/png',
  'audio/x-flac': 'audio/flac',
  'audio/x-m4a': 'audio/mp4',
  'audio/x-wav': 'audio/wav',
  'audio/opus': 'audio/ogg',
}

/** What a file is by its first bytes, where its kind may be that; else what it seems to be instead. */
export async function typeOf(head: Uint8Array, kind: Media): Promise<{ mimeType: string; extension: string } | { instead: string }> {
  const found = (await fileTypeFromBuffer(head))?.mime.split(';', 1)[0]?.trim()
  if (found === undefined) return { instead: 'nothing that is known' }
  const mimeType = same[found] ?? found
  const extension = types[kind][mimeType]
  return extension === undefined ? { instead: mimeType } : { mimeType, extension }
}
