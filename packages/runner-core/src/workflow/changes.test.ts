import fc from 'fast-check'
import { expect, test } from 'vitest'
import { changesBetween, lineChanges } from './changes.ts'

const node = (id: string, more: object = {}) => ({ id, type: 'lens', config: {}, ...more })

test('a workflow whose nodes only moved in the list has not changed', () => {
  const edges = [
    { source: 'a', target: 'b' },
    { source: 'a', target: 'c' },
  ]
  const before = { title: 'T', nodes: [node('a'), node('b'), node('c')], edges }
  expect(changesBetween(before, { title: 'T', nodes: [node('c'), node('a'), node('b')], edges: edges.toReversed() })).toEqual([])
})

test('nodes are told by their ids, edges by what they join, and a change by its place', () => {
  const before = { nodes: [node('a', { config: { retry: { attempts: 1 } } }), node('b')], edges: [{ source: 'a', target: 'b' }] }
  const after = {
    nodes: [node('a', { config: { retry: { attempts: 3 } } }), node('c')],
    edges: [{ source: 'a', target: 'c', source_port: 'error' }],
  }
  expect(changesBetween(before, after)).toEqual([
    { path: '/nodes/a/config/retry/attempts', op: 'changed', from: 1, to: 3 },
    { path: '/nodes/c', op: 'added', to: node('c') },
    { path: '/nodes/b', op: 'removed', from: node('b') },
    { path: '/edges/a:error → c.input', op: 'added', to: { source: 'a', target: 'c', source_port: 'error' } },
    { path: '/edges/a:output → b.input', op: 'removed', from: { source: 'a', target: 'b' } },
  ])
})

test('a template of several lines is told line by line', () => {
  expect(changesBetween({ template: 'one\ntwo\nthree' }, { template: 'one\n2\nthree' })).toEqual([
    {
      path: '/template',
      op: 'changed',
      from: 'one\ntwo\nthree',
      to: 'one\n2\nthree',
      lines: [
        { op: 'same', text: 'one' },
        { op: 'removed', text: 'two' },
        { op: 'added', text: '2' },
        { op: 'same', text: 'three' },
      ],
    },
  ])
})

test('whatever the texts, what stays and is taken out is the old, what stays and is put in the new', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 }).map((lines) => lines.join('\n'))
  fc.assert(
    fc.property(text, text, (from, to) => {
      const lines = lineChanges(from, to)
      const side = (op: string) => lines.filter((line) => line.op === 'same' || line.op === op).map((line) => line.text)
      expect([side('removed').join('\n'), side('added').join('\n')]).toEqual([from, to])
    }),
  )
})
