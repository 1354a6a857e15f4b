import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { edgeBudget, workerBudget } from './budget.ts'

describe('the budget of an edge slice', () => {
  it('lets an act begin only with a fair chance to end, and ends it before the reserve', () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.nat(200_000), (startedAtMs, passed) => {
        const budget = edgeBudget({ startedAtMs })
        const now = startedAtMs + passed
        if (!budget.canStartAct(now)) return
        expect(budget.actTimeoutMs(now)).toBeGreaterThanOrEqual(15_000)
        expect(budget.actTimeoutMs(now)).toBeLessThanOrEqual(45_000)
        expect(now + budget.actTimeoutMs(now) + 3_000).toBeLessThanOrEqual(startedAtMs + 60_000)
      }),
    )
  })

  it('closes once and stays closed', () => {
    const budget = edgeBudget({ startedAtMs: 0 })
    expect(budget.canStartAct(0)).toBe(true)
    expect(budget.canStartAct(42_000)).toBe(true)
    expect(budget.canStartAct(42_001)).toBe(false)
    expect(budget.canStartAct(1e9)).toBe(false)
    expect(budget.remainingMs(1e9)).toBe(0)
    expect(budget.actTimeoutMs(1e9)).toBe(0)
  })

  it('begins nothing in a slice that is too short for one act', () => {
    expect(edgeBudget({ startedAtMs: 0, sliceMs: 10_000 }).canStartAct(0)).toBe(false)
    expect(edgeBudget({ startedAtMs: 0, sliceMs: 10_000, minActMs: 1_000 }).canStartAct(0)).toBe(true)
  })
})

describe('the budget of a worker', () => {
  it('has no end until it is stopped, and then begins nothing', () => {
    const stop = new AbortController()
    const budget = workerBudget({ stopped: stop.signal })
    expect(budget.canStartAct(1e12)).toBe(true)
    expect(budget.remainingMs(1e12)).toBe(Number.POSITIVE_INFINITY)
    expect(budget.actTimeoutMs(1e12)).toBe(600_000)
    stop.abort()
    expect(budget.canStartAct(0)).toBe(false)
    expect(budget.remainingMs(0)).toBe(0)
  })
})
