import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Keyframe, MediaBounds, MediaFacts, MediaSource, MediaTools } from '@agon/runner-core'
import { type StepError, stepError } from '@agon/runner-core/errors'
import { fail, ok, type Result } from '@agon/runner-core/result'
import { complaint, factsOf, lengthOf } from './facts.ts'
import { conversion, scaleFilter } from './formats.ts'
import { guarded, type Ran, runFfmpeg } from './run-ffmpeg.ts'

/** How far back a picture is looked for: as long as one stands at five a second. */
const lookBackMs = 200

const folderPrefix = 'agon-media-'
const hourMs = 3_600_000

/** Deletes the folders of those who were killed before they could: what is older than an hour is nobody's. */
export async function forgetFolders(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(folderPrefix)) continue
    const path = join(tmpdir(), name)
    const found = await stat(path).catch(() => undefined)
    if (found && Date.now() - found.mtimeMs > hourMs) await rm(path, { recursive: true, force: true }).catch(() => {})
  }
}

/** Fetches a file within its bounds. */
export type FetchMedia = (media: MediaSource, bounds: MediaBounds) => Promise<Result<Uint8Array, StepError>>

export interface MediaToolsOptions {
  /** Where ffmpeg is: see findFfmpeg. */
  ffmpeg: string
  fetch: FetchMedia
}

/** A file on its own in a folder of its own, and ffmpeg there. */
interface Bench {
  /** Runs ffmpeg on the file; what it makes is in `output`. */
  run(after: readonly string[], before?: readonly string[]): Promise<Result<Ran, StepError>>
  made(name: string): Promise<Result<Uint8Array | undefined, StepError>>
}

const unreadable = (said: string): Result<never, StepError> =>
  fail(stepError('media_unreadable', `The file cannot be read as media: ${complaint(said)}.`))

/**
 * Media by ffmpeg, as child processes. A file is fetched first, whole and through the guard; ffmpeg is shown that file and nothing else.
 * The folder it lies in is gone when the call returns.
 */
export function createMediaTools({ ffmpeg, fetch }: MediaToolsOptions): MediaTools {
  async function onBench<T>(
    media: MediaSource,
    bounds: MediaBounds,
    work: (bench: Bench) => Promise<Result<T, StepError>>,
  ): Promise<Result<T, StepError>> {
    const begunAt = performance.now()
    const leftMs = () => bounds.timeoutMs - (performance.now() - begunAt)
    let cwd: string | undefined
    try {
      const bytes = await fetch(media, bounds)
      if (!bytes.ok) return bytes
      cwd = await mkdtemp(join(tmpdir(), folderPrefix))
      await writeFile(join(cwd, 'input'), bytes.value)
      const folder = cwd
      return await work({
        run: (after, before = []) =>
          runFfmpeg(ffmpeg, [...before, ...guarded('input'), ...after], { cwd: folder, signal: bounds.signal, timeoutMs: leftMs() }),
        made: (name) => read(join(folder, name), bounds.maxOutputBytes),
      })
    } catch (error) {
      const { code, name } = error as NodeJS.ErrnoException
      return fail(stepError('internal', `The media tools failed: ${code ?? name}.`))
    } finally {
      if (cwd !== undefined) await rm(cwd, { recursive: true, force: true }).catch(() => {})
    }
  }

  async function factsFrom(bench: Bench): Promise<Result<MediaFacts, StepError>> {
    // Without an output it says what it was given, and complains.
    const looked = await bench.run([])
    if (!looked.ok) return looked
    const facts = factsOf(looked.value.said)
    return facts === undefined || !(facts.video || facts.audio) ? unreadable(looked.value.said) : ok(facts)
  }

  async function durationOf(bench: Bench, facts: MediaFacts): Promise<Result<number, StepError>> {
    if (facts.durationMs !== null) return ok(facts.durationMs)
    // A stream that was cut off from a recorder does not say how long it is: then it is read through.
    const walked = await bench.run(['-map', '0:v:0', '-stats', '-f', 'null', '-'])
    return walked.ok ? ok(lengthOf(walked.value.said) ?? 0) : walked
  }

  return {
    probe: (media, bounds) => onBench(media, bounds, factsFrom),

    keyframes: (video, { count, maxWidth }, bounds) =>
      onBench(video, bounds, async (bench) => {
        const facts = await factsFrom(bench)
        if (!facts.ok) return facts
        if (!facts.value.video) return fail(stepError('media_unreadable', 'The file has no pictures.'))
        const durationMs = await durationOf(bench, facts.value)
        if (!durationMs.ok) return durationMs
        const frames: Keyframe[] = []
        const taken = new Set<number>()
        let weighs = 0
        let said = ''
        // In the middle of equal parts: the first and the last picture of a film are often black.
        const places = Array.from({ length: count }, (_, nth) => Math.floor((durationMs.value * (nth + 0.5)) / count))
        // Where no picture begins from a place on, as at the very end, the one before it is taken.
        const tries = [...new Set(places)].flatMap((atMs) => [{ atMs }, { atMs: Math.max(0, atMs - lookBackMs), insteadOf: atMs }])
        for (const [nth, { atMs, insteadOf }] of tries.entries()) {
          if (insteadOf !== undefined && taken.has(insteadOf)) continue
          const name = `frame-${nth}.jpg`
          const ran = await bench.run(
            [
              '-map',
              '0:v:0',
              '-vf',
              scaleFilter({ width: maxWidth }),
              '-frames:v',
              '1',
              '-c:v',
              'mjpeg',
              '-q:v',
              '4',
              '-pix_fmt',
              'yuvj420p',
              '-f',
              'image2',
              name,
            ],
            ['-ss', (atMs / 1000).toFixed(3)],
          )
          if (!ran.ok) return ran
          said = ran.value.said
          const frame = await bench.made(name)
          if (!frame.ok) return frame
          if (frame.value === undefined) continue
          taken.add(atMs)
          weighs += frame.value.byteLength
          if (weighs > bounds.maxOutputBytes) return tooLarge(bounds.maxOutputBytes)
          frames.push({ bytes: frame.value, mimeType: 'image/jpeg', atMs })
        }
        return frames.length === 0 ? unreadable(said) : ok(frames.toSorted((a, b) => a.atMs - b.atMs))
      }),

    convert: async (media, to, bounds) => {
      const asked = conversion(to)
      if (!asked.ok) return asked
      const { before, after, mimeType, takes } = asked.value
      return onBench(media, bounds, async (bench) => {
        const facts = await factsFrom(bench)
        if (!facts.ok) return facts
        if (!(takes === 'sound' ? facts.value.audio : facts.value.video))
          return fail(stepError('media_unreadable', `The file has no ${takes}, and ${to.format} needs one.`))
        const ran = await bench.run([...after, '-fs', String(bounds.maxOutputBytes + 1), 'output'], before)
        if (!ran.ok) return ran
        const made = await bench.made('output')
        if (!made.ok) return made
        return ran.value.code !== 0 || made.value === undefined ? unreadable(ran.value.said) : ok({ bytes: made.value, mimeType })
      })
    },
  }
}

const tooLarge = (most: number): Result<never, StepError> =>
  fail(stepError('media_refused', `What was made of the file weighs more than ${most} bytes.`))

async function read(path: string, most: number): Promise<Result<Uint8Array | undefined, StepError>> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined || found.size === 0) return ok(undefined)
  return found.size > most ? tooLarge(most) : ok(new Uint8Array(await readFile(path)))
}
