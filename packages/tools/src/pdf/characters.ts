import type { Block, Span } from './blocks.ts'

/** Says nothing by itself: joins emoji, hints at directions, marks where a word may break. */
const silent = /\p{Default_Ignorable_Code_Point}/gu
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is left out
const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g

/** A text as the fonts take it: composed, without what nobody sees. */
export const printable = (text: string): string =>
  text.normalize('NFC').replaceAll('\t', '    ').replaceAll('\r', '').replaceAll(silent, '').replaceAll(control, '')

/** Every text of a document, changed. */
export function mapTexts(blocks: Block[], change: (text: string) => string): Block[] {
  const spans = (list: Span[]) => list.map((span) => ({ ...span, text: change(span.text) }))
  return blocks.map((block) => {
    if (block.kind === 'text') return { ...block, spans: spans(block.spans) }
    if (block.kind === 'code') return { ...block, lines: block.lines.map(change) }
    if (block.kind === 'table') return { ...block, rows: block.rows.map((row) => row.map(spans)) }
    return block
  })
}

/** The characters of a document that no font has, each once, in the order they stand in. */
export function missing(blocks: Block[], has: (character: string) => boolean): string[] {
  const known = new Map<string, boolean>()
  mapTexts(blocks, (text) => {
    for (const character of text) if (character !== '\n' && !known.has(character)) known.set(character, has(character))
    return text
  })
  return [...known].flatMap(([character, isKnown]) => (isKnown ? [] : [character]))
}

/** @example told(['日']) // '日 (U+65E5)' */
export const told = (characters: string[]): string =>
  characters
    .slice(0, 20)
    .map((character) => `${character} (U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')})`)
    .join(', ') + (characters.length > 20 ? ` and ${characters.length - 20} more` : '')
