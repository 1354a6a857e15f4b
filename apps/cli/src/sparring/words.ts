const idle = new Set(
  `a about above after all also an and any are as at be been but by can could do does each for from had has have how i if in into is it its
  just like make me more most must my no not of on one only or our out over please should so some such than that the their them then there these
  they this those to under up us use very was we were what when where which who why will with would write you your`.split(/\s+/),
)

/** The words of a text that carry it: lower case, each once, in order, without numbers alone and without the words every text has. */
export function telling(text: string): string[] {
  const words = text.toLowerCase().match(/\p{L}[\p{L}\p{M}\p{N}'’-]*/gu) ?? []
  return [...new Set(words.map((word) => word.replace(/['’].*$/, '')))].filter((word) => word.length > 2 && !idle.has(word))
}

/** A number from 0 to 4,294,967,295 that a text always gives (FNV-1a): what a sparring partner has instead of dice. */
export function lot(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return (hash ^ (hash >>> 15)) >>> 0
}

/** One of the choices, always the same one for the same text. */
export const pick = <T>(choices: readonly [T, ...T[]], text: string): T => choices[lot(text) % choices.length] ?? choices[0]
