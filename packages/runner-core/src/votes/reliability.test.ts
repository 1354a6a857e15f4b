import { describe, expect, test } from 'vitest'
import { voteWeight } from './reliability.ts'

describe('the weight of a vote by its voter’s record', () => {
  test('is one for who is new, and for who agrees as people do', () => {
    expect(voteWeight({ compared: 0, agreed: 0 })).toBe(1)
    expect(voteWeight({ compared: 9, agreed: 0 })).toBe(1)
    expect(voteWeight({ compared: 12, agreed: 9 })).toBe(1)
  })
  test('is never more than one: a record that was made to order earns nothing', () => {
    expect(voteWeight({ compared: 100, agreed: 100 })).toBe(1)
  })
  test('falls with a record like a coin’s, slowly while it is short, and is nothing for a long one', () => {
    expect(voteWeight({ compared: 10, agreed: 5 })).toBe(0.465)
    expect(voteWeight({ compared: 40, agreed: 20 })).toBe(0.183)
    expect(voteWeight({ compared: 100, agreed: 47 })).toBe(0)
  })
  test('turns nobody’s vote around who always says the opposite', () => {
    expect(voteWeight({ compared: 100, agreed: 0 })).toBe(0)
  })
})
