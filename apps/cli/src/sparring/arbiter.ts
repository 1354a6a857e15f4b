import { telling } from './words.ts'

interface Fenced {
  name: string
  text: string
}

/** The texts a judge is given, each between its fence lines: see judgePrompt in runner-core. */
export function fencedTexts(prompt: string): Fenced[] {
  return [...prompt.matchAll(/^<<<([A-Z]+(?: \d+)?) ([0-9a-f]+)>>>\n([\s\S]*?)\n?<<<END \1 \2>>>$/gm)].map(([, name, , text]) => ({
    name: name ?? '',
    text: text ?? '',
  }))
}

interface Marks {
  label: number
  score: number
  covered: number
  words: number
}

const rounded = (score: number): number => Math.round(Math.min(10, Math.max(0, score)) * 10) / 10

/** Marks one answer by what is in it alone, so that neither its place nor its neighbours can matter. */
function mark(label: number, answer: string, wanted: readonly string[]): Marks {
  const said = new Set(telling(answer))
  const covered = wanted.filter((word) => said.has(word)).length
  const words = answer.split(/\s+/).filter(Boolean).length
  const coverage = wanted.length === 0 ? 0.5 : covered / wanted.length
  const lines = answer.split('\n').filter((line) => line.trim() !== '').length
  const structure = Math.min(0.8, (lines - 1) / 5) + (/[.!?]["')\]]*\s*$/.test(answer) ? 0.5 : 0)
  const tooLong = Math.max(0, words - 100) / 80
  return { label, score: rounded(1 + 7 * coverage + structure - tooLong), covered, words }
}

/**
 * The verdict on the answers a judge's prompt shows, in the form the prompt asks for. It is a real function of them: up to 7 points for
 * the words of the task (and of the rubric and the reference) an answer takes up, up to 1.3 for its form, less for every word past 100.
 * Undefined when the prompt is not a judge's.
 */
export function judge(prompt: string): string | undefined {
  const texts = fencedTexts(prompt)
  const wanted = telling(
    texts
      .filter(({ name }) => !name.startsWith('ANSWER'))
      .map(({ text }) => text)
      .join('\n'),
  )
  const marks = texts.flatMap(({ name, text }) => {
    const label = /^ANSWER (\d+)$/.exec(name)?.[1]
    return label === undefined ? [] : [mark(Number(label), text, wanted)]
  })
  if (marks.length < 2) return undefined
  const best = Math.max(...marks.map(({ score }) => score))
  const winners = marks.filter(({ score }) => score === best)
  const found = marks.map(
    ({ label, covered, words }) => `Answer ${label} takes up ${covered} of ${wanted.length} words of the task in ${words} words.`,
  )
  const verdict = winners.length === 1 && winners[0] ? String(winners[0].label) : 'tie'
  const decision = verdict === 'tie' ? 'The best are level.' : `Answer ${verdict} is ahead.`
  return JSON.stringify({
    reasoning: `${found.join(' ')} ${decision}`,
    scores: marks.map(({ label, score }) => ({ label: String(label), score })),
    verdict,
  })
}
