import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { afterSeam, anchorOf, conversation, isAllRepetition } from './seam.ts'

/** A text in which no part occurs twice. */
const numbered = fc
  .array(fc.constantFrom('wave', 'sail', 'ebb', 'lighthouse', 'salt,', 'and\n\nthen', '—', '潮'), { minLength: 30, maxLength: 200 })
  .map((words) => words.map((word, nth) => `${word}${nth}`).join(' '))

describe('the seam of a continued answer', () => {
  test('is not to be seen, wherever the answer stopped and whatever of its end was said again', () => {
    fc.assert(
      fc.property(numbered, fc.nat(), fc.nat({ max: 384 }), (answer, at, again) => {
        const stop = 1 + (at % (answer.length - 1))
        const text = answer.slice(0, stop)
        let begin = again < 16 ? text.lastIndexOf(anchorOf(text)) : Math.max(0, text.trimEnd().length - again)
        // White space that a continuation begins with is no part of what it repeats: with it, sixteen characters would be fifteen.
        while (/\s/.test(answer[begin]!)) begin -= 1
        expect(text + afterSeam(text, answer.slice(begin))).toBe(answer)
      }),
    )
  })

  test('takes nothing away from a continuation that begins anew', () => {
    fc.assert(
      fc.property(numbered, fc.nat(), (answer, at) => {
        const stop = 1 + (at % (answer.length - 1))
        // Less than an anchor would be taken for one that was repeated.
        fc.pre(stop > 80)
        expect(answer.slice(0, stop) + afterSeam(answer.slice(0, stop), answer.slice(stop))).toBe(answer)
      }),
    )
  })

  test.each([
    ['a word said twice', 'and she said ha ha', 'ha ha, and left'],
    ['a rule of dashes', `${'the table\n'.repeat(12)}${'-'.repeat(40)}`, `${'-'.repeat(40)}\nand its end`],
    ['rows that look alike', `${'as before '.repeat(12)}| 0 | 0 | 0 | 0 | 0 | 0 |\n`, '| 0 | 0 | 0 | 0 | 0 | 0 |\n'.repeat(2)],
    ['closing brackets', `${'const a = 1;\nconst b = 2;\n'.repeat(4)}  }\n}\n`, '}\n}\n'],
  ])('takes no %s for a repetition', (_name, text, continuation) => {
    expect(afterSeam(text, continuation)).toBe(continuation)
  })

  test('keeps the space that was due', () => {
    const text = 'Once there was a lighthouse keeper who counted every single wave that came to the'
    expect(afterSeam(text, `${anchorOf(text)} shore`)).toBe(' shore')
    expect(afterSeam(`${text} `, `${anchorOf(text)} shore`)).toBe('shore')
    expect(afterSeam(text, `\n${anchorOf(text)}re`)).toBe('re')
  })

  test('is not widened by the lines the end was shown between', () => {
    const text = 'Once there was a lighthouse keeper who counted every single wave that came to the'
    const anchor = anchorOf(text)
    expect(afterSeam(text, `-----\n${anchor} shore`)).toBe(' shore')
    expect(afterSeam(text, `-----\n${anchor}\n-----\n shore`)).toBe(' shore')
    expect(afterSeam(text, '-----\nA new chapter')).toBe('-----\nA new chapter')
  })

  test('is told from a continuation that broke off while it repeated', () => {
    const text = 'Once there was a lighthouse keeper who counted every single wave'
    expect([isAllRepetition(text, 'Once there was a li'), isAllRepetition(text, ' '), isAllRepetition(text, 'and more')]).toEqual([
      true,
      true,
      false,
    ])
  })
})

describe('the conversation that goes on', () => {
  const request = { wireModel: 'm', prompt: 'Write a saga.', maxTokens: 64 }

  test('is the question alone where nothing was said', () => {
    expect(conversation(request, ' \n')).toEqual([{ role: 'user', content: 'Write a saga.' }])
  })

  test('ends with a user, shows everything said, and the end of it', () => {
    const said = `${'word '.repeat(200)}the very end`
    const turns = conversation(request, said)
    expect(turns.map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
    expect(turns[1]!.content).toBe(said)
    expect(turns[2]!.content).toMatch(/-----\nword .{16,80}the very end\n-----$/)
  })

  test('never shows half a character', () => {
    expect(anchorOf('🌊'.repeat(100)).length % 2).toBe(0)
    expect(anchorOf(`x${'🌊'.repeat(100)}`)).toMatch(/^(🌊)+$/u)
  })
})
