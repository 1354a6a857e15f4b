/*
 * Verdicts as judges speak them who were not held to a JSON schema: the forms of the published benchmarks. Each takes the last
 * well-formed one, since a judge weighs before it decides, and undefined where there is none: a guess is worse than an abstention.
 */

const last = <T>(found: Iterable<T>): T | undefined => [...found].at(-1)

/**
 * A single rating, in double brackets (`Rating: [[8.5]]`, as MT-Bench and Arena-Bench ask for), else spelt out of ten (`9/10`). Undefined
 * outside `least` to `most`, and where the text breaks off inside the brackets.
 *
 * @example spokenRating('… Rating: [[7]]') // 7
 */
export function spokenRating(text: string, { least = 1, most = 10 } = {}): number | undefined {
  const bracketed = last(text.matchAll(/\[\[\s*(\d+(?:\.\d+)?)\s*\]\]/g))?.[1]
  // A bracket that was opened and never closed was to be the verdict: what stood before it is not.
  if (/\[\[[^\]]*\]?$/.test(text)) return undefined
  const spelt =
    bracketed ?? last(text.matchAll(new RegExp(`(?<![\\d.])(\\d+(?:\\.\\d+)?)\\s*(?:/|out of)\\s*${most}(?![\\d.]*\\d)`, 'g')))?.[1]
  const rating = spelt === undefined ? Number.NaN : Number(spelt)
  return rating >= least && rating <= most ? rating : undefined
}

/**
 * Which of two was preferred: `[[A]]`, `[[B]]`, `[[C]]` for a tie (MT-Bench), else the sentence `Output (a) is better` (LLMBar).
 *
 * @example spokenPreference('… Therefore, Output (b) is better.') // 'b'
 */
export function spokenPreference(text: string): 'a' | 'b' | 'tie' | undefined {
  const token = last(text.matchAll(/\[\[([ABC])\]\]/g))?.[1]
  if (token) return token === 'A' ? 'a' : token === 'B' ? 'b' : 'tie'
  return last(text.matchAll(/\boutput \(([ab])\) is better\b/gi))?.[1]?.toLowerCase() as 'a' | 'b' | undefined
}

/**
 * A score for each of `count` answers, where a judge first solved the task and did not begin with its scores: one on a line of its own for
 * each (`Assistant 2: 8 (…)`), or all in one pair of parentheses (`Output: (1, 7)`); whichever stands last.
 */
export function spokenScores(text: string, count: number): number[] | undefined {
  const number = '(\\d+(?:\\.\\d+)?)'
  // Numbers in parentheses are scores where they are said to be: a point of a curve is none.
  const tuple = last(
    text.matchAll(
      new RegExp(`\\b(?:scores?|ratings?|output)\\b[^()\\n]{0,40}[(\\[]\\s*${Array(count).fill(number).join('\\s*,\\s*')}\\s*[)\\]]`, 'gi'),
    ),
  )
  const named = Array.from({ length: count }, (_, nth) =>
    last(
      text.matchAll(
        new RegExp(
          `(?:assistant|answer|output|response) ${nth + 1}(?:['’]s)?(?: score)?\\s*(?::|=|-)\\s*(?:score:?\\s*)?${number}(?![\\d.]*[\\d=+*^])`,
          'gi',
        ),
      ),
    ),
  )
  const namedAt = named.every((match) => match) ? Math.min(...named.map((match) => match!.index)) : -1
  if (tuple && tuple.index > namedAt) return tuple.slice(1).map(Number)
  return namedAt >= 0 ? named.map((match) => Number(match![1])) : undefined
}
