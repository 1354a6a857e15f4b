import { expect, test } from 'vitest'
import { battleSlug, contenderFolders, splitKey } from './results.ts'

test('a battle has a folder of its day, its title and its id, whatever its title holds', () => {
  const battle = { battleId: '1f0c2b9a-0000-4000-8000-000000000000', createdAt: '2026-11-20T12:00:00+00:00' }
  expect(battleSlug({ ...battle, title: 'Make the discount apply once!' })).toBe('2026-11-20-make-the-discount-apply-once-1f0c2b9a')
  expect(battleSlug({ ...battle, title: '../../etc/passwd' })).toBe('2026-11-20-etc-passwd-1f0c2b9a')
  expect(battleSlug({ ...battle, title: '价格' })).toBe('2026-11-20-1f0c2b9a')
})

test('contenders have folders of their own, whatever they are called', () => {
  const of = (slot: string, modelKey: string, identity = '') => ({ slot, identity, modelKey })
  const folders = contenderFolders([
    of('A', 'command:claude-code/sonnet'),
    of('B', 'command:codex'),
    of('C', 'command:codex', 'Careful'),
    of('D', 'command:aider/x/y'),
    of('E', 'command:aider/x:y'),
    of('F', 'command:codex', '..'),
  ])
  expect([...folders.values()]).toEqual([
    'claude-code-sonnet',
    'codex-default',
    'careful-codex-default',
    'aider-x-y-d',
    'aider-x-y-e',
    'x-codex-default',
  ])
})

test('a key is a backend, and what it calls its model', () => {
  expect(splitKey('command:aider/openai/gpt-5')).toEqual(['aider', 'openai/gpt-5'])
  expect(splitKey('command:codex')).toEqual(['codex'])
})
