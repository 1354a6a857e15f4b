import { describe, expect, it } from 'vitest'
import { parseConfig, resolveEnvReference, resolveEnvReferences } from './project-config.ts'

describe('config.toml', () => {
  it('has every default when it is empty', () => {
    const config = parseConfig('', 'config.toml')
    expect(config.api).toMatchObject({ schemas: ['public'], max_rows: 1000, auto_expose_new_tables: false })
    expect(config.db.seed).toMatchObject({ enabled: true, sql_paths: ['./seed.sql'] })
    expect(config.functions).toEqual({})
  })

  it('verifies JWTs of a function unless told not to', () => {
    const { functions } = parseConfig('[functions.a]\n[functions.b]\nverify_jwt = false', 'config.toml')
    expect(functions.a?.verify_jwt).toBe(true)
    expect(functions.b?.verify_jwt).toBe(false)
  })

  it('leaves keys it does not act on to the tools that own them', () => {
    expect(() => parseConfig('[studio]\nport = 1\n[api]\nport = 2', 'config.toml')).not.toThrow()
  })

  it('says which key does not fit', () => {
    expect(() => parseConfig('[functions.a]\nverify_jwt = "no"', 'config.toml')).toThrow(/config.toml does not fit: functions.a.verify_jwt/)
    expect(() => parseConfig('[api', 'config.toml')).toThrow(/config.toml is not valid TOML/)
  })
})

describe('env(NAME)', () => {
  it('is the value of the variable', () => {
    expect(resolveEnvReference('env(A)', { A: 'x' })).toBe('x')
    expect(resolveEnvReference('plain', { A: 'x' })).toBe('plain')
  })

  it('is left out when nobody set it', () => {
    expect(resolveEnvReferences({ a: 'env(A)', b: 'env(B)', c: 'c' }, { B: 'b', A: '' })).toEqual({ b: 'b', c: 'c' })
  })
})
