import { crc32, deflateSync, inflateSync } from 'node:zlib'
import { colourOf } from './colour.ts'

/** A painter's picture: a board of tiles, one colour for each word it took up, and the words themselves in its description. */

const tiles = 4
const tilePixels = 32
const side = tiles * tilePixels
const signature = Buffer.from('89504e470d0a1a0a', 'hex')
const keyword = 'Description'

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.byteLength)
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}

/** A PNG of 128 by 128 pixels. It says of itself that it is simulated, and what it shows. */
export function painting(words: readonly string[], painter: string): Buffer {
  const shown = words.length > 0 ? words : [painter]
  const rows = Buffer.alloc(side * (1 + side * 3))
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const tile = Math.floor(y / tilePixels) * tiles + Math.floor(x / tilePixels)
      rows.set(colourOf(`${painter}/${shown[tile % shown.length]}`), y * (1 + side * 3) + 1 + x * 3)
    }
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(side, 0)
  head.writeUInt32BE(side, 4)
  head.set([8, 2, 0, 0, 0], 8) // eight bits of red, green and blue
  const text = (name: string, value: string) => chunk('iTXt', Buffer.from(`${name}\0\0\0\0\0${value}`, 'utf8'))
  return Buffer.concat([
    signature,
    chunk('IHDR', head),
    text('Software', `Agon sparring partner ${painter} (simulated)`),
    text(keyword, words.join(' ')),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** What a picture of a sparring painter says that it shows. Undefined for any other file. */
export function described(picture: Uint8Array): string | undefined {
  const file = Buffer.from(picture)
  if (!file.subarray(0, signature.length).equals(signature)) return undefined
  for (let at = signature.length; at + 12 <= file.length; ) {
    const length = file.readUInt32BE(at)
    const type = file.toString('latin1', at + 4, at + 8)
    const data = file.subarray(at + 8, at + 8 + length)
    if (type === 'iTXt' && data.toString('latin1', 0, keyword.length + 1) === `${keyword}\0`)
      return data.toString('utf8', keyword.length + 5)
    at += 12 + length
  }
  return undefined
}

/** The pixels of a painting, for tests: whether the picture is whole. */
export function pixelsOf(picture: Uint8Array): number {
  const file = Buffer.from(picture)
  const at = file.indexOf('IDAT')
  return inflateSync(file.subarray(at + 4, at + 4 + file.readUInt32BE(at - 4))).length
}
