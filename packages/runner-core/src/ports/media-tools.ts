import type { StepError } from '../errors.ts'
import type { Result } from '../result.ts'

/** What bounds one use of the tools. */
export interface MediaBounds {
  /** Aborted when the lease is lost: what runs is ended at once. */
  signal: AbortSignal
  /** From the first byte that is fetched to the last that is made, in milliseconds. */
  timeoutMs: number
  /** The most that is fetched, and the most that is made, in bytes. */
  maxInputBytes: number
  maxOutputBytes: number
}

/** A file by its URL, which is fetched through the guard of outbound requests. */
export interface MediaSource {
  url: string
}

/** What a file is, as far as it could be read. */
export interface MediaFacts {
  /** The container as the tools name it: `mov,mp4,m4a,3gp,3g2,mj2`, `matroska,webm`, `mp3`. */
  container: string
  /** Null where the file does not say, as an image does not. */
  durationMs: number | null
  video?: { codec: string; width: number; height: number }
  audio?: { codec: string }
}

/** A picture out of a film. */
export interface Keyframe {
  bytes: Uint8Array
  mimeType: string
  /** Where in the film it stands. */
  atMs: number
}

export type MediaFormat = 'mp4' | 'webm' | 'gif' | 'mp3' | 'wav' | 'ogg' | 'png' | 'jpg' | 'webp'

/** What a file is to become. What is left out stays as it is. */
export interface MediaTarget {
  format: MediaFormat
  /** At most so many pixels, each 2 to 4096; one alone keeps the proportions, and both make the picture fit in between. Nothing is enlarged. */
  width?: number
  height?: number
  /** 8 to 320. */
  audioBitrateKbps?: number
  /** Pictures a second, 1 to 60. */
  fps?: number
  /** Where to begin, and for how long. Of a still picture: which one. */
  startMs?: number
  durationMs?: number
}

/** Reads and converts media. Never throws: every failure is a coded error. Only a driver that is a process of its own has it. */
export interface MediaTools {
  probe(media: MediaSource, bounds: MediaBounds): Promise<Result<MediaFacts, StepError>>
  /** Pictures at even distances, at most `count` of them and at least one, no wider than `maxWidth`. */
  keyframes(video: MediaSource, wanted: { count: number; maxWidth: number }, bounds: MediaBounds): Promise<Result<Keyframe[], StepError>>
  convert(media: MediaSource, to: MediaTarget, bounds: MediaBounds): Promise<Result<{ bytes: Uint8Array; mimeType: string }, StepError>>
}
