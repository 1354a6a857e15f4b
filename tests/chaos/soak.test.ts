import { expect, test } from 'vitest'
import { type Reading, slopePerMinute } from './meter.ts'
import { memoryTable, readingLine, type SoakReport, soak, soakTable } from './soak.ts'
import { failures } from './table.ts'

// The short form of `npm run soak`: the same load, and every way a driver goes, once.
const seed = process.env.AGON_CHAOS_SEED ?? String(Date.now())

test('battles, media, workflows, schedules and webhooks come to their end while drivers are killed and replaced', {
  timeout: 240_000,
}, async () => {
  const lines: string[] = []
  const report = await soak({ seed, minutes: 0.1, inFlight: 4, onProgress: (line) => lines.push(line) })
  console.log(soakTable(report))
  expect(failures(report)).toEqual([])
  expect(report.byStatus.closed).toBeGreaterThan(0)
  expect(report.byRunStatus.completed).toBeGreaterThan(0)
  expect(report.turns).toBeGreaterThan(3)
  expect(report.strikes.length).toBeGreaterThan(0)
  expect(lines).toHaveLength(report.readings.length)
  const last = report.readings.at(-1)!
  expect([...last.memory.keys()]).toEqual(expect.arrayContaining(['worker-2', 'functions', 'platform', 'PostgreSQL']))
  expect(last.jobsEnded).toBeGreaterThan(0)
})

const reading = (seconds: number, memory: [name: string, processes: number, megabytes: number][]): Reading => ({
  seconds,
  memory: new Map(memory.map(([name, processes, megabytes]) => [name, { processes, megabytes }])),
  connections: 20,
  ready: 3,
  oldestReadyMs: 1500,
  later: 2,
  leased: 4,
  jobsEnded: seconds * 7,
  battlesEnded: seconds,
  runsEnded: seconds * 2,
})

test('memory that grows by a megabyte a second grows by sixty a minute, and a few readings say nothing', () => {
  expect(slopePerMinute([0, 10, 20, 30].map((seconds) => ({ seconds, value: 100 + seconds })))).toBeCloseTo(60)
  expect(slopePerMinute([0, 10, 20].map((seconds) => ({ seconds, value: 100 })))).toBe(0)
  expect(slopePerMinute([0, 10].map((seconds) => ({ seconds, value: seconds })))).toBeUndefined()
  expect(slopePerMinute([5, 5, 5].map((seconds) => ({ seconds, value: 1 })))).toBeUndefined()
})

test('a line tells of the time since the line before, and the table of the second half alone', () => {
  const readings = [0, 10, 20, 30, 40].map((seconds) =>
    reading(seconds, [
      ['worker-1', 1, seconds < 20 ? 900 : 100 + seconds],
      ['functions', 2 + (seconds % 20) / 10, 80 * (2 + (seconds % 20) / 10)],
    ]),
  )
  expect(readingLine(readings[2]!, readings[1])).toContain('jobs/s 7.0, battles/s 1.0, runs/s 2.0')
  expect(readingLine(readings[1]!, readings[0])).toContain('functions (3) 240')
  const table = memoryTable({ readings, heldMegabytes: { half: 40, end: 41, minutes: 1 } } as SoakReport)
  expect(table).toMatch(/worker-1 +120 +140 +140 +\+60\.00/)
  expect(table, 'processes that come and go did not grow').toMatch(/functions, each +80 +80 +80 +\+0\.00/)
})
