import { lot } from '../words.ts'

const perSecond = 8000
const noteSeconds = 0.25

/** A WAV: a note for each word that was taken up, one after the other. It says of itself that it is simulated. */
export function tune(words: readonly string[], singer: string): Buffer {
  const notes = (words.length > 0 ? words : [singer]).slice(0, 16)
  const length = Math.round(perSecond * noteSeconds)
  const samples = Buffer.alloc(notes.length * length * 2)
  for (const [nth, word] of notes.entries()) {
    // Of two octaves above A.
    const hertz = 220 * 2 ** ((lot(`${singer}/${word}`) % 25) / 12)
    for (let at = 0; at < length; at++) {
      const fade = Math.min(1, at / 200, (length - at) / 800)
      samples.writeInt16LE(Math.round(9000 * fade * Math.sin((2 * Math.PI * hertz * at) / perSecond)), (nth * length + at) * 2)
    }
  }
  const format = Buffer.alloc(16)
  format.writeUInt16LE(1, 0) // PCM
  format.writeUInt16LE(1, 2) // one channel
  format.writeUInt32LE(perSecond, 4)
  format.writeUInt32LE(perSecond * 2, 8)
  format.writeUInt16LE(2, 12)
  format.writeUInt16LE(16, 14)
  const comment = Buffer.from(`Agon sparring partner ${singer} (simulated)\0`, 'latin1')
  const body = Buffer.concat([
    Buffer.from('WAVE'),
    part('fmt ', format),
    part('LIST', Buffer.concat([Buffer.from('INFO'), part('ICMT', comment)])),
    part('data', samples),
  ])
  return part('RIFF', body)
}

function part(name: string, data: Buffer): Buffer {
  const head = Buffer.alloc(8)
  head.write(name, 'latin1')
  head.writeUInt32LE(data.length, 4)
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)])
}
