import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { presentations } from './labels.ts'

const slots = fc.uniqueArray(fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'), { minLength: 2 })

describe('the presentations of a battle', () => {
  it('are an order of its contenders and the reverse of it', () => {
    fc.assert(
      fc.property(fc.uuid(), slots, (battleId, contenders) => {
        const [first, second] = presentations(battleId, contenders)
        expect(first.toSorted()).toEqual(contenders.toSorted())
        expect(second).toEqual(first.toReversed())
      }),
    )
  })

  it('are the same on every call, however the store orders the contenders', () => {
    fc.assert(
      fc.property(fc.uuid(), slots, (battleId, contenders) => {
        expect(presentations(battleId, contenders.toReversed())).toEqual(presentations(battleId, contenders))
      }),
    )
  })

  it('leave the contenders they were given alone', () => {
    const given = ['B', 'A', 'C']
    presentations('x', given)
    expect(given).toEqual(['B', 'A', 'C'])
  })

  it('put every contender first about equally often', () => {
    const counts = new Map<string, number>()
    const battles = 6000
    for (let i = 0; i < battles; i++) {
      const first = presentations(`0e3b6c9a-0000-4000-8000-${i.toString(16).padStart(12, '0')}`, ['A', 'B', 'C'])[0].join('')
      counts.set(first, (counts.get(first) ?? 0) + 1)
    }
    // Six orders, expected 1,000 each with a standard deviation of 29.
    expect(counts.size).toBe(6)
    for (const count of counts.values()) expect(Math.abs(count - battles / 6)).toBeLessThan(150)
  })
})
