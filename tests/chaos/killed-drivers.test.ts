import { expect, test } from 'vitest'
import { killDrivers, killedDriversLine } from './killed-drivers.ts'

// The short form of what `npm run chaos -- --only workflows` does with 500 nodes.
const seed = process.env.AGON_CHAOS_SEED ?? String(Date.now())

test('two runs come to their end, each node recorded once, though whoever drives them is killed', { timeout: 240_000 }, async () => {
  const report = await killDrivers({ seed, nodes: 60 })
  console.log(killedDriversLine(report))
  expect(report.failures).toEqual([])
  expect(report.workersKilled + report.functionsKilled).toBeGreaterThan(2)
  expect(report.takenOver, 'the kills met drivers with nodes in hand').toBeGreaterThan(0)
})
