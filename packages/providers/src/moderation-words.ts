import type { Judgement } from '@agon/runner-core'
import type { RegExpMatcher } from 'obscenity'

/** Of one text: what is longer is not looked at word by word, and does not pass. No node takes or makes that much. */
const mostCharacters = 600_000

/** What is left of the library's list: slurs and abuse. Bodies, sex and crimes are subjects a text may have, whatever else is said of them. */
const flaggedWords = new Set(
  (
    'abeed africoon arabush bastard bitch blowjob boonga buttplug chingchong cock cuck cunt dick dildo fag fisting fuck gangbang handjob ' +
    'jerk off jizz kike lubejob nigger piss prick pussy retard scat shit slut tit tranny twat wank whore ass'
  ).split(' '),
)

/** What the list finds in the middle of another word is none: Scunthorpe, rapeseed, analysis. These make a word longer, and no other. */
const before = /^(bull|horse|dip|mother|dumb|jack|cluster|smart|half|un|cock|dick|fat|bad|lard)?$/
const after =
  /^(s|es|ed|er|ers|ing|ings|in|y|ty|tier|hole|holes|head|heads|face|faces|bag|bags|wit|sucker|suckers|ting|ter|ters|ie|ies|ish|ass|hat|got|gots|z)?$/

const letter = /[\p{L}\p{N}\p{M}]/u

let loading: Promise<RegExpMatcher> | undefined

async function load(): Promise<RegExpMatcher> {
  const { RegExpMatcher, englishDataset, englishRecommendedTransformers, DataSet } = await import('obscenity')
  const words = new DataSet<{ originalWord: string }>()
    .addAll(englishDataset)
    .removePhrasesIf(({ metadata }) => !flaggedWords.has(metadata?.originalWord ?? ''))
  return new RegExpMatcher({ ...words.build(), ...englishRecommendedTransformers })
}

/**
 * Looks for words of a list, English ones, also where they are disguised. It asks nobody and costs nothing; it knows words and no meaning.
 */
export async function judgedByWords(text: string): Promise<Judgement> {
  if (text.length > mostCharacters) return { flagged: true, categories: ['too_long_to_check'], by: ['words'] }
  loading ??= load()
  // To the library an exclamation mark is an i, and a word that ends in one another word.
  const said = text.replaceAll(/(?<=\p{L})!+(?!\p{L})/gu, (marks) => ' '.repeat(marks.length))
  const matches = (await loading).getAllMatches(said)
  const flagged = matches.some(({ startIndex, endIndex }) => isWord(text, startIndex, endIndex + 1))
  return { flagged, categories: flagged ? ['profanity'] : [], by: ['words'] }
}

/** Whether what was found is the word it stands in, or makes it: no word that means something else. */
function isWord(text: string, from: number, to: number): boolean {
  let start = from
  let end = to
  while (start > 0 && from - start < 30 && letter.test(text[start - 1]!)) start--
  while (end < text.length && end - to < 30 && letter.test(text[end]!)) end++
  return before.test(text.slice(start, from).toLowerCase()) && after.test(text.slice(to, end).toLowerCase())
}
