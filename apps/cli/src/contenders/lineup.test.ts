import { findModel } from '@agon/runner-core'
import { expect, test } from 'vitest'
import { defaultJudge, defaultLineup, sparringLineup, starters } from './lineup.ts'

const server = (provider: string, ...models: string[]) => ({ provider, baseUrl: 'http://127.0.0.1:1/v1', models })
const models = ({ contenders }: { contenders: { model: string }[] }) => contenders.map(({ model }) => model)

test('every model agon chooses by itself is a text model of the registry', () => {
  const chosen = [...Object.values(starters).flat(), ...models(sparringLineup), sparringLineup.judge!]
  for (const key of chosen) {
    const model = findModel(key)
    expect(model.ok && model.value.kind, key).toBe('text')
    expect(model.ok && model.value.key, 'by its canonical name').toBe(key)
  }
})

test('two providers with a key fight each other, and a third judges', () => {
  const two = defaultLineup({ keyed: ['openai', 'anthropic'], servers: [] })
  expect(models(two)).toEqual(['openai:gpt-5-mini', 'anthropic:claude-haiku-4-5'])
  expect(defaultLineup({ keyed: ['openai', 'anthropic', 'google'], servers: [] }).judge).toBe('google:gemini-2.5-flash')
})

test('with one key, two of its models fight', () => {
  const { contenders, judge } = defaultLineup({ keyed: ['anthropic'], servers: [server('ollama', 'llama3.2')] })
  expect(new Set(models({ contenders })).size).toBe(2)
  expect([...models({ contenders }), judge].every((key) => key!.startsWith('anthropic:'))).toBe(true)
})

test('without keys, models of a server on this machine fight', () => {
  const two = defaultLineup({ keyed: [], servers: [server('ollama', 'llama3.2:3b', 'qwen3:4b', 'gemma3:4b')] })
  expect(models(two)).toEqual(['ollama:llama3.2:3b', 'ollama:qwen3:4b'])
  expect(two.judge).toBe('ollama:gemma3:4b')
})

test('a single local model fights itself under two identities', () => {
  const { contenders, judge } = defaultLineup({ keyed: [], servers: [server('lmstudio', 'qwen3-4b')] })
  expect(contenders.map(({ model, identity }) => [model, identity])).toEqual([
    ['lmstudio:qwen3-4b', 'brief'],
    ['lmstudio:qwen3-4b', 'thorough'],
  ])
  expect(judge).toBe('lmstudio:qwen3-4b')
})

test('with nothing at all, the sparring partners fight, and the note says that they are simulated', () => {
  const lineup = defaultLineup({ keyed: [], servers: [server('ollama')] })
  expect(lineup).toBe(sparringLineup)
  expect(lineup.note).toContain('SIMULATED')
})

test('a judge is of no contender’s family where there is a choice', () => {
  const contenders = [{ model: 'openai:gpt-5-mini' }, { model: 'openai:gpt-5' }]
  expect(defaultJudge(contenders, { keyed: ['openai', 'anthropic'], servers: [] })).toBe('anthropic:claude-haiku-4-5')
  expect(defaultJudge(contenders, { keyed: ['openai'], servers: [] })).toBe('openai:gpt-5-mini')
  expect(defaultJudge([{ model: 'sparring:quill' }, { model: 'sparring:mute' }], { keyed: [], servers: [] })).toBe('sparring:arbiter')
})
