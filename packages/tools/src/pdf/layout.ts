import type { PDF, PDFPage } from '@libpdf/core'
import type { Block, FontName, Span } from './blocks.ts'
import type { Fonts } from './fonts.ts'
import { type Measure, type Piece, wrapped } from './wrap.ts'

const A4 = { width: 595, height: 842 }
const margin = { side: 62, top: 64, bottom: 68 }
const step = 16
const bar = 12
const leading = 1.42
const codeSize = 9
const cellGap = 10

const grey = { type: 'RGB', red: 0.45, green: 0.45, blue: 0.45 } as const
const pale = { type: 'RGB', red: 0.95, green: 0.95, blue: 0.96 } as const
const blue = { type: 'RGB', red: 0.05, green: 0.3, blue: 0.7 } as const
const black = { type: 'RGB', red: 0, green: 0, blue: 0 } as const

export class TooLong extends Error {
  override name = 'TooLong'
}

/** Prints blocks onto pages, one under the other. Throws TooLong beyond `mostPages`. */
export function layOut(pdf: PDF, fonts: Fonts, blocks: Block[], mostPages: number): number {
  const pages: PDFPage[] = []
  let page: PDFPage
  let y = 0
  const newPage = () => {
    if (pages.length === mostPages) throw new TooLong()
    page = pdf.addPage({ size: 'a4' })
    pages.push(page)
    y = A4.height - margin.top
  }
  newPage()

  const widths = new Map<string, number>()
  const measured = (size: number): Measure => {
    return (text, font) => {
      const key = `${font} ${text}`
      const known = widths.get(key) ?? fonts[font].widthOfTextAtSize(text, 1)
      widths.set(key, known)
      return known * size
    }
  }
  const has = new Map<string, boolean>()
  /** Code is set in a narrow choice of characters: what it lacks is set in the font of text. */
  const fitting = (spans: Span[]): Span[] =>
    spans.flatMap((span) => {
      if (span.font !== 'mono' || span.breaks) return [span]
      const parts: Span[] = []
      for (const character of span.text) {
        if (!has.has(character)) has.set(character, fonts.mono.canEncode(character))
        const font: FontName = has.get(character) ? 'mono' : 'regular'
        const last = parts.at(-1)
        if (last?.font === font) last.text += character
        else parts.push({ ...span, text: character, font })
      }
      return parts
    })

  const write = (pieces: Piece[], left: number, size: number) => {
    for (const { text, font, link, x, width } of pieces) {
      page.drawText(text, { x: left + x, y, size, font: fonts[font], color: link ? blue : black })
      if (!link) continue
      page.drawLine({ start: { x: left + x, y: y - 1.6 }, end: { x: left + x + width, y: y - 1.6 }, thickness: 0.5, color: blue })
      page.addLinkAnnotation({ rect: { x: left + x, y: y - 3, width, height: size + 3 }, uri: new URL(link).href })
    }
  }
  const room = (height: number) => {
    if (y - height < margin.bottom) newPage()
  }
  const bars = (quoted: number, from: number, to: number) => {
    for (let nth = 0; nth < quoted; nth++) {
      const x = margin.side + nth * bar + 2
      page.drawLine({ start: { x, y: from }, end: { x, y: to }, thickness: 2, color: pale })
    }
  }

  const printText = (block: Block & { kind: 'text' }) => {
    const { spans, size, marker, quoted } = block
    const left = margin.side + quoted * bar + block.indent * step
    const height = size * leading
    const lines = wrapped(fitting(spans), A4.width - margin.side - left, measured(size))
    if (block.leads) {
      y -= size * 0.6
      room(height * lines.length + 40)
    }
    for (const [nth, line] of lines.entries()) {
      room(height)
      y -= height
      bars(quoted, y + height, y - 3)
      if (nth === 0 && marker) {
        const wide = measured(size)(marker, 'regular')
        page.drawText(marker, { x: left - wide - 5, y, size, font: fonts.regular })
      }
      write(line, left, size)
    }
    y -= block.indent > 0 ? size * 0.2 : size * 0.55
  }

  const printCode = (block: Block & { kind: 'code' }) => {
    const left = margin.side + block.quoted * bar + block.indent * step
    const width = A4.width - margin.side - left
    const height = codeSize * 1.35
    for (const text of block.lines) {
      for (const line of brokenAnywhere(text, width - 12, measured(codeSize))) {
        room(height)
        y -= height
        page.drawRectangle({ x: left, y: y - 3, width, height: height + 0.5, color: pale })
        write(inOneLine(fitting([{ text: line, font: 'mono' }]), measured(codeSize)), left + 6, codeSize)
      }
    }
    y -= codeSize
  }

  const printTable = (block: Block & { kind: 'table' }) => {
    const size = codeSize
    const left = margin.side + block.quoted * bar + block.indent * step
    const measure = measured(size)
    const columns = Math.max(...block.rows.map((row) => row.length))
    const wide = columnWidths(block.rows, columns, A4.width - margin.side - left - cellGap * (columns - 1), measure)
    for (const [nth, row] of block.rows.entries()) {
      const cells = row.map((spans, column) => wrapped(fitting(spans), wide[column]!, measure))
      const height = size * leading
      const tall = Math.max(...cells.map((lines) => lines.length), 1)
      room(Math.min(tall, 20) * height)
      for (let line = 0; line < tall; line++) {
        room(height)
        y -= height
        let x = left
        for (const [column, lines] of cells.entries()) {
          const pieces = lines[line]
          if (pieces) write(pieces, x, size)
          x += wide[column]! + cellGap
        }
      }
      const thickness = nth === 0 ? 1 : 0.4
      page.drawLine({ start: { x: left, y: y - 4 }, end: { x: A4.width - margin.side, y: y - 4 }, thickness, color: grey })
      y -= 4
    }
    y -= size
  }

  for (const block of blocks) {
    if (block.kind === 'text') printText(block)
    else if (block.kind === 'code') printCode(block)
    else if (block.kind === 'table') printTable(block)
    else {
      room(20)
      y -= 10
      page!.drawLine({ start: { x: margin.side, y }, end: { x: A4.width - margin.side, y }, thickness: 0.6, color: grey })
      y -= 10
    }
  }
  for (const [nth, each] of pages.entries()) {
    const text = `${nth + 1} / ${pages.length}`
    const x = (A4.width - measured(8)(text, 'regular')) / 2
    each.drawText(text, { x, y: margin.bottom / 2, size: 8, font: fonts.regular, color: grey })
  }
  return pages.length
}

/** As it is, with every space. */
function inOneLine(spans: Span[], measure: Measure): Piece[] {
  let x = 0
  return spans.map(({ text, font }) => {
    const piece = { text, font, x, width: measure(text, font) }
    x += piece.width
    return piece
  })
}

/** A line of code keeps its spaces, and breaks where it must. */
function brokenAnywhere(text: string, width: number, measure: Measure): string[] {
  const lines: string[] = []
  let line = ''
  let x = 0
  for (const character of text) {
    const wide = measure(character, 'mono')
    if (x + wide > width && line !== '') {
      lines.push(line)
      line = ''
      x = 0
    }
    line += character
    x += wide
  }
  return [...lines, line]
}

/** Columns as wide as what stands in them, as long as they fit; else narrow ones keep their width and the others share. */
function columnWidths(rows: Span[][][], columns: number, width: number, measure: Measure): number[] {
  const wishes = Array.from({ length: columns }, (_, column) =>
    Math.max(24, ...rows.map((row) => (row[column] ?? []).reduce((sum, { text, font }) => sum + measure(text, font), 0) + 1)),
  )
  const sum = wishes.reduce((total, each) => total + each, 0)
  if (sum <= width) return wishes
  const fair = width / columns
  const over = wishes.filter((wish) => wish > fair)
  const left = width - wishes.filter((wish) => wish <= fair).reduce((total, each) => total + each, 0)
  const overSum = over.reduce((total, each) => total + Math.sqrt(each), 0)
  return wishes.map((wish) => (wish <= fair ? wish : Math.max(20, (left * Math.sqrt(wish)) / overSum)))
}
