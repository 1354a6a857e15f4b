import { expect, test } from 'vitest'
import { checkAvailable, variableFor } from './availability.ts'

const lineup = { contenders: [{ model: 'openai:gpt-5-mini' }, { model: 'anthropic:claude-haiku-4-5' }], judge: 'openai:gpt-5-mini' }

test('a model that nothing is configured to call is refused with the variable to set', () => {
  expect(() => checkAvailable(lineup, ['openai'])).toThrow('Nothing is configured to call anthropic:claude-haiku-4-5.')
  checkAvailable(lineup, ['openai', 'anthropic'])
})

test('a platform that another process started without the key is named', () => {
  expect(() => checkAvailable(lineup, ['sparring'], 4711)).toThrow('process 4711')
})

test('the variable is the key where one is needed, else the base URL', () => {
  expect(variableFor('openai')).toBe('OPENAI_API_KEY')
  expect(variableFor('ollama')).toBe('OLLAMA_BASE_URL')
})
