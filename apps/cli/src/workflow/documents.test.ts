import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { inputsOf, isYaml, readDocument, written } from './documents.ts'

const folder = mkdtempSync(join(tmpdir(), 'agon-documents-'))
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

test('a document is the same in YAML and in JSON, and comes back as it was written', () => {
  const document = { title: 'A', nodes: [{ id: 'a', config: { template: 'one\ntwo', yes: 'no' } }] }
  for (const name of ['a.yaml', 'a.json']) expect(readDocument(file(name, written(document, isYaml(name))))).toEqual(document)
})

test('a file that is no document is told by its name and the place', () => {
  expect(() => readDocument(file('broken.yaml', 'a: [1,\nb: }'))).toThrow(/broken\.yaml is neither YAML nor JSON at line \d/)
  expect(() => readDocument(file('list.json', '[1]'))).toThrow('expected an object')
  expect(() => readDocument(join(folder, 'nowhere.yaml'))).toThrow('cannot be read')
})

test('an input is JSON where it is JSON, a file where it names one, and text otherwise', () => {
  const notes = file('notes.md', 'a=b\n')
  expect(inputsOf(['n=3', 'list=["a"]', 'text=the ocean = deep', `notes=@${notes}`, 'quoted="3"'], undefined)).toEqual({
    n: 3,
    list: ['a'],
    text: 'the ocean = deep',
    notes: 'a=b\n',
    quoted: '3',
  })
  expect(inputsOf(['b=2'], file('inputs.yaml', 'a: 1\nb: 1'))).toEqual({ a: 1, b: 2 })
  expect(() => inputsOf(['nothing'], undefined)).toThrow('expected name=value')
})
