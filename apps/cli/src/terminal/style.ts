import { styleText } from 'node:util'

type Format = Parameters<typeof styleText>[0]

/** Text in colour where the stream shows colours: a terminal, without NO_COLOR. */
export interface Style {
  bold(text: string): string
  dim(text: string): string
  good(text: string): string
  bad(text: string): string
  warn(text: string): string
  name(text: string): string
}

export function createStyle(stream: NodeJS.WriteStream): Style {
  const as = (format: Format) => (text: string) => styleText(format, text, { stream })
  return { bold: as('bold'), dim: as('dim'), good: as('green'), bad: as('red'), warn: as('yellow'), name: as('cyan') }
}

const plain = (text: string) => text
export const plainStyle: Style = { bold: plain, dim: plain, good: plain, bad: plain, warn: plain, name: plain }
