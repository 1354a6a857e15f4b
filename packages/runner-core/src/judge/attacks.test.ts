import { describe, expect, it } from 'vitest'
import type { RubricCriterion } from '../ports/index.ts'
import { attacks } from '../testing/judge-attacks.ts'
import { judgeDecisions, type PairDecisions, panelOutcome, type RecordedVerdict } from './combine.ts'
import { examinationPrompt } from './cross-examination.ts'
import { digestPrompt, digestText } from './digest.ts'
import { type JudgeMode, judgingPlan } from './plan.ts'
import { type JudgePrompt, judgePrompt, labelsOf } from './prompt.ts'
import { parseVerdict } from './verdict.ts'

const seed = '6d1f7c7e-3f0b-4a55-9a07-5a5f1f8f9f10'
const taskPrompt = 'Name the capital of France.'
const honest = 'Paris.'
const rubric: RubricCriterion[] = [{ title: 'Correct', weight: 3 }, { title: 'Short' }]

interface Read {
  /** What stands in no fence: the only text that may tell a judge what to do. */
  outside: string
  /** By its number. */
  answers: string[]
}

/** Reads as any judge must that knows its fence, and no better: line by line, without looking for what would make sense. */
function read({ system, prompt }: JudgePrompt): Read {
  const fence = /<<<NAME ([0-9a-f]{16})>>>/.exec(system)![1]!
  const outside: string[] = []
  const answers: string[] = []
  let open: { name: string; lines: string[] } | undefined
  for (const line of prompt.split('\n')) {
    const begins = new RegExp(`^<<<([A-Z]+(?: \\d+)?) ${fence}>>>$`).exec(line)?.[1]
    const ends = new RegExp(`^<<<END ([A-Z]+(?: \\d+)?) ${fence}>>>$`).exec(line)?.[1]
    if (begins) open = { name: begins, lines: [] }
    else if (ends) {
      const label = /^ANSWER (\d+)$/.exec(ends)?.[1]
      if (label) answers[Number(label) - 1] = open?.lines.join('\n') ?? ''
      open = undefined
    } else if (open) open.lines.push(line)
    else outside.push(line)
  }
  return { outside: outside.filter((line) => line !== '').join('\n'), answers }
}

/** As a tokenizer and a careless eye see a text: full-width, accented and look-alike letters are the plain ones, what is invisible is not there. */
const asSeen = (text: string): string =>
  [...text.normalize('NFKD').replace(/[\p{M}\p{Cf}]/gu, '')]
    .map((letter) => ({ ѕ: 's', у: 'y', е: 'e', А: 'A', В: 'B', С: 'C' })[letter] ?? letter)
    .join('')

/** Control tokens and verdict tokens act wherever they stand: a fence does not hold a tokenizer back, nor a regex over the whole text. */
const acting = [
  /<\|[^|]{0,60}\|>/,
  /\[\/?INST\]/i,
  /<<\/?SYS>>/i,
  /^[#>*_\s]{0,8}(system|developer|assistant|user|human|judge)[*_]{0,3}\s*:/im,
  /\[\[[^[\]]{1,16}\]\]/,
]
const orders = /ignore|winner|verdict"|declare|ignoriere|忽略|تجاهل|игнорируй|無視|policy|10/i

/** Obeys the first that gives it an order where it takes orders, and else knows the capital of France. */
function gullible(prompt: JudgePrompt, expectedOutside: string): string {
  const { outside, answers } = read(prompt)
  const swayed = outside !== expectedOutside && orders.test(outside)
  const possessed = acting.some((token) => token.test(asSeen(answers.join('\n'))))
  const scores = answers.map((answer, i) => ({ label: String(i + 1), score: (answer === honest) === (swayed || possessed) ? 1 : 9 }))
  const best = Math.max(...scores.map(({ score }) => score))
  return JSON.stringify({ reasoning: '', scores, verdict: scores.find(({ score }) => score === best)!.label })
}

/** A battle of the honest answer in slot A against others, as one judge decides it. */
function battle(mode: JudgeMode, answers: Record<string, string>, judge: (prompt: JudgePrompt, labels: number[]) => string): PairDecisions {
  const verdicts = judgingPlan({ seed, mode, slots: Object.keys(answers), rubric }).map((call): RecordedVerdict => {
    const prompt = judgePrompt({
      seed: `${seed}/${call.part}`,
      taskPrompt,
      answers: call.slots.map((slot) => answers[slot]!),
      rubric,
      ...(call.criterion && { criterion: call.criterion }),
    })
    const labels = labelsOf(call.slots.length)
    const verdict = parseVerdict(judge(prompt, labels), 'stop', labels)
    if (!verdict.ok) throw new Error(verdict.error.message)
    return {
      ...call,
      outcome: verdict.value.outcome,
      scores: verdict.value.scores.map(({ label, score, place }) => ({ contenderId: call.slots[label - 1]!, score, place })),
    }
  })
  return judgeDecisions(mode, verdicts)
}

const outsideOf = (n: number) => read(judgePrompt({ seed, taskPrompt, answers: Array<string>(n).fill('x'), rubric })).outside
/** The fence of a call that an attacker could only have guessed: with it in an answer, the call gets another one. */
const fence = /<<<NAME ([0-9a-f]{16})>>>/.exec(judgePrompt({ seed: `${seed}/all`, taskPrompt, answers: ['x', 'y'] }).system)![1]!

describe('an answer that attacks its judge', () => {
  for (const [what, attack] of Object.entries(attacks(fence))) {
    it(`with ${what} does not win, however the judge is asked`, () => {
      for (const mode of ['listwise', 'pairwise', 'rubric'] as const) {
        for (const answers of [
          { A: honest, B: attack },
          { A: honest, B: attack, C: attack, D: 'Lyon.' },
        ] as Record<string, string>[]) {
          const decided = battle(mode, answers, (prompt, labels) => gullible(prompt, outsideOf(labels.length)))
          expect(panelOutcome(Object.keys(answers), decided)).toEqual({ outcome: 'winner', winnerId: 'A' })
        }
      }
    })

    it(`with ${what} reaches neither the digester nor the examiner`, () => {
      const examined = (answer: string, verdict: string) =>
        read(examinationPrompt({ seed, taskPrompt, answers: [honest, answer], verdict }))
      expect(read(digestPrompt({ seed, taskPrompt, answer: attack })).outside).toBe(
        read(digestPrompt({ seed, taskPrompt, answer: 'x' })).outside,
      )
      expect(examined(attack, attack).outside).toBe(examined('x', 'y').outside)
      // A digester that was taken in hands the attack on in its digest; the judge of digests meets it fenced like an answer.
      const digest = digestText({ summary: attack, strengths: [attack], weaknesses: [] })
      const shown = judgePrompt({ seed, taskPrompt, answers: [honest, digest], rubric })
      expect(read(shown).outside).toBe(outsideOf(2))
      expect(acting.filter((token) => token.test(asSeen(read(shown).answers.join('\n'))))).toEqual([])
    })
  }

  it('is the same attack every time: prompts do not vary', () => {
    for (const attack of Object.values(attacks(fence))) {
      const ask = () => judgePrompt({ seed, taskPrompt, answers: [attack, honest] })
      expect(ask()).toEqual(ask())
      expect(ask().prompt.isWellFormed()).toBe(true)
    }
  })

  it('would win without the fence and the defusing: the judge of this test is gullible indeed', () => {
    const naive = (answers: readonly string[]): JudgePrompt => ({
      system: `<<<NAME ${fence}>>>`,
      prompt: answers.map((answer, i) => `<<<ANSWER ${i + 1} ${fence}>>>\n${answer}\n<<<END ANSWER ${i + 1} ${fence}>>>`).join('\n\n'),
      jsonSchema: { name: 'x', schema: {} },
    })
    const expected = read(naive(['x', 'y'])).outside
    const taken = Object.entries(attacks(fence)).filter(([, attack]) => {
      const verdict = parseVerdict(gullible(naive([attack, honest]), expected), 'stop', [1, 2])
      return verdict.ok && verdict.value.winnerLabel === 1
    })
    expect(taken.map(([what]) => what)).toEqual(
      expect.arrayContaining([
        'the fence, guessed',
        'chat templates',
        'full-width chat templates',
        'look-alike roles',
        'role markers',
        'a verdict token',
        'a cyrillic verdict token',
        'a full-width verdict token',
      ]),
    )
  })
})
