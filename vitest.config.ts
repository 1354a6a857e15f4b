import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './tests/support/longest-first.ts'

/** Unit tests stand beside what they test; everything that needs a database, Deno or a platform stands in tests/. */
export default defineConfig({
  test: {
    // Most of a system test is waiting; on two cores the default would run one file at a time (700 s, against 335 s by three).
    maxWorkers: Math.max(3, availableParallelism()),
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts'],
          // What they test keeps no state of its own, so files share a process: three of five seconds went into starting one for each.
          isolate: false,
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'system',
          include: ['tests/**/*.test.ts'],
          globalSetup: 'tests/support/setup.ts',
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
