import { expect, test } from 'vitest'
import { campaign } from './campaign.ts'
import { createDice } from './dice.ts'
import { campaignTable, failures } from './table.ts'

// The short form of `npm run chaos`: every fault at least once, and the seed is printed with what it found.
const seed = process.env.AGON_CHAOS_SEED ?? String(Date.now())

test('battles come to their end, each recorded once, though everything around them breaks', { timeout: 360_000 }, async () => {
  const report = await campaign({ seed, battles: 40, minutes: 0.5, runNodes: 100, teams: 1 })
  console.log(campaignTable(report))
  expect(failures(report)).toEqual([])
  expect(report.byStatus.closed).toBeGreaterThan(0)
  expect(report.turns).toBeGreaterThan(3)
})

test('a seed repeats its chances, and another one does not', () => {
  const rolls = (seed: string) => Array.from({ length: 50 }, createDice(seed).roll)
  expect(rolls('a')).toEqual(rolls('a'))
  expect(rolls('a')).not.toEqual(rolls('b'))
  const mean = Array.from({ length: 10_000 }, createDice('c').roll).reduce((sum, roll) => sum + roll, 0) / 10_000
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.02)
})
