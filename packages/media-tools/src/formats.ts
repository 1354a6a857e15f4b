import type { MediaTarget } from '@agon/runner-core'
import { type StepError, stepError } from '@agon/runner-core/errors'
import { fail, ok, type Result } from '@agon/runner-core/result'

interface Format {
  mimeType: string
  /** What the format needs of its source. */
  takes: 'sound' | 'picture'
  /** How its parts are encoded. */
  encode: string[]
  /** What writes it, by ffmpeg's name. */
  muxer: string
  still?: true
  silent?: true
}

/** What can be made, and how. Every option stands here: what a caller gives are numbers, and bounded. */
export const formats: Readonly<Record<MediaTarget['format'], Format>> = {
  mp4: {
    mimeType: 'video/mp4',
    takes: 'picture',
    muxer: 'mp4',
    encode: ['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p', '-movflags', '+faststart', '-c:a', 'aac'],
  },
  webm: {
    mimeType: 'video/webm',
    takes: 'picture',
    muxer: 'webm',
    encode: [
      '-c:v',
      'libvpx-vp9',
      '-crf',
      '34',
      '-b:v',
      '0',
      '-deadline',
      'realtime',
      '-cpu-used',
      '8',
      '-pix_fmt',
      'yuv420p',
      '-c:a',
      'libopus',
    ],
  },
  gif: { mimeType: 'image/gif', takes: 'picture', muxer: 'gif', encode: [], silent: true },
  mp3: { mimeType: 'audio/mpeg', takes: 'sound', muxer: 'mp3', encode: ['-c:a', 'libmp3lame'] },
  wav: { mimeType: 'audio/wav', takes: 'sound', muxer: 'wav', encode: ['-c:a', 'pcm_s16le'] },
  ogg: { mimeType: 'audio/ogg', takes: 'sound', muxer: 'ogg', encode: ['-c:a', 'libopus'] },
  png: { mimeType: 'image/png', takes: 'picture', muxer: 'image2', encode: ['-c:v', 'png'], still: true, silent: true },
  jpg: {
    mimeType: 'image/jpeg',
    takes: 'picture',
    muxer: 'image2',
    encode: ['-c:v', 'mjpeg', '-q:v', '3', '-pix_fmt', 'yuvj420p'],
    still: true,
    silent: true,
  },
  webp: {
    mimeType: 'image/webp',
    takes: 'picture',
    muxer: 'image2',
    encode: ['-c:v', 'libwebp', '-quality', '85'],
    still: true,
    silent: true,
  },
}

const bounds = {
  width: [2, 4096],
  height: [2, 4096],
  audioBitrateKbps: [8, 320],
  fps: [1, 60],
  startMs: [0, 86_400_000],
  durationMs: [1, 86_400_000],
} as const satisfies Partial<Record<keyof MediaTarget, readonly [number, number]>>

/** Fits a picture into a width and a height, with its proportions, at even sizes as encoders want them; nothing is enlarged. */
export function scaleFilter({ width, height }: { width?: number | undefined; height?: number | undefined }): string {
  const [w, h] = [width === undefined ? 'iw' : `min(${width},iw)`, height === undefined ? 'ih' : `min(${height},ih)`]
  return `scale=w='${w}':h='${h}':force_original_aspect_ratio=decrease,scale=w='max(2,trunc(iw/2)*2)':h='max(2,trunc(ih/2)*2)'`
}

/** What a conversion asks of ffmpeg: before the input and after it. Errors: `media_target_invalid`, naming the field. */
export function conversion(
  to: MediaTarget,
): Result<{ before: string[]; after: string[]; mimeType: string; takes: Format['takes'] }, StepError> {
  if (!Object.hasOwn(formats, to.format))
    return fail(
      stepError('media_target_invalid', `format: ${String(to.format).slice(0, 20)} is none of ${Object.keys(formats).join(', ')}.`),
    )
  for (const [field, [least, most]] of Object.entries(bounds)) {
    const given: unknown = to[field as keyof typeof bounds]
    if (given !== undefined && !(Number.isInteger(given) && (given as number) >= least && (given as number) <= most))
      return fail(stepError('media_target_invalid', `${field}: a whole number from ${least} to ${most} is wanted.`))
  }
  const { mimeType, takes, encode, muxer, still, silent } = formats[to.format]
  const seconds = (ms: number) => (ms / 1000).toFixed(3)
  const filters = [
    ...(to.fps === undefined ? (to.format === 'gif' ? ['fps=12'] : []) : [`fps=${to.fps}`]),
    scaleFilter(to),
    // A palette of the film's own colours, in one pass.
    ...(to.format === 'gif' ? ['split[a][b];[a]palettegen[p];[b][p]paletteuse'] : []),
  ].join(',')
  return ok({
    mimeType,
    takes,
    before: to.startMs === undefined ? [] : ['-ss', seconds(to.startMs)],
    after: [
      ...(to.durationMs === undefined || still ? [] : ['-t', seconds(to.durationMs)]),
      ...(takes === 'sound' ? ['-vn', '-map', '0:a:0'] : ['-vf', filters]),
      ...(still ? ['-frames:v', '1'] : []),
      ...(silent ? ['-an'] : []),
      ...encode,
      ...(to.audioBitrateKbps === undefined || silent || to.format === 'wav' ? [] : ['-b:a', `${to.audioBitrateKbps}k`]),
      ...['-sn', '-dn', '-map_metadata', '-1', '-f', muxer],
    ],
  })
}
