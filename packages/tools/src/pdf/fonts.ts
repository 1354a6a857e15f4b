import type { EmbeddedFont, PDF } from '@libpdf/core'
import type { FontName } from './blocks.ts'

export type Fonts = Record<FontName, EmbeddedFont>

async function unpacked(base64: string): Promise<Uint8Array> {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

let loading: Promise<Record<FontName, Uint8Array>> | undefined

/** Loaded by the first document: 290 KB that no other node needs. */
async function load(): Promise<Record<FontName, Uint8Array>> {
  const data = await import('./font-data.ts')
  const [regular, bold, mono] = await Promise.all([data.regular, data.bold, data.mono].map(unpacked))
  return { regular: regular!, bold: bold!, mono: mono! }
}

export async function embedded(pdf: PDF): Promise<Fonts> {
  loading ??= load()
  const { regular, bold, mono } = await loading
  return { regular: pdf.embedFont(regular), bold: pdf.embedFont(bold), mono: pdf.embedFont(mono) }
}
