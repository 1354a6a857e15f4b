import { defineConfig } from 'vitest/config'

/** Unit tests stand beside what they test; everything that needs a database, Deno or a platform stands in tests/. */
export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts'], testTimeout: 30_000 } },
      { test: { name: 'system', include: ['tests/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000 } },
    ],
  },
})
