import { readFileSync } from 'node:fs'
import { parse, stringify, YAMLParseError } from 'yaml'
import { usageError } from '../cli-error.ts'

export type Document = Record<string, unknown>

/** A document of YAML or JSON, which is YAML too. What it says is the API's to judge; here it has to be an object. */
export function readDocument(path: string): Document {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw usageError(`${path} cannot be read: ${(error as Error).message}.`)
  }
  let value: unknown
  try {
    // No anchors that multiply, no types beyond JSON's.
    value = parse(text, { maxAliasCount: 100, schema: 'core' })
  } catch (error) {
    const place = error instanceof YAMLParseError && error.linePos ? ` at line ${error.linePos[0].line}` : ''
    throw usageError(`${path} is neither YAML nor JSON${place}: ${(error as Error).message.split('\n', 1)[0]}`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw usageError(`${path} is no document: expected an object.`)
  return value as Document
}

/** As a file of that name would have it. */
export const written = (document: unknown, asYaml: boolean): string =>
  asYaml ? stringify(document, { lineWidth: 0 }).trimEnd() : JSON.stringify(document, null, 2)

export const isYaml = (path: string): boolean => /\.ya?ml$/i.test(path)

/** `name=value` options as inputs: JSON where it is JSON, else text; `name=@file` is the file's text. */
export function inputsOf(given: readonly string[] | undefined, file: string | undefined): Record<string, unknown> {
  const inputs: Record<string, unknown> = file === undefined ? {} : readDocument(file)
  for (const one of given ?? []) {
    const at = one.indexOf('=')
    if (at < 1) throw usageError(`--input ${one}: expected name=value.`, 'For example --input topic="the ocean", or --input text=@notes.md')
    inputs[one.slice(0, at)] = givenValue(one.slice(at + 1))
  }
  return inputs
}

export function givenValue(text: string): unknown {
  if (text.startsWith('@')) {
    try {
      return readFileSync(text.slice(1), 'utf8')
    } catch (error) {
      throw usageError(`${text.slice(1)} cannot be read: ${(error as Error).message}.`)
    }
  }
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
