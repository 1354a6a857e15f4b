import type { FontName, Span } from './blocks.ts'

export interface Piece {
  text: string
  font: FontName
  link?: string
  /** From the left edge of the line. */
  x: number
  width: number
}

export type Measure = (text: string, font: FontName) => number

/** Puts spans into lines of a width: broken at spaces, and inside a word only where the word alone is wider than a line. */
export function wrapped(spans: Span[], width: number, measure: Measure): Piece[][] {
  const lines: Piece[][] = [[]]
  let x = 0
  const next = () => {
    lines.push([])
    x = 0
  }
  const put = (text: string, { font, link }: Span, wide: number) => {
    const line = lines.at(-1)!
    const last = line.at(-1)
    if (last && last.font === font && last.link === link) {
      last.text += text
      last.width += wide
    } else line.push({ text, font, ...(link && { link }), x, width: wide })
    x += wide
  }

  // Where one span ends and the next begins without a space, they are one word: both go to the next line together.
  for (const word of words(spans)) {
    if (word === 'break') {
      next()
      continue
    }
    const wide = word.reduce((sum, part) => sum + measure(part.text, part.font), 0)
    const isSpace = word.every(({ text }) => text.trim() === '' && !text.includes('\u00a0'))
    if (isSpace && x === 0) continue
    if (x + wide > width && x > 0) {
      if (isSpace) continue
      trim(lines.at(-1)!, measure)
      next()
    }
    for (const part of word) {
      const partWide = measure(part.text, part.font)
      if (partWide <= width - x) put(part.text, part, partWide)
      else
        for (const character of part.text) {
          const one = measure(character, part.font)
          if (x + one > width && x > 0) next()
          put(character, part, one)
        }
    }
  }
  trim(lines.at(-1)!, measure)
  return lines
}

/** A space at the end of a line is seen under a link. */
function trim(line: Piece[], measure: Measure): void {
  const last = line.at(-1)
  if (!last) return
  const text = last.text.replace(/ +$/, '')
  if (text === last.text) return
  if (text === '') line.pop()
  else Object.assign(last, { text, width: measure(text, last.font) })
}

function* words(spans: Span[]): Generator<Span[] | 'break'> {
  let word: Span[] = []
  for (const span of spans) {
    if (span.breaks) {
      if (word.length > 0) yield word
      word = []
      yield 'break'
      continue
    }
    for (const text of span.text.split(/( +|\n)/)) {
      if (text === '') continue
      if (text === '\n' || /^ +$/.test(text)) {
        if (word.length > 0) yield word
        word = []
        yield [{ ...span, text: ' ' }]
      } else word.push({ ...span, text })
    }
  }
  if (word.length > 0) yield word
}
