import { describe, expect, test } from 'vitest'
import { codingConfiguration, codingOffers } from './configuration.ts'

const whole = (backend: object, repository: object = {}) =>
  JSON.stringify({
    backends: { agent: { command: ['agent', '{prompt_file}'], ...backend } },
    repositories: { shop: { source: '/srv/shop.git', ...repository } },
  })

describe('the file of backends', () => {
  test('needs no more than a command and a source', () => {
    const { backends, repositories } = codingConfiguration(whole({}))
    expect(backends.agent).toMatchObject({ lane: 'cloud', stdin: 'nothing', env: [], timeout_ms: 1_800_000, simulated: false })
    expect(repositories.shop).toEqual({ source: '/srv/shop.git', checks: {}, restore: [] })
  })

  test.each([
    [
      'a placeholder inside of an argument',
      { command: ['agent', '--file={prompt_file}'] },
      'backends.agent.command.1: {prompt_file} stands alone',
    ],
    ['a program that is substituted', { command: ['{model}', '{prompt_file}'], model: 'm' }, 'backends.agent.command.0'],
    ['a command that is never told its task', { command: ['agent'] }, 'add {prompt_file}, or stdin: "prompt"'],
    ['a model that goes nowhere', { model: 'm' }, 'the command has no {model}'],
    ['a model that nobody chose', { command: ['agent', '{prompt_file}', '{model}'] }, 'backends.agent.model'],
    ['a result file that is not written', { result: { file: true } }, 'the command has no {result_file}'],
    ['a lane of an unknown kind', { lane: 'gpu0' }, 'backends.agent.lane: expected cloud, or local:<name>'],
    ['a pattern that is none', { tokens: { regex: '(' } }, 'backends.agent.tokens'],
    ['a field that does not exist', { shell: true }, 'backends.agent'],
  ])('refuses %s, by its place', (_what, backend, message) => {
    expect(() => codingConfiguration(whole(backend))).toThrow(message)
  })

  test.each([
    ['a source that is a flag', { source: '--upload-pack=x' }, 'repositories.shop.source'],
    ['a source that starts a helper', { source: 'ext::sh -c x' }, 'repositories.shop.source'],
    ['a check that takes the prompt', { checks: { test: { command: ['npm', '{prompt_file}'] } } }, 'a check takes no placeholder'],
    ['a path of git’s own magic', { restore: [':(top)'] }, 'repositories.shop.restore.0'],
  ])('refuses %s, by its place', (_what, repository, message) => {
    expect(() => codingConfiguration(whole({}, repository))).toThrow(message)
  })

  test('is announced by names alone', () => {
    const offers = codingOffers(codingConfiguration(whole({ lane: 'local:gpu0' }, { checks: { test: { command: ['npm', 'test'] } } })))
    expect(offers).toEqual({ 'coding:agent': { lane: 'local:gpu0', simulated: false, repositories: { shop: ['test'] } } })
  })
})
