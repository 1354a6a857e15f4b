import { cpuUsage } from 'node:process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderTemplate } from './template.ts'

const render = (template: string, inputs: Record<string, unknown> = {}): string => {
  const rendered = renderTemplate(template, inputs)
  if (!rendered.ok) throw new Error(rendered.error.message)
  return rendered.value
}
const refusal = (template: string, inputs: Record<string, unknown> = {}): string => {
  const rendered = renderTemplate(template, inputs)
  if (rendered.ok) throw new Error(`rendered as ${rendered.value.slice(0, 100)}`)
  expect(rendered.error.code).toBe('template_invalid')
  return rendered.error.message
}

describe('a template', () => {
  it('puts inputs in their place, with filters and control tags', () => {
    expect(render('Hello {{ name | upcase }}, {% if n > 1 %}{{ n }} times{% endif %}', { name: 'Ada', n: 3 })).toBe('Hello ADA, 3 times')
    expect(render('{% for x in xs %}<{{ x.y }}>{% endfor %}', { xs: [{ y: 1 }, { y: 2 }] })).toBe('<1><2>')
  })

  it('takes [[x]] for {{ x }}', () => {
    expect(render('[[a]] [[ b | upcase ]] [[c.d]]', { a: 1, b: 'x', c: { d: 2 } })).toBe('1 X 2')
  })

  it('leaves brackets alone that are no alias', () => {
    expect(render('[[1, 2], [3, 4]] [x] [[ -f x ]] {{ a[b[0]] }}', { a: { k: 'v' }, b: ['k'] })).toBe('[[1, 2], [3, 4]] [x] [[ -f x ]] v')
    expect(render('{% raw %}[[A]] {{ x }}{% endraw %} {{ "[[A]]" }}')).toBe('[[A]] {{ x }} [[A]]')
    expect(render('a{% comment %}[[A]]{% endcomment %}b')).toBe('ab')
  })

  it('names a missing input', () => {
    expect(refusal('{{ nobody }}')).toContain('nobody')
    expect(refusal('[[nobody]]')).toContain('nobody')
    expect(refusal('{{ a.b }}', { a: {} })).toContain('a.b')
  })

  it('may ask whether an input is there', () => {
    expect(render('{% if nobody %}x{% else %}y{% endif %}{{ nobody | default: "z" }}')).toBe('yz')
  })

  it('names an unknown filter and an unclosed tag', () => {
    expect(refusal('{{ x | nofilter }}', { x: 1 })).toContain('nofilter')
    expect(refusal('{% if x %}', { x: 1 })).toContain('if')
    expect(refusal('{{ x ', { x: 1 })).toContain('not closed')
  })

  it('reads no file', () => {
    for (const tag of ['include', 'render', 'layout', 'block']) expect(refusal(`{% ${tag} "/etc/hostname" %}`)).toContain(tag)
  })

  it('reads neither clock nor dice', () => {
    expect(refusal('{{ "now" | date: "%Y" }}')).toContain('clock')
    expect(refusal('{{ "today" | date_to_xmlschema }}')).toContain('clock')
    expect(refusal('{{ xs | sample }}', { xs: [1, 2] })).toContain('sample')
    expect(render('{{ "2026-11-20T23:30:00Z" | date: "%Y-%m-%d %H:%M" }}')).toBe('2026-11-20 23:30')
  })

  it('reaches nothing an input inherits', () => {
    expect(refusal('{{ x.constructor }}', { x: {} })).toContain('constructor')
    expect(refusal('{{ toString }}')).toContain('toString')
    expect(refusal('{{ __proto__ }}')).toContain('__proto__')
  })

  it('shows an object as JSON', () => {
    expect(render('{{ x }} {{ xs }}', { x: { a: 1 }, xs: [{ b: 2 }, 3] })).toBe('{"a":1} {"b":2}3')
  })

  it('that would not end or would not fit is refused', () => {
    expect(refusal('{% for i in (1..1000000000) %}x{% endfor %}')).toContain('limit exceeded')
    expect(refusal('{% for i in (1..2000) %}{{ x }}{% endfor %}', { x: 'x'.repeat(1000) })).toContain('longer than')
    expect(refusal('x'.repeat(300_001))).toContain('300001')
  }, 20_000)

  it('is read in a time that does not explode', () => {
    for (const hostile of ['{{', '{% raw %}', '{%', '[[a|', '[[', '[[a ', '{{ "', '{% if x %}']) {
      const begin = cpuUsage()
      renderTemplate(hostile.repeat(Math.floor(250_000 / hostile.length)), { x: 1, a: 1 })
      renderTemplate(`${hostile}${' '.repeat(250_000)}`, { x: 1, a: 1 })
      expect(cpuUsage(begin).user / 1000, hostile).toBeLessThan(2_000)
    }
  })

  it('never parses a value', () => {
    for (const value of ['{{ y }}', '[[y]]', '[ x ]', '{% raw %}', '{%', '}}', '$& $1 $$', '<b>&amp;</b>', '{{ x | upcase }} [[secret]]']) {
      expect(render('<{{ x }}|[[x]]>', { x: value, y: 'no', secret: 'no' })).toBe(`<${value}|${value}>`)
    }
  })

  it('gives any value back to the letter', () => {
    const piece = fc.constantFrom('{{', '}}', '{%', '%}', '[[', ']]', 'x', 'y', '|', ' ', '"', '\\', '\n', '$&', '-')
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'grapheme' }),
          fc.array(piece).map((pieces) => pieces.join('')),
        ),
        (x) => {
          expect(render('<{{ x }}>[[x]]', { x, y: 'no' })).toBe(`<${x}>${x}`)
        },
      ),
    )
  })

  it('of any shape gives a text or an error, and never throws', () => {
    const piece = fc.constantFrom('{{', '}}', '{%', '%}', '[[', ']]', ' x ', 'if', 'for i in x', 'endif', 'raw', '|', '"', '\n', 'upcase')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => typeof renderTemplate(pieces.join(''), { x: 'v' }).ok === 'boolean'),
    )
  })
})
