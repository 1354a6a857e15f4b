import { z } from 'zod'
import type { MediaTools } from '../../ports/index.ts'
import type { NodeRunner } from '../node-runner.ts'
import { configured } from './configured.ts'
import { filePath } from './file-place.ts'
import { fileEnvelope } from './files.ts'
import { lacks } from './lacks.ts'

const MiB = 1024 * 1024

const pixels = z.number().int().min(2).max(4096)
const convert = z.object({
  format: z.enum(['mp4', 'webm', 'gif', 'mp3', 'wav', 'ogg', 'png', 'jpg', 'webp']),
  width: pixels.optional(),
  height: pixels.optional(),
  fps: z.number().min(1).max(60).optional(),
  audio_bitrate_kbps: z.number().int().min(8).max(320).optional(),
  start_s: z.number().min(0).max(86_400).optional(),
  duration_s: z.number().positive().max(3600).optional(),
})
/** media_convert: makes another format of what stands at an address, and keeps it. Of a worker with ffmpeg alone. */
export const mediaConvertRunner =
  (tools: Pick<MediaTools, 'convert'>): NodeRunner =>
  async (context) => {
    const { job, inputs, world, signal, timeoutMs } = context
    const { clock } = world
    if (!world.files) return lacks('keep files')
    const config = configured(convert, context)
    if (!config.ok) return { kind: 'failed', error: config.error }
    const { format, width, height, fps, audio_bitrate_kbps, start_s, duration_s } = config.value
    const path = filePath(job, 'run', `${job.label.replaceAll(/[^A-Za-z0-9_-]/g, '-') || 'converted'}.${format}`)
    if (!path.ok) return { kind: 'failed', error: path.error }
    const until = clock.now() + timeoutMs
    const made = await tools.convert(
      { url: String(inputs.media ?? inputs.input ?? '') },
      {
        format,
        ...(width !== undefined && { width }),
        ...(height !== undefined && { height }),
        ...(fps !== undefined && { fps }),
        ...(audio_bitrate_kbps !== undefined && { audioBitrateKbps: audio_bitrate_kbps }),
        ...(start_s !== undefined && { startMs: Math.round(start_s * 1000) }),
        ...(duration_s !== undefined && { durationMs: Math.round(duration_s * 1000) }),
      },
      { signal, timeoutMs, maxInputBytes: 50 * MiB, maxOutputBytes: 20 * MiB },
    )
    if (!made.ok) return { kind: 'failed', error: made.error }
    // Its bytes say what it is: whoever made it may have another name for the same.
    const stored = await world.files.upload({ path: path.value, bytes: made.value.bytes }, { signal, timeoutMs: until - clock.now() })
    if (!stored.ok) return { kind: 'failed', error: stored.error }
    return { kind: 'completed', result: { envelope: fileEnvelope(stored.value), ports: ['output'] } }
  }
