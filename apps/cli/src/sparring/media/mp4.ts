interface Film {
  width: number
  height: number
  /** Frames a second. */
  perSecond: number
  /** The parameter sets of the stream, and its frames, each of which stands for itself. */
  sequence: Buffer
  pictures: Buffer
  frames: readonly Buffer[]
  comment: string
}

const u8 = (...values: number[]) => Buffer.from(values)
const u16 = (...values: number[]) => Buffer.concat(values.map((value) => u8(value >> 8, value & 255)))
const u32 = (...values: number[]) =>
  Buffer.concat(values.map((value) => u8(value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255)))
const text = (value: string) => Buffer.from(value, 'latin1')

function box(type: string, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  return Buffer.concat([u32(body.length + 8), text(type), body])
}
/** One with a version and flags before the rest. */
const full = (type: string, flags: number, ...parts: Buffer[]) => box(type, u32(flags), ...parts)

const noTurn = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)

/** Puts H.264 frames into an MP4 that begins with its table of contents. */
export function mp4({ width, height, perSecond, sequence, pictures, frames, comment }: Film): Buffer {
  const samples = frames.map((frame) => Buffer.concat([u32(frame.length), frame]))
  const length = frames.length
  const type = box('ftyp', text('isom'), u32(512), text('isomavc1mp41'))
  const said = box('free', text(comment))
  const codec = box(
    'avcC',
    u8(1, sequence[1]!, sequence[2]!, sequence[3]!, 0xff, 0xe1),
    u16(sequence.length),
    sequence,
    u8(1),
    u16(pictures.length),
    pictures,
  )
  const entry = box(
    'avc1',
    ...[u32(0), u16(0, 1), Buffer.alloc(16), u16(width, height), u32(0x480000, 0x480000, 0), u16(1)],
    ...[Buffer.alloc(32), u16(24, 0xffff), codec],
  )
  const contents = (firstAt: number) =>
    box(
      'moov',
      full('mvhd', 0, u32(0, 0, perSecond, length, 0x10000), u16(0x100), Buffer.alloc(10), noTurn, Buffer.alloc(24), u32(2)),
      box(
        'trak',
        full('tkhd', 3, u32(0, 0, 1, 0, length), Buffer.alloc(16), noTurn, u32(width << 16, height << 16)),
        box(
          'mdia',
          full('mdhd', 0, u32(0, 0, perSecond, length), u16(0x55c4, 0)),
          full('hdlr', 0, u32(0), text('vide'), Buffer.alloc(12), text('film\0')),
          box(
            'minf',
            full('vmhd', 1, Buffer.alloc(8)),
            box('dinf', full('dref', 0, u32(1), full('url ', 1))),
            box(
              'stbl',
              full('stsd', 0, u32(1), entry),
              full('stts', 0, u32(1, length, 1)),
              full('stsc', 0, u32(1, 1, length, 1)),
              full('stsz', 0, u32(0, length, ...samples.map((sample) => sample.length))),
              full('stco', 0, u32(1, firstAt)),
            ),
          ),
        ),
      ),
    )
  const before = type.length + said.length
  const head = contents(before + contents(0).length + 8)
  return Buffer.concat([type, said, head, box('mdat', ...samples)])
}
