import { expect, test } from 'vitest'
import { checkContenders, checkedJudge, namedContender } from './named.ts'

const remedy = (act: () => unknown): string => {
  try {
    act()
  } catch (error) {
    const { message, remedy, exitCode } = error as { message: string; remedy?: string; exitCode: number }
    expect(exitCode).toBe(2)
    return `${message} ${remedy ?? ''}`
  }
  throw new Error('nothing was refused')
}

test('a contender is a model, and may have an identity', () => {
  expect(namedContender('openai:gpt-5-mini')).toEqual({ model: 'openai:gpt-5-mini' })
  expect(namedContender('ollama:llama3.2:3b as haiku poet')).toEqual({ model: 'ollama:llama3.2:3b', identity: 'haiku poet' })
})

test('an unknown model is refused with the ones that are close to it', () => {
  expect(remedy(() => namedContender('openai:gpt-5-mimi'))).toContain('Did you mean openai:gpt-5-mini')
  expect(remedy(() => checkedJudge('openai:gpt-image-2'))).toContain('makes image')
  expect(remedy(() => namedContender('  '))).toContain('no contender')
})

test('one contender, or the same one twice, is no battle, and the refusal says what is', () => {
  const one = { model: 'openai:gpt-5-mini' }
  expect(remedy(() => checkContenders([one]))).toContain('Add another, for example --contender')
  expect(remedy(() => checkContenders([one, one]))).toContain('--contender "openai:gpt-5-mini as rival"')
  expect(remedy(() => checkContenders(Array.from({ length: 27 }, (_, nth) => ({ ...one, identity: `${nth}` }))))).toContain('2 to 26')
  checkContenders([one, { ...one, identity: 'rival' }])
})

test('contenders make the same kind of thing, whichever it is', () => {
  const [image, film] = [namedContender('openai:gpt-image-2'), namedContender('fal:veo-3.1')]
  expect(remedy(() => checkContenders([image, film]))).toContain('openai:gpt-image-2 makes image and fal:veo-3.1 video')
  checkContenders([image, namedContender('fal:flux-2')])
})
