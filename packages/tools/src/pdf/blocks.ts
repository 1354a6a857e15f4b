import { lexer, type Token, type Tokens } from 'marked'

export type FontName = 'regular' | 'bold' | 'mono'

export interface Span {
  text: string
  font: FontName
  link?: string
  /** A line ends here. */
  breaks?: true
}

interface Placed {
  /** Steps to the right. */
  indent: number
  /** Bars at the left, of quotes. */
  quoted: number
}

/** What a document is printed from: lists and quotes are undone into what stands where. */
export type Block = Placed &
  (
    | {
        kind: 'text'
        spans: Span[]
        size: number
        marker?: string /** Belongs to what follows: a heading is no last line. */
        leads?: true
      }
    | { kind: 'code'; lines: string[] }
    | { kind: 'table'; rows: Span[][][] }
    | { kind: 'rule' }
  )

export const textSize = 10.5
const headingSizes = [20, 16, 13, 11.5, textSize, textSize]
const depths = 6

/** Reads Markdown, as GitHub writes it. HTML in it is no markup: its tags are left out, and its text is kept. */
export function blocksOf(markdown: string): Block[] {
  return fromTokens(lexer(markdown, { gfm: true }), { indent: 0, quoted: 0 })
}

function fromTokens(tokens: Token[], at: Placed): Block[] {
  return tokens.flatMap((token) => fromToken(token, at))
}

function fromToken(token: Token, at: Placed): Block[] {
  switch (token.type) {
    case 'heading': {
      const { depth, tokens } = token as Tokens.Heading
      return [{ ...at, kind: 'text', size: headingSizes[depth - 1] ?? textSize, spans: spansOf(tokens, { font: 'bold' }), leads: true }]
    }
    case 'paragraph':
    case 'text':
      return [{ ...at, kind: 'text', size: textSize, spans: spansOf((token as Tokens.Text).tokens ?? [token], { font: 'regular' }) }]
    case 'code':
      return [{ ...at, kind: 'code', lines: (token as Tokens.Code).text.split('\n') }]
    case 'blockquote':
      return fromTokens((token as Tokens.Blockquote).tokens, { indent: at.indent, quoted: Math.min(at.quoted + 1, depths) })
    case 'list':
      return listed(token as Tokens.List, at)
    case 'hr':
      return [{ ...at, kind: 'rule' }]
    case 'table': {
      const { header, rows } = token as Tokens.Table
      const cells = (row: Tokens.TableCell[], font: FontName) => row.map((cell) => spansOf(cell.tokens, { font }))
      return [{ ...at, kind: 'table', rows: [cells(header, 'bold'), ...rows.map((row) => cells(row, 'regular'))] }]
    }
    case 'html': {
      const text = withoutTags((token as Tokens.HTML).text).trim()
      return text === '' ? [] : [{ ...at, kind: 'text', size: textSize, spans: [{ text, font: 'regular' }] }]
    }
    default:
      return []
  }
}

function listed(list: Tokens.List, at: Placed): Block[] {
  const from = typeof list.start === 'number' ? list.start : 1
  const inside = { ...at, indent: Math.min(at.indent + 1, depths) }
  return list.items.flatMap((item, nth) => {
    const marker = item.task ? (item.checked ? '☑' : '☐') : list.ordered ? `${from + nth}.` : at.indent % 2 === 0 ? '•' : '◦'
    const blocks = fromTokens(item.tokens, inside)
    const [first] = blocks
    if (first?.kind === 'text' && first.marker === undefined && first.indent === inside.indent) first.marker = marker
    else blocks.unshift({ ...inside, kind: 'text', size: textSize, spans: [], marker })
    return blocks
  })
}

function spansOf(tokens: Token[], style: { font: FontName; link?: string }): Span[] {
  return tokens.flatMap((token): Span[] => {
    switch (token.type) {
      case 'strong':
        return spansOf((token as Tokens.Strong).tokens, { ...style, font: 'bold' })
      case 'em':
      case 'del':
        return spansOf((token as Tokens.Em).tokens, style)
      case 'codespan':
        return [{ ...style, text: (token as Tokens.Codespan).text, font: 'mono' }]
      case 'br':
        return [{ ...style, text: '', breaks: true }]
      case 'link': {
        const { href, tokens: inner } = token as Tokens.Link
        return spansOf(inner, isLink(href) ? { ...style, link: href } : style)
      }
      case 'image': {
        const { href, text } = token as Tokens.Image
        return [{ ...style, text: text || href, ...(isLink(href) && { link: href }) }]
      }
      case 'html':
        return /^<br\s*\/?>$/i.test(token.raw.trim()) ? [{ ...style, text: '', breaks: true }] : []
      default: {
        const { tokens: inner, text = '' } = token as Tokens.Text
        return inner ? spansOf(inner, style) : [{ ...style, text: withoutEntities(text) }]
      }
    }
  })
}

/** What a reader may click: nothing that runs. */
const isLink = (href: string): boolean => /^(https?|mailto):/i.test(href) && href.length <= 2048 && URL.canParse(href)

const withoutTags = (html: string): string => withoutEntities(html.replaceAll(/<!--[\s\S]*?(-->|$)/g, '').replaceAll(/<[^<>]*>/g, ''))

const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' }
const withoutEntities = (text: string): string =>
  text.replaceAll(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{2,6}));/gi, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return named[name] ?? whole
    const point = Number.parseInt(decimal ?? hex!, decimal ? 10 : 16)
    return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : whole
  })
