import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import {
  compileWorkflow,
  inputContract,
  inputViolations,
  lensKinds,
  validateWorkflow,
  type WorkflowDocument,
} from '@agon/runner-core/workflow'
import { describe, expect, it, test } from 'vitest'
import { documents } from './documents.ts'
import { allTemplates, battlesWithoutJudge, findTemplate, missingKinds, templates, withModels } from './index.ts'

const models = { text: 'sparring:scribe', image: 'fal:flux-2', video: 'fal:veo-3.1-fast' }
const sha256 = async (text: string) => createHash('sha256').update(text).digest('hex')

test('there is one template for each of the 25 tasks, in their order, then those beyond; and every document is one of them', () => {
  expect(templates.map(({ slug }) => Number(slug.slice(0, 2)))).toEqual(Array.from({ length: 25 }, (_, nth) => nth + 1))
  const files = readdirSync(new URL('../documents', import.meta.url)).sort()
  expect(allTemplates.map(({ slug }) => `${slug}.json`)).toEqual(files)
  expect(Object.keys(documents).sort()).toEqual(allTemplates.map(({ slug }) => slug))
})

test('together they use all nine kinds of lenses', () => {
  const used = new Set(templates.flatMap(({ kinds }) => kinds))
  expect(lensKinds.filter((kind) => !used.has(kind))).toEqual([])
})

test('a template is found by its slug, its number and its name', () => {
  for (const name of ['09-media-router', '09', '9', 'media-router']) expect(findTemplate(name)?.slug).toBe('09-media-router')
  expect(findTemplate('battle')).toBe(allTemplates[25])
  expect(findTemplate('debate')).toBe(allTemplates[26])
  for (const name of ['', '0', '26', 'ba', 'tle', 'router', '../09-media-router', '9.0']) expect(findTemplate(name)).toBeUndefined()
})

describe.each(allTemplates.map((template) => [template.slug, template] as const))('%s', (_slug, { document, kinds, samples }) => {
  it('is a workflow without a single problem, of any severity, once its models are chosen', () => {
    expect(validateWorkflow(withModels(document, models)).problems).toEqual([])
  })

  it('needs nothing but models: chosen in the document or by default, it is the same', () => {
    const { problems } = validateWorkflow(document, { defaultModels: models })
    expect(problems).toEqual([])
    expect(missingKinds(withModels(document, models))).toEqual([])
  })

  it('compiles, and is bounded in time and, where it asks for text alone, in cost', async () => {
    const compiled = await compileWorkflow(withModels(document, models), { sha256 })
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.error))
    const { workflow } = compiled.value
    expect(workflow.timeout_ms).toBeLessThanOrEqual(3_600_000)
    // A budget takes no model without a price, and of those that make media few have one: who forks sets it.
    const asksForMedia = missingKinds(document).some((kind) => kind !== 'text')
    expect(workflow.budget_usd === null).toBe(asksForMedia)
    expect(workflow.budget_usd ?? 0).toBeLessThanOrEqual(2)
    expect(workflow.output_node_id).not.toBeNull()
    expect(workflow.capabilities).toEqual([])
  })

  it('has samples that meet its contract', () => {
    const { inputs } = document as unknown as WorkflowDocument
    const contract = inputContract.parse({ parameters: inputs, strict: true })
    expect(samples.length).toBeGreaterThan(0)
    for (const sample of samples) expect(inputViolations(contract, sample)).toEqual([])
    // A contract that takes anything checks nothing.
    expect(inputViolations(contract, {})).not.toEqual([])
  })

  it('says what each of its lenses takes and gives', () => {
    const lenses = lensesIn(document)
    for (const { kind, input_contract, output_contract } of lenses) {
      expect(Object.keys(input_contract?.parameters ?? {})).not.toEqual([])
      expect(output_contract?.kind).toBe(kind)
      const structured = ['research', 'validation', 'routing', 'orchestration'].includes(kind)
      if (structured) expect(output_contract?.schema).toBeTypeOf('object')
    }
    const used = new Set(lenses.map(({ kind }) => kind))
    expect(kinds.filter((kind) => (lensKinds as readonly string[]).includes(kind)).sort()).toEqual([...used].sort())
  })
})

interface Lens {
  kind: string
  input_contract?: { parameters: object }
  output_contract?: { kind?: string; schema?: unknown }
}

/** Every lens of a document, wherever it stands. */
function lensesIn(value: unknown): Lens[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, part]) => [
    ...(key === 'lens' && 'template' in (part as object) ? [part as Lens] : []),
    ...lensesIn(part),
  ])
}

describe('withModels', () => {
  it('of a team, names the models of members that name none; who sums up follows the first', () => {
    const members = [{ name: 'Ada' }, { name: 'Bo', model_key: 'mistral:mistral-small-latest' }]
    const document = { nodes: [{ id: 'team', type: 'team_run', config: { task: 'x', members, summary: {} } }] }
    expect(missingKinds(document)).toEqual(['text'])
    expect(withModels(document, { text: 'openai:gpt-5-mini' })).toMatchObject({
      nodes: [{ config: { members: [{ model_key: 'openai:gpt-5-mini' }, { model_key: 'mistral:mistral-small-latest' }], summary: {} } }],
    })
  })

  it('of a battle that is made, names the judges that are not named: by its node, else as any that answers in text', () => {
    const { document } = findTemplate('battle')!
    expect([missingKinds(document), battlesWithoutJudge(document)]).toEqual([['text'], ['create']])
    const judges = (models: object) =>
      (withModels(document, { ...models }).nodes as { config: { judges: unknown } }[]).map(({ config }) => config.judges)[0]
    expect(judges({ text: 'openai:gpt-5-mini', create: 'anthropic:claude-haiku-4-5' })).toEqual([{ model: 'anthropic:claude-haiku-4-5' }])
    expect(judges({ text: 'openai:gpt-5-mini' })).toEqual([{ model: 'openai:gpt-5-mini' }])
    expect(judges({ answer_a: 'openai:gpt-5-mini' })).toEqual([{}])
    expect(battlesWithoutJudge(withModels(document, { text: 'openai:gpt-5-mini' }))).toEqual([])
  })

  const { document } = findTemplate('15-fallback')!

  it('gives the node of an id its own model, and every other the one of its kind', () => {
    const chosen = withModels(document, { text: 'openai:gpt-5-mini', backup: 'anthropic:claude-haiku-4-5' })
    const keys = Object.fromEntries(
      (chosen.nodes as { id: string; lens?: { model_key?: string } }[]).map(({ id, lens }) => [id, lens?.model_key]),
    )
    expect(keys).toMatchObject({ primary: 'openai:gpt-5-mini', backup: 'anthropic:claude-haiku-4-5', reply: undefined })
  })

  it('reaches the lenses of loops and of orchestrations', () => {
    for (const slug of ['07-deep-research', '13-orchestrator']) {
      const chosen = withModels(findTemplate(slug)!.document, { text: 'openai:gpt-5-mini' })
      expect(lensesIn(chosen).map((lens) => (lens as { model_key?: string }).model_key)).toEqual(
        lensesIn(chosen).map(() => 'openai:gpt-5-mini'),
      )
    }
  })

  it('leaves a model that is named alone, and the document it was given', () => {
    const named = withModels(document, { text: 'openai:gpt-5-mini' })
    expect(withModels(named, { text: 'mistral:mistral-small-latest' })).toEqual(named)
    expect(missingKinds(document)).toEqual(['text'])
  })

  it('tells which kinds have to be chosen, those within loops too', () => {
    expect(missingKinds(findTemplate('23')!.document).sort()).toEqual(['image', 'text', 'video'])
    expect(missingKinds(findTemplate('25')!.document)).toEqual(['text'])
    expect(missingKinds(findTemplate('debate')!.document)).toEqual(['text'])
  })
})
