import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type TeamRunOptions, teamOf } from './asked-team.ts'

const pair = { member: ['Ada=sparring:quill', 'Bo'] }

test('options make a team', () => {
  expect(teamOf('Name a bakery.', { ...pair, mode: 'parallel', rounds: 2, budget: 1, stop: 'DONE', summary: true, maxTokens: 50 })).toEqual(
    {
      task: 'Name a bakery.',
      members: [
        { name: 'Ada', model_key: 'sparring:quill', max_tokens: 50 },
        { name: 'Bo', max_tokens: 50 },
      ],
      mode: 'parallel',
      rounds: 2,
      budget_usd: 1,
      stop_when: 'DONE',
      summary: {},
    },
  )
  expect(teamOf('x', { ...pair, agreed: true, summary: 'sparring:ember', instructions: 'One.' })).toMatchObject({
    stop_when: { agreed: true },
    summary: { model_key: 'sparring:ember', instructions: 'One.' },
  })
})

test('a file is a team, and options say over it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'agon-team-'))
  try {
    const file = join(folder, 'team.yaml')
    writeFileSync(file, 'task: From a file.\nrounds: 5\nmembers:\n  - { name: Ada }\n  - { name: Bo }\n')
    expect(teamOf(undefined, { file, rounds: 2 })).toEqual({ task: 'From a file.', rounds: 2, members: [{ name: 'Ada' }, { name: 'Bo' }] })
    writeFileSync(join(folder, 'task.md'), 'A long task.')
    expect(teamOf(undefined, { task: `@${join(folder, 'task.md')}` })).toEqual({ task: 'A long task.', members: [] })
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test.each<[string | undefined, TeamRunOptions, string]>([
  [undefined, pair, 'A team needs a task'],
  ['x', { member: ['Ada'] }, '2 to 8 members'],
  ['x', { ...pair, stop: 'DONE', agreed: true }, '--stop or --agreed'],
  ['x', { ...pair, instructions: 'y' }, 'are for the summary'],
  ['x', { role: ['Ada=Hm'] }, 'that --member names'],
])('%j with %j is refused', (task, options, why) => expect(() => teamOf(task, options)).toThrow(why))
