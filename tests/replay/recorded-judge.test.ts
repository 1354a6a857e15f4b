import { judgePrompt, parseVerdict } from '@agon/runner-core'
import { describe, expect, it } from 'vitest'
import { readJudgePrompt } from './judge-prompt-reader.ts'
import { recordedBattles } from './record.ts'
import { recordedJudge } from './recorded-judge.ts'
import { loadVicuna80, missingData } from './vicuna80.ts'

const missing = missingData()
if (missing) console.log(missing)

describe.skipIf(missing !== undefined)('the recorded judge', () => {
  it('gives each of the 1,040 recorded scores to the right answer, whichever it sees first', () => {
    const data = loadVicuna80()
    const judge = recordedJudge(data)
    const forms = { json: 0, scoresFirst: 0 }
    for (const { question, answer_1, answer_2, review } of data.pairs.flatMap((pair) => recordedBattles(data, pair))) {
      const sides = [
        { text: answer_1.text, score: review.score_1 },
        { text: answer_2.text, score: review.score_2 },
      ]
      for (const order of [sides, sides.toReversed()]) {
        const { prompt } = judgePrompt({ seed: 'a battle', taskPrompt: question.text, answers: order.map(({ text }) => text) })
        const shown = readJudgePrompt(prompt)!
        const reply = judge(shown.task, shown.answers)!
        const verdict = parseVerdict(reply, 'stop', [1, 2])
        expect(verdict.ok && verdict.value.scores.map(({ score }) => score)).toEqual(order.map(({ score }) => score))
        forms[reply.startsWith('{') ? 'json' : 'scoresFirst'] += 1
      }
    }
    expect(forms).toEqual({ json: 78, scoresFirst: 2002 })
  })

  it('knows nothing of answers that were not recorded', () => {
    const data = loadVicuna80()
    expect(recordedJudge(data)(data.questions[0]!.text, ['one', 'two'])).toBeUndefined()
  })

  it('cannot replay a record that judges the same sight twice', () => {
    const data = loadVicuna80()
    const twin = { ...data.answers.find(({ model, question_id }) => model === 'vicuna-13b' && question_id === 1)!, model: 'alpaca-13b' }
    const answers = data.answers.map((answer) => (answer.model === twin.model && answer.question_id === 1 ? twin : answer))
    expect(() => recordedJudge({ ...data, answers })).toThrow('question 1: the same two answers have two verdicts')
  })
})
