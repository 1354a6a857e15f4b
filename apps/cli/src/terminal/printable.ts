import { stripVTControlCharacters } from 'node:util'

/** Text from elsewhere as a terminal may show it: a model's answer must not move the cursor, retitle the window or hide what it says. */
export function printable(text: string): string {
  return (
    stripVTControlCharacters(text.replace(/\r\n?/g, '\n'))
      .replaceAll('\t', '  ')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it removes
      .replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
  )
}
