import { neutralise } from '@agon/runner-core'
import { recordedBattles } from './record.ts'
import type { Review, Vicuna80 } from './vicuna80.ts'

/** Says what the recorded judge said of these two answers, in the order they are shown; undefined when it never saw them. */
export type RecordedJudge = (task: string, shown: readonly string[]) => string | undefined

/** 1,001 of the 1,040 texts begin with the two scores; the others solve the task first and tell them at the end, in prose. */
const scoresFirst = /^(\d+(?:\.\d+)?) (\d+(?:\.\d+)?)(?=\n|$)/

/**
 * The recorded verdict as a judge would give it today. A text that begins with the scores stays as it is, so that it is Agon that has to
 * read it; with the answers swapped, the scores are. The others become the JSON that Agon asks for.
 */
function replyOf({ judge_text, score_1, score_2 }: Review, swapped: boolean): string {
  const line = scoresFirst.exec(judge_text)
  if (line && Number(line[1]) === score_1 && Number(line[2]) === score_2)
    return swapped ? judge_text.replace(scoresFirst, '$2 $1') : judge_text
  const [first, second] = swapped ? [score_2, score_1] : [score_1, score_2]
  return JSON.stringify({
    reasoning: judge_text,
    scores: [
      { label: '1', score: first },
      { label: '2', score: second },
    ],
    verdict: first === second ? 'tie' : first > second ? '1' : '2',
  })
}

/**
 * A judge that has nothing to go by but what it is shown: the words of the question and of the two answers, in either order. Throws when
 * the record would make it say two things of the same sight, which no judge under blind labels could.
 */
export function recordedJudge(data: Vicuna80): RecordedJudge {
  const replies = new Map<string, string>()
  const sight = (task: string, shown: readonly string[]) => JSON.stringify([task, ...shown])
  for (const pair of data.pairs) {
    for (const { question, answer_1, answer_2, review } of recordedBattles(data, pair)) {
      const [one, two] = [neutralise(answer_1.text), neutralise(answer_2.text)]
      for (const [shown, reply] of [
        [[one, two], replyOf(review, false)],
        [[two, one], replyOf(review, true)],
      ] as const) {
        const seen = sight(question.text, shown)
        if (replies.has(seen) && replies.get(seen) !== reply)
          throw new Error(`question ${question.question_id}: the same two answers have two verdicts on record, so they cannot be replayed`)
        replies.set(seen, reply)
      }
    }
  }
  return (task, shown) => replies.get(sight(task, shown))
}
