import { spawn } from 'node:child_process'
import { type StepError, stepError } from '@agon/runner-core/errors'
import { fail, ok, type Result } from '@agon/runner-core/result'

/** What it says is kept this far: the end of it tells what went wrong. */
const mostSaid = 64 * 1024

/**
 * Every run begins with these. No shell reads them, nothing of them comes from a user, and what a file may make ffmpeg do is fenced in:
 * it opens files alone, of the containers and by the decoders that are named, so that a playlist or a list of files that calls itself a
 * film leads nowhere; and one picture or one piece of memory is only so large.
 */
export const guarded = (input: string): string[] => [
  ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'info', '-max_alloc', String(512 * 1024 * 1024)],
  // By itself, should who started it be killed: seconds of processor time.
  ...['-timelimit', '300'],
  ...['-protocol_whitelist', 'file', '-format_whitelist', containers.join(','), '-codec_whitelist', decoders.join(',')],
  ...['-max_pixels', String(8192 * 8192), '-threads', '2', '-i', input],
]

const containers = [
  ...[
    'mov,mp4,m4a,3gp,3g2,mj2',
    'mov',
    'mp4',
    'm4a',
    '3gp',
    'matroska,webm',
    'matroska',
    'webm',
    'avi',
    'gif',
    'mp3',
    'wav',
    'ogg',
    'flac',
    'aac',
  ],
  ...['png_pipe', 'jpeg_pipe', 'webp_pipe', 'apng'],
]
const decoders = [
  ...[
    'h264',
    'hevc',
    'vp8',
    'vp9',
    'libvpx',
    'libvpx-vp9',
    'av1',
    'libdav1d',
    'libaom-av1',
    'mpeg4',
    'mjpeg',
    'png',
    'apng',
    'gif',
    'webp',
    'prores',
    'theora',
  ],
  ...[
    'aac',
    'mp3',
    'mp3float',
    'vorbis',
    'libvorbis',
    'opus',
    'libopus',
    'flac',
    'alac',
    'pcm_s16le',
    'pcm_s24le',
    'pcm_s32le',
    'pcm_f32le',
    'pcm_u8',
    'pcm_s16be',
  ],
]

/** All it sees of this process's environment: where programs are. */
const environment = Object.fromEntries(
  ['PATH', 'SystemRoot'].flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
)

/** How a run ended, where it ran. */
export interface Ran {
  code: number | null
  said: string
}

/**
 * Runs ffmpeg in a folder, as a group of processes that ends with its time, with its lease, or by itself. Errors: `capability_missing`, `media_tools_timeout`, `lease_lost`.
 */
export function runFfmpeg(
  ffmpeg: string,
  args: readonly string[],
  { cwd, signal, timeoutMs }: { cwd: string; signal: AbortSignal; timeoutMs: number },
): Promise<Result<Ran, StepError>> {
  return new Promise((settle) => {
    if (signal.aborted) return settle(fail(stepError('lease_lost', 'The driver no longer owns the job.')))
    const grouped = process.platform !== 'win32'
    const child = spawn(ffmpeg, args, {
      cwd,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: environment,
      detached: grouped,
      shell: false,
      windowsHide: true,
    })
    let said = ''
    let ended: StepError | undefined
    const end = (why: StepError) => {
      ended ??= why
      if (child.pid === undefined) return
      try {
        if (grouped) process.kill(-child.pid, 'SIGKILL')
        else child.kill('SIGKILL')
      } catch {
        // It has gone by itself.
      }
    }
    const abandon = () => end(stepError('lease_lost', 'The driver no longer owns the job.'))
    const timer = setTimeout(
      () => end(stepError('media_tools_timeout', `ffmpeg did not end within ${Math.round(timeoutMs)} ms.`)),
      Math.min(Math.max(0, timeoutMs), 2 ** 31 - 1),
    )
    signal.addEventListener('abort', abandon, { once: true })
    const done = (result: Result<Ran, StepError>) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abandon)
      settle(ended ? fail(ended) : result)
    }
    child.stderr.on('data', (data: Buffer) => {
      said = (said + data.toString('utf8')).slice(-mostSaid)
    })
    child.on('error', (error) =>
      done(fail(stepError('capability_missing', `ffmpeg could not be run: ${(error as NodeJS.ErrnoException).code ?? error.name}.`))),
    )
    child.on('close', (code) => done(ok({ code, said })))
  })
}
