import { describe, expect, it } from 'vitest'
import { parseCommandLine } from './command-line.ts'
import { parseOptions } from './options.ts'

describe('the command line', () => {
  it('runs the project in the current folder unless told otherwise', () => {
    expect(parseCommandLine([], '/here').options).toEqual({
      projectDir: '/here',
      temporary: false,
      vault: {},
      makeSecrets: {},
      migrate: true,
      seed: true,
    })
  })

  it('passes on what it is told', () => {
    const { options, quiet } = parseCommandLine(
      [
        '--project-dir',
        'there',
        '--port=8000',
        '--data-dir',
        'data',
        '--db-url',
        'postgresql://h/d',
        '--no-migrate',
        '--no-seed',
        '--quiet',
      ],
      '/here',
    )
    expect(options).toEqual({
      projectDir: 'there',
      port: 8000,
      dataDir: 'data',
      dbUrl: 'postgresql://h/d',
      temporary: false,
      vault: {},
      makeSecrets: {},
      migrate: false,
      seed: false,
    })
    expect(quiet).toBe(true)
  })

  it('puts a named key into Vault, and names one that does not exist', () => {
    const { worker_key } = parseCommandLine(['--vault', 'worker_key=worker'], '/here').options.vault as Record<
      string,
      (facts: object) => string
    >
    expect(worker_key!({ secretKeys: { worker: 'sb_secret_w' } })).toBe('sb_secret_w')
    expect(() => worker_key!({ secretKeys: { default: 'sb_secret_d' } })).toThrow(/the secret key worker; there are default/)
    expect(() => parseCommandLine(['--vault', 'worker'], '/here')).toThrow(/--vault is worker: expected/)
  })

  it('has a secret made by a pattern, and names a pattern that has no name', () => {
    expect(parseCommandLine(['--make-secret', 'A_KEY={"a":"{random}"}'], '/here').options.makeSecrets).toEqual({
      A_KEY: '{"a":"{random}"}',
    })
    expect(() => parseCommandLine(['--make-secret', 'A_KEY'], '/here')).toThrow(/--make-secret is A_KEY: expected/)
  })

  it('names an option it does not know', () => {
    expect(() => parseCommandLine(['--prot', '1'], '/here')).toThrow(/--prot.*--help/s)
  })

  it('names a port that is none', () => {
    expect(() => parseCommandLine(['--port', 'eighty'], '/here')).toThrow(/--port is eighty: expected a number/)
  })
})

describe('the options', () => {
  it('name the one that does not fit', () => {
    expect(() => parseOptions({ projectDir: '/p', dbUrl: 'mysql://h/d' })).toThrow(/dbUrl: expected postgresql:/)
    expect(() => parseOptions({ projectDir: '/p', wallClockMs: -1 })).toThrow(/wallClockMs/)
    expect(() => parseOptions({ projectDir: '/p', walClockMs: 1 } as never)).toThrow(/walClockMs/)
  })

  it('refuse what excludes each other, and say what to leave out', () => {
    expect(() => parseOptions({ projectDir: '/p', temporary: true, dataDir: '/d' })).toThrow(/dataDir and temporary exclude each other/)
    expect(() => parseOptions({ projectDir: '/p', temporary: true, dbUrl: 'postgres://h/d' })).toThrow(
      /dbUrl and temporary exclude each other/,
    )
  })
})
