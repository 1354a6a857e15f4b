import { expect, test } from 'vitest'
import { problemError } from './cli-error.ts'

const problem = {
  type: 'about:blank',
  title: 'The request does not fit the schema',
  status: 422,
  code: 'invalid_request',
  detail: '/prompt: too long',
}

test('a problem of the API is shown with its title, its detail and every field it names, once', () => {
  const errors = [{ path: '/prompt', message: 'too long' }]
  expect(problemError({ ...problem, errors }).message).toBe('The request does not fit the schema (invalid_request)\n/prompt: too long')
  expect(problemError({ ...problem, detail: 'Two fields are wrong.', errors }).message).toContain(
    'Two fields are wrong.\n  /prompt: too long',
  )
})

test('what the API refuses is a mistake in what was asked; what it cannot do now is a failure', () => {
  expect(problemError(problem).exitCode).toBe(2)
  for (const status of [0, 401, 429, 503]) expect(problemError({ ...problem, status }).exitCode).toBe(1)
})
