import { digestPrompt, examinationPrompt, parseDigest, parseFindings, parseRubric, rubricPrompt } from '@agon/runner-core'
import { expect, test } from 'vitest'
import { analyse } from './analyst.ts'

const taskPrompt = 'Explain why the sea is salty.'
const said = (text: string | undefined) => ({ text: text ?? '', finishReason: 'stop' as const })

test('the arbiter writes a rubric, a digest and findings in the forms that are asked for', () => {
  expect(parseRubric(said(analyse(rubricPrompt({ seed: 's', taskPrompt }).prompt)))).toMatchObject({
    ok: true,
    value: [{ weight: 3 }, {}, {}, {}],
  })
  expect(parseDigest(said(analyse(digestPrompt({ seed: 's', taskPrompt, answer: 'The sea is deep.' }).prompt)))).toMatchObject({
    ok: true,
    value: { summary: 'The sea is deep.', strengths: ['It takes up sea.'] },
  })
  const examined = { seed: 's', taskPrompt, answers: ['The sea is deep.', 'Salty sea.'], verdict: 'Answer 1 wins.' }
  const found = parseFindings(said(analyse(examinationPrompt(examined).prompt)), examined)
  expect(found.ok && found.value.every(({ quoted }) => quoted)).toBe(true)
})

test('to anything else it says nothing', () => {
  expect(analyse('Hello')).toBeUndefined()
})
