import { describe, expect, it } from 'vitest'
import { renderTemplate } from '../template.ts'
import { bindInputs } from './bind-inputs.ts'
import { inputContract } from './contract-schema.ts'
import { runInputs, templateScope } from './run-inputs.ts'

const { parameters } = inputContract.parse({
  parameters: { topic: { type: 'string' }, tone: { required: false }, words: { type: 'integer', default: 0 } },
})

describe('the inputs a run starts with', () => {
  it('are those given, with defaults, and null for what may be left out', () => {
    expect(runInputs(parameters, { topic: '' })).toEqual({ ok: true, value: { topic: '', tone: null, words: 0 } })
  })

  it('keep their contract: every violation is told, also a label that is not declared', () => {
    const refused = runInputs(parameters, { words: 'many', topik: 'sea' })
    expect(!refused.ok && refused.error.map(({ path, reason }) => [path, reason])).toEqual([
      ['/topic', 'missing_required'],
      ['/words', 'type_mismatch'],
      ['/topik', 'unknown_field'],
    ])
    expect(runInputs(parameters, { topic: 'sea', event: 1 }, { strict: false })).toMatchObject({ ok: true, value: { event: 1 } })
  })
})

it('a template prints nothing for what may be left out, and the run’s inputs and variables by their names', () => {
  const lens = { kind: 'text', template: 'x', input_contract: { parameters, strict: false } }
  const job = { nodeType: 'lens', lens, config: {}, runInputs: { topic: 'the sea', tone: null, words: 0 }, variables: { mood: 'calm' } }
  const inputs = bindInputs({ ...job, edges: [], parents: {} })
  const scope = templateScope(job, inputs.ok ? inputs.value : {})
  expect(renderTemplate('[[topic]]|[[tone]]|[[words]]|{{ inputs.tone }}|{{ variables.mood }}|{% if tone %}no{% endif %}', scope)).toEqual({
    ok: true,
    value: 'the sea||0||calm|',
  })
  expect(renderTemplate('[[elsewhere]]', scope)).toMatchObject({ ok: false, error: { code: 'template_invalid' } })
})
