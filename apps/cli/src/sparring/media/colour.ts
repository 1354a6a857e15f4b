import { lot } from '../words.ts'

export type Colour = readonly [red: number, green: number, blue: number]

/** The colour a word has here: always the same, and neither black nor white. */
export const colourOf = (word: string): Colour => {
  const drawn = lot(`colour/${word}`)
  return [40 + (drawn & 0x7f), 40 + ((drawn >> 8) & 0x7f), 40 + ((drawn >> 16) & 0x7f)]
}
