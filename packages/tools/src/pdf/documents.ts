import type { Documents, PrintedDocument } from '@agon/runner-core'
import { stepError } from '@agon/runner-core/errors'
import { fail, ok } from '@agon/runner-core/result'
import { type Block, blocksOf, textSize } from './blocks.ts'
import { mapTexts, missing, printable, told } from './characters.ts'
import { embedded } from './fonts.ts'
import { layOut, TooLong } from './layout.ts'

const mostCharacters = 100_000
const mostPages = 300
const box = '□'

/**
 * Prints Markdown as PDF: headings, paragraphs, lists, tables, code, quotes and links, and the sources at the end. The fonts are embedded
 * and have Latin, Greek and Cyrillic; what they lack is named, or printed as a box.
 */
export function createDocuments(): Documents {
  return {
    async pdf(document, { signal }) {
      const { markdown } = document
      if (signal.aborted) return fail(stepError('lease_lost', 'The document was abandoned: the driver no longer owns the job.'))
      if (markdown.length > mostCharacters)
        return fail(stepError('document_too_long', `The document has ${markdown.length} characters; ${mostCharacters} are the most.`))
      try {
        return await printed(document)
      } catch (error) {
        if (error instanceof TooLong) return fail(stepError('document_too_long', `The document has more than ${mostPages} pages.`))
        if (error instanceof RangeError) return fail(stepError('document_too_long', 'The document is nested too deeply.'))
        return fail(stepError('internal', `The document could not be printed (${error instanceof Error ? error.name : typeof error}).`))
      }
    },
  }
}

async function printed({ title, markdown, sources, unsupported }: PrintedDocument): ReturnType<Documents['pdf']> {
  const { PDF } = await import('@libpdf/core')
  const pdf = PDF.create()
  const fonts = await embedded(pdf)
  let blocks = mapTexts([...titleOf(title, markdown), ...blocksOf(markdown), ...listOf(sources)], printable)
  const replaced = missing(blocks, (character) => fonts.regular.canEncode(character) && fonts.bold.canEncode(character))
  if (replaced.length > 0) {
    if (unsupported === 'fail') return fail(stepError('unsupported_characters', `The fonts have no ${told(replaced)}.`))
    const lacking = new Set(replaced)
    blocks = mapTexts(blocks, (text) => Array.from(text, (character) => (lacking.has(character) ? box : character)).join(''))
  }
  const pages = layOut(pdf, fonts, blocks, mostPages)
  pdf.setTitle(printable(title) || 'Document')
  pdf.setProducer('Agon')
  return ok({ bytes: await pdf.save({ subsetFonts: true }), pages, replaced })
}

/** A document that begins with a heading of its own needs no other. */
function titleOf(title: string, markdown: string): Block[] {
  if (title.trim() === '' || /^\s*#\s/.test(markdown)) return []
  return [{ kind: 'text', size: 22, spans: [{ text: title, font: 'bold' }], indent: 0, quoted: 0, leads: true }]
}

function listOf(sources: { title: string; url: string }[]): Block[] {
  if (sources.length === 0) return []
  const at = { indent: 0, quoted: 0 }
  return [
    { ...at, kind: 'text', size: 16, spans: [{ text: 'Sources', font: 'bold' }], leads: true },
    ...sources.map(({ title, url }, nth): Block => {
      const name = title.trim()
      const link = { text: url, font: 'regular' as const, link: url }
      const spans =
        name === ''
          ? [link]
          : [{ text: `${name} `, font: 'regular' as const }, { text: '', font: 'regular' as const, breaks: true as const }, link]
      return { indent: 1, quoted: 0, kind: 'text', size: textSize, marker: `${nth + 1}.`, spans }
    }),
  ]
}
