import { describe, expect, test } from 'vitest'
import { redact } from './redact.ts'

describe('a message that may be shown', () => {
  test('holds neither the key nor anything shaped like one', () => {
    const message = 'Key gsk_mine12345, sk-proj-abc*****xyz, sb_secret_abc_def and "Authorization: Bearer ey.J0.x" are wrong.'
    expect(redact(message, ['gsk_mine12345'])).toBe('Key [redacted], [redacted], [redacted] and "Authorization: [redacted]" are wrong.')
  })

  test('holds no half of a key in two parts', () => {
    expect(redact('no key 0123456789ab:fedcba987654, nor fedcba987654', ['0123456789ab:fedcba987654'])).toBe(
      'no key [redacted], nor [redacted]',
    )
  })

  test('is cut only after the secrets are out, so that no half of one is left', () => {
    const text = redact(`${'x'.repeat(490)} sk-proj-abcdefghijklmnop`, [])
    expect(text).toBe(`${'x'.repeat(490)} [redacte…`.slice(0, 500))
    expect(text.length).toBeLessThanOrEqual(500)
  })

  test('keeps its words when the key is a placeholder', () => {
    expect(redact('none of the models is loaded', ['none'])).toBe('none of the models is loaded')
  })

  test('is one line', () => {
    expect(redact('a\n\n  b\t', [undefined])).toBe('a b')
  })
})
