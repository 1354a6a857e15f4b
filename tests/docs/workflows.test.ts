import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { validateWorkflow } from '@agon/runner-core/workflow'
import { expect, test } from 'vitest'

const page = readFileSync(join(fileURLToPath(new URL('../..', import.meta.url)), 'docs/workflows.md'), 'utf8')

test('the workflow of docs/workflows.md has no problem', () => {
  const example = /```json\n([\s\S]*?)```/.exec(page)![1]!
  const { document, problems } = validateWorkflow(JSON.parse(example))
  expect(problems).toEqual([])
  expect(document!.nodes.map(({ id }) => id)).toEqual(['post', 'brief', 'picture'])
})

test('the workflow of docs/workflow-battles.md has no problem', () => {
  const text = readFileSync(join(fileURLToPath(new URL('../..', import.meta.url)), 'docs/workflow-battles.md'), 'utf8')
  const example = /<!-- a workflow -->\n```json\n([\s\S]*?)```/.exec(text)![1]!
  expect(validateWorkflow(JSON.parse(example)).problems).toEqual([])
})
