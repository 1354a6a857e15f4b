import { judgePrompt, parseVerdict } from '@agon/runner-core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { defaultPrompt } from '../commands/battle.ts'
import { judge } from './arbiter.ts'
import { partners } from './partners.ts'

const tasks = [
  defaultPrompt,
  'Write a haiku about the ocean.',
  'Translate "good morning" into Latin.',
  'Plan a birthday party for a cat in a small flat with two neighbours who hate noise.',
  'Why is the sky blue?',
]
const answer = (name: 'quill' | 'ember', task: string): string => {
  const turn = partners[name]!.answer(task, 0)
  return 'text' in turn ? turn.text : ''
}

/** The verdict as the engine would read it. */
function verdict(taskPrompt: string, answers: string[], more: { referenceAnswer?: string } = {}) {
  const reply = judge(judgePrompt({ seed: 'battle', taskPrompt, answers, ...more }).prompt)
  const labels = answers.map((_, nth) => nth + 1)
  const parsed = parseVerdict(reply ?? '', 'stop', labels)
  if (!parsed.ok) throw new Error(parsed.error.message)
  return parsed.value
}

test('the arbiter gives verdicts the engine can read, whatever it is shown', () => {
  fc.assert(
    fc.property(fc.string(), fc.array(fc.string({ unit: 'grapheme' }), { minLength: 2, maxLength: 5 }), (task, answers) => {
      expect(verdict(task, answers).scores).toHaveLength(answers.length)
    }),
  )
})

test('the arbiter scores an answer the same in either place', () => {
  fc.assert(
    fc.property(fc.string(), fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (task, one, other) => {
      const [first, second] = [verdict(task, [one, other]), verdict(task, [other, one])]
      expect(first.scores.map(({ score }) => score)).toEqual(second.scores.map(({ score }) => score).reverse())
      expect(first.outcome).toBe(second.outcome)
      if (first.winnerLabel) expect(second.winnerLabel).toBe(3 - first.winnerLabel)
    }),
  )
})

test('the answer that takes up more of the task wins, and equal answers tie', () => {
  const task = 'Describe the lighthouse, the storm and the keeper.'
  expect(verdict(task, ['The lighthouse stood.', 'The keeper watched the storm from the lighthouse.']).winnerLabel).toBe(2)
  expect(verdict(task, ['The storm.', 'The storm.']).outcome).toBe('tie')
})

test('a reference answer counts', () => {
  const answers = ['Because of rivers.', 'Because of rocks and rain.']
  expect(verdict('Why?', answers, { referenceAnswer: 'Rain dissolves rocks.' }).winnerLabel).toBe(2)
})

test('what is not a judge’s prompt gets no verdict', () => {
  expect(judge('Hello')).toBeUndefined()
})

test('the sparring partners answer the task they are given, and neither always wins', () => {
  const winners = tasks.map((task) => verdict(task, [answer('quill', task), answer('ember', task)]).winnerLabel)
  expect(new Set(winners).size).toBeGreaterThan(1)
  expect(new Set(tasks.map((task) => answer('quill', task))).size).toBe(tasks.length)
  expect(answer('quill', 'Write a haiku about the ocean.')).toMatch(/ocean|haiku/)
})
