import type { TextRequest } from '@agon/runner-core'

/** How far back a continuation may repeat what was there already, in characters. */
const seamWindow = 400

/** How much of the end is shown to be repeated, in characters. */
const anchorCharacters = 80

/** Below it, a match at the seam is more likely how the text goes on than a repetition. */
const leastOverlap = 16

/** What a continuation is asked to begin with: the end of the text, from a word's beginning where there is one. */
export function anchorOf(text: string): string {
  const end = text.trimEnd()
  if (end.length <= anchorCharacters) return end.trimStart()
  const tail = end.slice(-anchorCharacters)
  // From the first word that is whole; without one, at least not from the middle of a character.
  return /^\S*\s+(\S[\s\S]{16,})$/.exec(tail)?.[1] ?? tail.replace(/^[\udc00-\udfff]/, '')
}

const line = '-----'

export interface Turn {
  role: 'user' | 'assistant'
  content: string
}

/**
 * The conversation that lets a model go on. Not by an assistant message left open: Claude 4.6 and later refuse it, and compatible servers
 * take it for finished. A new answer begins without the space or the rest of a word that was due; so the model is asked to begin with
 * the end of what it wrote, and what it repeats is cut off (`afterSeam`).
 */
export function conversation(request: TextRequest, text: string): Turn[] {
  const question: Turn = { role: 'user', content: request.prompt }
  const anchor = anchorOf(text)
  if (anchor === '') return [question]
  const goOn = [
    'Your answer was cut off. Go on with it exactly where it stopped, as if nothing had happened: no greeting, no remark, no summary, nothing said twice.',
    'Begin with the last characters you wrote, which are between the lines, and go on from there:',
    `${line}\n${anchor}\n${line}`,
  ]
  return [question, { role: 'assistant', content: text }, { role: 'user', content: goOn.join('\n') }]
}

/**
 * What is new of a continuation. It is cut by the longest end of the text that the continuation begins with: the anchor it was asked to
 * begin with at any length, anything else from 16 characters on and only where it does not repeat itself, since a rule of dashes or
 * a row of a table may well go on as it was.
 *
 * @example afterSeam('The quick brown', 'quick brown fox') // ' fox', were it a little longer
 */
export function afterSeam(text: string, continuation: string): string {
  const end = text.trimEnd()
  const anchor = anchorOf(text)
  const begun = unquoted(continuation.trimStart(), anchor)
  const longest = Math.min(end.length, begun.length, seamWindow)
  for (let length = longest; length > 0; length -= 1) {
    const overlap = begun.slice(0, length)
    if (!end.endsWith(overlap)) continue
    if (overlap !== anchor && (length < leastOverlap || isPeriodic(overlap))) continue
    return withoutCommonStart(begun.slice(length), text.slice(end.length))
  }
  return continuation
}

/** Whether a continuation has come far enough to say what of it is new. */
export function isBeyondSeam(text: string, continuation: string): boolean {
  if (continuation.length >= seamWindow) return true
  const anchor = anchorOf(text)
  const begun = continuation.trimStart()
  return begun.startsWith(anchor) && begun.length > anchor.length + text.length - text.trimEnd().length
}

/** Whether a continuation that broke off may be no more than the beginning of what it was asked to repeat. */
export const isAllRepetition = (text: string, continuation: string): boolean => anchorOf(text).startsWith(continuation.trim())

/** Without the lines the anchor was shown between, which a model may take for a part of it. */
function unquoted(begun: string, anchor: string): string {
  if (!begun.startsWith(`${line}\n${anchor}`)) return begun
  const rest = begun.slice(line.length + 1 + anchor.length)
  return anchor + (rest.startsWith(`\n${line}\n`) ? rest.slice(line.length + 2) : rest)
}

/** The white space the text ended with is there already. */
function withoutCommonStart(rest: string, space: string): string {
  let common = 0
  while (common < space.length && rest[common] === space[common]) common += 1
  return rest.slice(common)
}

/** `ha ha ha`, a rule of dashes: the first half, or less, said again until the end. */
function isPeriodic(text: string): boolean {
  // The failure function of Knuth, Morris and Pratt: the longest proper beginning that is also an end.
  const border = [0]
  for (let index = 1; index < text.length; index += 1) {
    let length = border[index - 1]!
    while (length > 0 && text[index] !== text[length]) length = border[length - 1]!
    border.push(text[index] === text[length] ? length + 1 : 0)
  }
  return (text.length - border.at(-1)!) * 2 <= text.length
}
