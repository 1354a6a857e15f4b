import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFfmpeg } from '@agon/media-tools'

/** The ffmpeg of this machine: npm brings one where there is no other. */
export async function ffmpegHere(): Promise<string> {
  const found = await findFfmpeg(process.env.AGON_FFMPEG)
  if (!found) throw new Error('no ffmpeg runs here, and npm brought none')
  return found.path
}

/** The colour in the middle of a picture. */
export async function colourOf(picture: Uint8Array): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'agon-picture-'))
  try {
    writeFileSync(join(folder, 'picture'), picture)
    const raw = execFileSync(await ffmpegHere(), [
      '-loglevel',
      'error',
      '-i',
      join(folder, 'picture'),
      '-vf',
      'scale=1:1',
      '-f',
      'rawvideo',
      '-pix_fmt',
      'rgb24',
      '-',
    ])
    const [r, g, b] = [raw[0]! > 90, raw[1]! > 90, raw[2]! > 90]
    return r && g && b ? 'white' : r ? 'red' : g ? 'green' : b ? 'blue' : 'black'
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** A picture of one colour. */
export async function picture(colour: string): Promise<Buffer> {
  const args = [
    '-loglevel',
    'error',
    '-f',
    'lavfi',
    '-i',
    `color=c=${colour}:s=32x32`,
    '-frames:v',
    '1',
    '-c:v',
    'png',
    '-f',
    'image2pipe',
    '-',
  ]
  return execFileSync(await ffmpegHere(), args)
}

/** Small real films, made by ffmpeg: one colour after the other, half a second each, and a tone. */
export async function film({ colours = ['red', 'green', 'blue', 'white'], format = 'mp4', sound = true } = {}): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'agon-film-'))
  try {
    const pictures = colours.flatMap((colour) => ['-f', 'lavfi', '-i', `color=c=${colour}:s=160x90:r=10:d=0.5`])
    const tone = sound ? ['-f', 'lavfi', '-i', `sine=frequency=440:duration=${colours.length / 2}`, '-map', `${colours.length}:a`] : []
    const joined = `${colours.map((_, nth) => `[${nth}:v]`).join('')}concat=n=${colours.length}:v=1:a=0,format=yuv420p[v]`
    const made = join(folder, `film.${format}`)
    execFileSync(await ffmpegHere(), [
      '-loglevel',
      'error',
      ...pictures,
      ...tone.slice(0, 4),
      '-filter_complex',
      joined,
      '-map',
      '[v]',
      ...tone.slice(4),
      '-g',
      '1',
      made,
    ])
    return readFileSync(made)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
