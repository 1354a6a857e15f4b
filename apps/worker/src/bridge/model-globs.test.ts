import { describe, expect, test } from 'vitest'
import { modelGlobs } from './model-globs.ts'

describe('AGON_BRIDGE_MODELS', () => {
  test.each([
    [undefined, 'openai:gpt-5', true],
    ['', 'openai:gpt-5', true],
    ['*', 'openai:gpt-5', true],
    ['openai:*', 'openai:gpt-5', true],
    ['openai:*', 'sparring-openai:gpt-5', false],
    ['openai:gpt-5', 'openai:gpt-5-mini', false],
    ['*-mini', 'openai:gpt-5-mini', true],
    ['*-mini', 'openai:gpt-5-mini-2', false],
    ['a*b*a', 'aba', true],
    ['a*a', 'a', false], // one a is not two
    ['compatible:meta-llama/*-instruct', 'compatible:meta-llama/llama-4-instruct', true],
    ['anthropic:claude-*, openai:gpt-5', 'openai:gpt-5', true],
    ['anthropic:claude-*, openai:gpt-5', 'openai:gpt-4', false],
  ])('%j and %s: %j', (text, key, match) => {
    expect(modelGlobs(text).match(key)).toBe(match)
  })

  test('refuses what is no key', () => {
    expect(() => modelGlobs('openai:*, [abc]')).toThrow('must be model keys between commas, * for any characters; [abc] is none')
  })
})
