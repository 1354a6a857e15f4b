import { join } from 'node:path'
import { expect, test } from 'vitest'
import { agon } from './support.ts'

// Nothing here may start a platform: a mistake is told within a second, and the home is one that could not be used.
const home = join(import.meta.filename, 'agon')

test.each([
  ['one contender', ['battle', 'x', '-c', 'openai:gpt-5-mini'], 'Add another, for example --contender'],
  ['an unknown model', ['battle', 'x', '-c', 'openai:gpt-5-mimi'], 'Did you mean openai:gpt-5-mini'],
  ['an unknown judge', ['battle', 'x', '-j', 'nobody'], '--judge "nobody" is not a registered model'],
  ['twins', ['battle', 'x', '-c', 'sparring:quill', '-c', 'sparring:quill'], 'as rival'],
  ['a missing key', ['battle', 'x', '-c', 'openai:gpt-5-mini', '-c', 'sparring:quill'], 'Set OPENAI_API_KEY'],
  ['a number that is none', ['battle', 'x', '--max-tokens', 'many'], 'Expected a whole number from 1 to 1000000'],
  ['a temperature that is too high', ['battle', 'x', '--temperature', '3'], 'Expected a number from 0 to 2'],
  ['a reference that cannot be read', ['battle', 'x', '--reference', '/nowhere'], '--reference /nowhere cannot be read'],
  ['an empty prompt', ['battle', ''], 'The prompt is empty'],
  ['an unknown option', ['battle', 'x', '--bogus'], "unknown option '--bogus'"],
  ['an unknown command', ['fight'], "unknown command 'fight'"],
  ['a URL that is none', ['leaderboard', '--url', 'nowhere'], 'expected the URL of a Supabase project'],
  ['a remote project without its key', ['leaderboard', '--url', 'http://127.0.0.1:9'], 'Give --publishable-key'],
  ['a remote battle without a user', ['battle', 'x', '--url', 'http://127.0.0.1:9', '--publishable-key', 'k'], 'Give --access-token'],
])('%s is refused with what to do, and exit code 2', async (_, args, remedy) => {
  const { code, out, err } = await agon(['--home', home, ...args])
  expect(err).toContain(remedy)
  expect(err).not.toMatch(/^ +at /m)
  expect(out).toBe('')
  expect(code).toBe(2)
})

test('a remote project that does not answer is named, and the exit code is 1', async () => {
  const { code, err } = await agon(['leaderboard', '--url', 'http://127.0.0.1:59999', '--publishable-key', 'k'])
  expect(err).toContain('http://127.0.0.1:59999 did not answer: ECONNREFUSED')
  expect(code).toBe(1)
})

test('a home that cannot be used is named, with the option to change it', async () => {
  const { code, err } = await agon(['--home', home, 'battle', 'x'])
  expect(err).toContain(`${home} cannot be used`)
  expect(err).toContain('--home')
  expect(code).toBe(2)
})

test('a key that is invalid is named without its value', async () => {
  const { code, err } = await agon(['battle', 'x'], { OPENAI_API_KEY: 'sk-se cret' })
  expect(err).toContain('OPENAI_API_KEY')
  expect(err).not.toContain('cret')
  expect(code).toBe(2)
})

test('models are listed without a platform, with what each still needs', async () => {
  const { code, out } = await agon(['--home', home, 'models'], { OPENAI_API_KEY: 'sk-test' })
  expect(code).toBe(0)
  expect(out).toMatch(/openai:gpt-5-mini +paid +ready/)
  expect(out).toMatch(/anthropic:claude-haiku-4-5 +paid +set ANTHROPIC_API_KEY/)
  expect(out).toMatch(/sparring:<model> +SIMULATED/)
})
