import { expect, it } from 'vitest'

/** `AGON_TEST_RUNTIME=deno` is set by whoever means to run these files in Deno, so that a silent fall back to Node is a failure. */
it('these tests run in the runtime that was asked for', () => {
  expect('Deno' in globalThis ? 'deno' : 'node').toBe(process.env.AGON_TEST_RUNTIME ?? 'node')
})
