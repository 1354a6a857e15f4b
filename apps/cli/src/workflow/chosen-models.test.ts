import { expect, test } from 'vitest'
import { defaultModel, namedModels } from './chosen-models.ts'

const nobody = { keyed: [], servers: [] }

test('a model that is named alone is for its kind; others are for the kind or the node that is named', () => {
  expect(namedModels(['openai:gpt-5-mini', 'fal:flux-2-pro', 'backup=anthropic:claude-haiku-4-5', 'video=fal:veo-3.1-fast'])).toEqual({
    text: 'openai:gpt-5-mini',
    image: 'fal:flux-2-pro',
    backup: 'anthropic:claude-haiku-4-5',
    video: 'fal:veo-3.1-fast',
  })
  expect(namedModels()).toEqual({})
})

test.each(['gpt-5-mini', '=openai:gpt-5-mini', 'Backup=openai:gpt-5-mini', 'nobody:x', 'text='])('%s names no model', (given) => {
  expect(() => namedModels([given])).toThrow()
})

test('a key comes before a server on this machine, a server before a simulated partner', () => {
  const servers = [{ provider: 'ollama', baseUrl: 'http://127.0.0.1:11434/v1', models: ['llama4'] }]
  expect(defaultModel('text', { keyed: ['anthropic'], servers })).toBe('anthropic:claude-haiku-4-5')
  expect(defaultModel('text', { keyed: [], servers })).toBe('ollama:llama4')
  expect(defaultModel('text', nobody)).toBe('sparring:scribe')
})

test('media is made by a provider with a key that makes it, else by a simulated partner of that kind', () => {
  expect(defaultModel('image', { keyed: ['anthropic', 'fal'], servers: [] })).toMatch(/^fal:/)
  expect(['image', 'audio', 'video'].map((kind) => defaultModel(kind as 'image', nobody))).toEqual([
    'sparring:easel',
    'sparring:hum',
    'sparring:reel',
  ])
  expect(defaultModel('music', nobody)).toBeUndefined()
})
