import { hash32 } from './labels.ts'

/** Longest answer a judge is shown, in characters: about 6,000 tokens, so that a judge with 128,000 can compare ten. */
export const ANSWER_CHARS = 24_000

const roles = new Set(['system', 'developer', 'assistant', 'user', 'human', 'judge'])

/** Letters of other scripts that a reader takes for the Latin ones that spell a role. Source: the confusables of Unicode TS 39. */
const lookAlikes = new Map(
  [...'аɑα-a еεҽ-e оοօ-o ѕꜱ-s уγү-y сϲ-c рρ-p іιı-i һ-h ԁ-d ѵν-v тτ-t м-m нո-n υս-u ј-j ɡ-g ʟӏ-l'.split(' ')].flatMap((entry) => {
    const [others, latin] = entry.split('-') as [string, string]
    return [...others].map((letter): [string, string] => [letter, latin])
  }),
)

/** A word as it looks: full-width, bold and accented letters are the plain ones. */
const likeness = (word: string): string =>
  [
    ...word
      .normalize('NFKD')
      .toLowerCase()
      .replace(/\p{M}|\u200c|\u200d/gu, ''),
  ]
    .map((letter) => lookAlikes.get(letter) ?? letter)
    .join('')

/**
 * What contender text may contain that a judge could take for more than text, and what it becomes. Every replacement is visible and
 * no letter of the answer is lost: the judge reads what was written and sees that it was defused. No replacement makes code wrong that
 * was right where that can be avoided: `x[[0]]` becomes `x[ [0] ]`, and matrices, bash tests and pipes are left alone.
 *
 * Planted verdict JSON is left as it is: only the judge's own reply is parsed, and breaking JSON would spoil honest answers.
 */
const defusals: [pattern: RegExp, replacement: string | ((match: string, ...groups: string[]) => string)][] = [
  [/\r\n?/g, '\n'],
  // Nobody sees these, so nobody misses them: controls but tab and newline, direction overrides, tag characters, zero-width space.
  // Zero-width joiner and non-joiner stay where emoji and several scripts need them, which is nowhere beside ASCII.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it removes
  [/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu, ''],
  [/\u00ad|\u034f|\u061c|\u180e/g, ''],
  [/(?<=[\n -~]|^)(?:\u200c|\u200d)+|(?:\u200c|\u200d)+(?=[\n -~]|$)/g, ''],
  // Tokens of chat templates: <|im_start|>, <|start_header_id|>, [INST], <<SYS>>, <s>, <start_of_turn>; also in full-width letters.
  [/[<＜][|｜]([^|｜<>＜＞\n]{0,60})[|｜][>＞]/g, '‹|$1|›'],
  [/[[［](\/?(?:INST|ＩＮＳＴ))[\]］]/gi, '‹$1›'],
  [/<<(\/?SYS)>>/gi, '‹$1›'],
  [/<(\/?(?:bos|eos|start_of_turn|end_of_turn))>/g, '‹$1›'],
  // Look-alikes of this prompt's own structure, and of the tags other judges use.
  [/(?<!<)<{2,}(\/?\s*(?:END\s+)?(?:TASK|REFERENCE|RUBRIC|ANSWER)\b[^<>\n]{0,80})>{2,}/gi, '‹$1›'],
  [
    /<(\/?(?:system|assistant|user|human|instructions?|task|question|reference|rubric|answers?|response|output|verdict|score|scores|judge)(?:[_\s-]?[a-z0-9]{1,8})?)>/gi,
    '‹$1›',
  ],
  // A turn of a chat: a role at the start of a line, also in letters that only look like it, and behind the marks of a quotation.
  [
    /^([#>*_][#>*_ \t]{0,20})?((?:\p{L}|\p{M}|\u200c|\u200d){4,30})([*_]{0,3})(?=[ \t]*[:：])/gmu,
    (turn, before = '', word, close) => (roles.has(likeness(word!)) ? `${before}‹${word}›${close}` : turn),
  ],
  // Verdict tokens of well-known judges: [[A]], [[A>>B]], [[9.5]], [[tie]].
  [/[[［]{2}([ \w.<>=/,-]{1,16}|[ \uff01-\uff3a\uff3c\uff3e-\uff5e\u0410-\u0425\u0391-\u03a7]{1,16})[\]］]{2}/g, '[ [$1] ]'],
]

/** Not through a character that takes two code units. */
const isLow = (text: string, at: number): boolean => {
  const unit = text.charCodeAt(at)
  return unit >= 0xdc00 && unit <= 0xdfff
}

function cutMiddle(text: string, most: number): string {
  if (text.length <= most) return text
  let head = Math.ceil(most / 2)
  let tail = text.length - Math.floor(most / 2)
  if (isLow(text, head)) head -= 1
  if (isLow(text, tail)) tail += 1
  return `${text.slice(0, head)}\n[... ${tail - head} characters cut ...]\n${text.slice(tail)}`
}

/**
 * Contender text as a judge may read it: what could speak to the judge or imitate the prompt is defused, and of a long answer the middle
 * is left out, with a mark that says how much. The cut comes first, so that no marker can be hidden where the parts meet.
 */
export function neutralise(text: string, most = ANSWER_CHARS): string {
  return defusals.reduce(
    (safe, [pattern, replacement]) => safe.replace(pattern, replacement as string),
    cutMiddle(text.toWellFormed(), most),
  )
}

/**
 * A delimiter that occurs in none of the texts: 64 bits drawn from the seed, drawn again while a text contains them. A contender does not
 * know the seed, and had it guessed, the loop would pass it by. The same seed and texts give the same fence, so a retried call has
 * the identical prompt.
 */
export function fenceFor(seed: string, texts: readonly string[]): string {
  for (let draw = 0; ; draw++) {
    const fence = [0x811c9dc5, 0x9e3779b9].map((basis) => hash32(`${draw}/${seed}`, basis).toString(16).padStart(8, '0')).join('')
    if (!texts.some((text) => text.includes(fence))) return fence
  }
}
