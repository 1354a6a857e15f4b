import { existsSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { budgetTable, type FunctionBudget, functionNames, measureBudgets } from './measure.ts'

/*
 * What does not depend on how busy the machine is: memory, and processor time in its order of magnitude. The bundles' sizes are held in
 * tests/edge/deploy.test.ts. A hosted isolate shares its runtime with others, so what a bare process has is taken off. Limits: https://supabase.com/docs/guides/functions/limits (256 MB, 2 s of processor time a request).
 */
const memoryLimit = 256 * 1_048_576
const cpuLimitMs = 2000

describe.skipIf(!existsSync('/proc/self/stat'))('the budgets of an edge function', () => {
  let budgets: FunctionBudget[]
  beforeAll(async () => {
    budgets = await measureBudgets({ rounds: 1 })
    console.log(budgetTable(budgets))
  }, 240_000)

  test.each(functionNames())('%s starts, and works, within the memory and the processor time of a hosted one', (name) => {
    const { restBytes, bootCpuMs, load } = budgets.find((each) => each.name === name)!
    expect(restBytes).toBeLessThan(memoryLimit)
    expect(bootCpuMs, 'processor time to boot').toBeLessThan(cpuLimitMs)
    if (!load) return
    expect(load.peakBytes, load.what).toBeLessThan(memoryLimit)
    expect(load.cpuMsPerStep, load.what).toBeLessThan(cpuLimitMs / 10)
  })
})
