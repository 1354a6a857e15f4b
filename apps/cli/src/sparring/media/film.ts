import { type Colour, colourOf } from './colour.ts'
import { mp4 } from './mp4.ts'

/*
 * A film by hand: H.264 of whole pictures whose blocks are plain samples (I_PCM), which every player takes and nothing has to compress.
 * Each picture is a board of blocks of 16 by 16 pixels, each of one colour.
 */

const [across, down] = [8, 6]
const perSecond = 4

/** Bits, most significant first. */
function bits() {
  let text = ''
  return {
    /** So many bits of a number. */
    u(length: number, value: number) {
      text += value.toString(2).padStart(length, '0')
      return this
    },
    /** A number as H.264 writes those that are mostly small: Exp-Golomb. */
    ue(...values: number[]) {
      for (const value of values) {
        const code = (value + 1).toString(2)
        text += '0'.repeat(code.length - 1) + code
      }
      return this
    },
    /** Up to the next byte, with zeros. */
    aligned(): Buffer {
      const whole = text.padEnd(Math.ceil(text.length / 8) * 8, '0')
      return Buffer.from(whole.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? [])
    },
    /** The end of a unit: a one, and zeros up to the next byte. */
    ended(): Buffer {
      text += '1'
      return this.aligned()
    },
  }
}

/** A unit of the stream: no three bytes in it may look like the beginning of the next. */
function unit(type: number, payload: Buffer): Buffer {
  const bytes = [type]
  let zeros = 0
  for (const byte of payload) {
    if (zeros >= 2 && byte <= 3) {
      bytes.push(3)
      zeros = 0
    }
    bytes.push(byte)
    zeros = byte === 0 ? zeros + 1 : 0
  }
  return Buffer.from(bytes)
}

// Constrained baseline, level 2; pictures in the order they are decoded, none refers to another.
const sequence = unit(
  0x67,
  bits()
    .u(8, 66)
    .u(8, 0xc0)
    .u(8, 20)
    .ue(0, 0, 2, 0)
    .u(1, 0)
    .ue(across - 1, down - 1)
    .u(4, 0b1000)
    .ended(),
)
const pictures = unit(0x68, bits().ue(0, 0).u(2, 0).ue(0, 0, 0).u(3, 0).ue(0, 0, 0).u(3, 0).ended())

/** Luma and the two chromas of a colour, as television counts them; none is zero. */
function samplesOf([r, g, b]: Colour): [number, number, number] {
  const y = 16 + 0.257 * r + 0.504 * g + 0.098 * b
  return [y, 128 - 0.148 * r - 0.291 * g + 0.439 * b, 128 + 0.439 * r - 0.368 * g - 0.071 * b].map(Math.round) as [number, number, number]
}

const blockOf = (colour: Colour): Buffer => {
  const [y, cb, cr] = samplesOf(colour)
  return Buffer.concat([Buffer.alloc(256, y), Buffer.alloc(64, cb), Buffer.alloc(64, cr)])
}

/** mb_type 25 of an I slice: plain samples follow, from the next byte on. */
const plainBlock = 25

function frame(nth: number, board: readonly Colour[]): Buffer {
  // first_mb, slice_type (I, as all), picture set; frame number, which of two following ones; no marks, the quantiser as it is.
  const header = bits()
    .ue(0, 7, 0)
    .u(4, 0)
    .ue(nth % 2)
    .u(2, 0)
    .ue(0)
  const blocks = board.map((colour, at) =>
    Buffer.concat([at === 0 ? header.ue(plainBlock).aligned() : bits().ue(plainBlock).aligned(), blockOf(colour)]),
  )
  return unit(0x65, Buffer.concat([...blocks, Buffer.from([0x80])]))
}

/** An MP4 of two seconds: a screen for each word that was taken up, and a light that runs over it. */
export function film(words: readonly string[], director: string): Buffer {
  const scenes = (words.length > 0 ? words : [director]).slice(0, 8)
  const frames = Array.from({ length: perSecond * 2 }, (_, nth) => {
    const colour = colourOf(`${director}/${scenes[Math.floor((nth * scenes.length) / (perSecond * 2))]}`)
    const light = (nth * 7) % (across * down)
    return frame(
      nth,
      Array.from({ length: across * down }, (__, at): Colour => (at === light ? [235, 235, 235] : colour)),
    )
  })
  return mp4({
    width: across * 16,
    height: down * 16,
    perSecond,
    sequence,
    pictures,
    frames,
    comment: `Agon sparring partner ${director} (simulated)`,
  })
}
