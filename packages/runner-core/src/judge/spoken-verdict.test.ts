import { describe, expect, it } from 'vitest'
import { spokenPreference, spokenRating, spokenScores } from './spoken-verdict.ts'

describe('a spoken rating', () => {
  it.each([
    ['Rating: [[7]]', 7],
    ['First I thought [[3]], but no. Rating: [[9.5]]', 9.5],
    ['The response: 9/10.', 9],
    ['I give it 8 out of 10', 8],
    ['[[10]]', 10],
  ])('is the last one well formed: %j', (text, rating) => expect(spokenRating(text)).toBe(rating))

  it.each([
    ['', 'nothing'],
    ['Rating: [[1', 'a text that breaks off inside'],
    ['At first [[8]], then Rating: [[', 'a bracket opened and not closed'],
    ['[[0]]', 'out of range'],
    ['[[11]]', 'out of range'],
    ['M12 8c-1.657 0-3 .895-3 2s1.343', 'numbers that are none'],
    ['1/100', 'of a hundred'],
    ['$ERROR$', 'a sentinel'],
  ])('is none in %j: %s', (text) => expect(spokenRating(text)).toBeUndefined())
})

describe('a spoken preference', () => {
  it.each([
    ['[[A]] seemed right, yet [[B]]', 'b'],
    ['[[C]]', 'tie'],
    ['Therefore, Output (a) is better.', 'a'],
    ['Output (a) is better than nothing, but Output (b) is better.', 'b'],
  ])('is the last one: %j', (text, side) => expect(spokenPreference(text)).toBe(side))

  it('is none where none was spoken', () => expect(spokenPreference('Both are fine.')).toBeUndefined())
})

describe('spoken scores', () => {
  it.each([
    ['Scores:\nAssistant 1: 10\nAssistant 2: 4\n\nAssistant 1 did better.', [10, 4]],
    ['Assistant 1: 1/10 (wrong)\nAssistant 2: 6/10 (clear)', [1, 6]],
    ['so the scores are (1, 5) for the two', [1, 5]],
    ['(2, 3) are the coordinates. Output: (1, 7)', [1, 7]],
  ])('are read from %j', (text, scores) => expect(spokenScores(text, 2)).toEqual(scores))

  it('are no coordinates', () => expect(spokenScores('The line goes through (2, 3) and (8, 9).', 2)).toBeUndefined())

  it('are none when one answer has none, or the number is part of a sum', () => {
    expect(spokenScores('Assistant 1: 8', 2)).toBeUndefined()
    expect(spokenScores('Answer 1 = 3x + 4\nAnswer 2: 3*4', 2)).toBeUndefined()
  })
})
