import { expect, test } from 'vitest'
import type { ContendingVersion } from '../ports/index.ts'
import { contendingWorkflow } from './contending.ts'

const version = (inputs: Record<string, unknown>, more = {}): ContendingVersion => ({
  version_id: 'v',
  workflow_id: 'w',
  inputs,
  missing: [],
  makes: 'text',
  simulated: false,
  ...more,
})

test('the task is not among what it is given, and defaults are', () => {
  const read = contendingWorkflow(
    version({ prompt: { type: 'string', required: true }, tone: { type: 'string', default: 'dry' } }),
    {},
    'A haiku',
  )
  expect(read).toEqual({ contender: { version_id: 'v', workflow_id: 'w', inputs: { tone: 'dry' }, makes: 'text', simulated: false } })
})

test('all that keeps it from contending is told at once', () => {
  const read = contendingWorkflow(
    version({ task: { type: 'string' }, topic: { type: 'string', required: true } }, { missing: ['ffmpeg'] }),
    { task: 'mine', colour: 'red' },
    'A haiku',
  )
  expect('problems' in read && read.problems.map(({ code, path }) => [code, path])).toEqual([
    ['capability_missing', ''],
    ['input_contract_violation', '/inputs/task'],
    ['input_contract_violation', '/inputs/topic'],
    ['input_contract_violation', '/inputs/colour'],
  ])
})

test.each([
  [{ refused: 'workflow_unpublished' } as const, 'workflow_unpublished'],
  [{ refused: 'not_found' } as const, 'not_found'],
  [version({ topic: { type: 'string', required: false } }), 'workflow_takes_no_task'],
])('%j does not contend: %s', (found, code) => {
  expect(contendingWorkflow(found, {}, 'A haiku')).toMatchObject({ problems: [{ code }] })
})
