import { expect, test } from 'vitest'
import { nodeCheck } from './machine-checks.ts'

test('Node is new enough when it runs TypeScript as it is', () => {
  expect(nodeCheck('22.18.0').state).toBe('ok')
  expect(nodeCheck('24.0.0').state).toBe('ok')
  expect(nodeCheck('22.17.1')).toMatchObject({ state: 'failed', remedy: expect.stringContaining('22.18') })
})
