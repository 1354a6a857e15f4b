import { expect, test } from 'vitest'
import { completed, namedMembers, textModel } from './members.ts'

const refusal = (act: () => unknown): string => {
  try {
    act()
  } catch (error) {
    const { message, remedy, exitCode } = error as { message: string; remedy?: string; exitCode: number }
    expect(exitCode).toBe(2)
    return `${message} ${remedy ?? ''}`
  }
  throw new Error('nothing was refused')
}
const nobody = { keyed: [], servers: [] }

test('a member is a name, perhaps with a model, perhaps with a role', () => {
  expect(namedMembers(['Ada=openai:gpt-5-mini', ' Bo the Second '], ['Ada=You doubt: 1 = 1?'])).toEqual([
    { name: 'Ada', model_key: 'openai:gpt-5-mini', system_prompt: 'You doubt: 1 = 1?' },
    { name: 'Bo the Second' },
  ])
})

test('what cannot be is refused with what to do', () => {
  expect(refusal(() => namedMembers(['=openai:gpt-5-mini']))).toContain('--member Ada=openai:gpt-5-mini')
  expect(refusal(() => namedMembers(['Ada=openai:gpt-5-mimi']))).toContain('Did you mean openai:gpt-5-mini')
  expect(refusal(() => namedMembers(['Ada'], ['Bob=Hm']))).toContain('of a member that is named')
  expect(refusal(() => textModel('fal:flux-2', '--summary'))).toContain('makes image')
})

test('without a key two simulated partners are a team, and are said to be', () => {
  const { members, note } = completed([], nobody)
  expect(members).toEqual([
    { name: 'Quill', model_key: 'sparring:quill' },
    { name: 'Ember', model_key: 'sparring-anthropic:ember' },
  ])
  expect(note).toContain('SIMULATED')
})

test('whoever is named without a model gets one that this machine can call; whoever has one keeps it', () => {
  const { members, note } = completed([{ name: 'A', model_key: 'mistral:mistral-small-latest' }, { name: 'B' }], {
    keyed: ['openai', 'anthropic'],
    servers: [],
  })
  expect(members.map(({ model_key }) => model_key)).toEqual(['mistral:mistral-small-latest', 'anthropic:claude-haiku-4-5'])
  expect(note).toContain('chosen by what this machine can call')
  expect(
    completed(
      [
        { name: 'A', model_key: 'x' },
        { name: 'B', model_key: 'y' },
      ],
      nobody,
    ).note,
  ).toBeUndefined()
})

test('one local model is a team of two under their roles, and no name is one that a team may not have', () => {
  const { members } = completed([], { keyed: [], servers: [{ provider: 'ollama', models: ['llama3.2:3b'] }] as never })
  expect(new Set(members.map(({ name }) => name)).size).toBe(2)
  for (const { name } of members) expect(name).toMatch(/^[A-Za-z](?:[A-Za-z0-9 _-]{0,38}[A-Za-z0-9])?$/)
  expect(members.every(({ system_prompt }) => system_prompt !== undefined)).toBe(true)
})
