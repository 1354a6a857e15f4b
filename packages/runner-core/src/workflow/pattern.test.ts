import { describe, expect, it } from 'vitest'
import { patternFault } from './pattern.ts'

describe('a pattern that a user gives', () => {
  it.each([
    '^[a-z]+$',
    '\\d{4}-\\d{2}',
    '^(?:a|b)$',
    '(?<year>\\d{4})?',
    '^(\\d{4})(-\\d{2})*$',
    '[(a+)+]',
    '\\(a+\\)+',
    'a+b+',
    '^(foo){2}$',
  ])('may be %s', (source) => {
    expect(patternFault(source)).toBeUndefined()
  })

  it.each(['(a+)+', '(a*)*b', '(?:a?){30}', '((ab)+c){2,}', '(a|aa)+$', '(x+x+)+y', '([a-z]+)*', '(a+){10}'])(
    'may not be %s, which may take forever',
    (source) => {
      expect(patternFault(source)).toContain('forever')
    },
  )

  it('may not refer back, and must be a regular expression', () => {
    expect(patternFault('(a+)\\1')).toContain('refers back')
    expect(patternFault('(a')).toContain('is no regular expression')
  })
})
