import { commonKeyNames, commonKeys, type NodeType, nodeTypeList, problemTable } from '@agon/runner-core/workflow'
import { z } from 'zod'

const families: Record<string, string> = {
  lens: 'Lenses',
  logic: 'Flow',
  data: 'Data',
  battle: 'Battles',
  media: 'Media',
  tool: 'Tools',
}

const jobs: Record<string, string> = {
  workflow_node: 'the database alone',
  lens_run: 'a text provider',
  workflow_media: 'a media provider',
  workflow_tool: 'the outside, or a sandbox',
  workflow_program: 'a program on a worker',
  team_run: 'the database alone; its turns a text provider',
}

/** docs/workflow-nodes.md: every type of node, out of the registry. */
export function renderWorkflowNodes(): string {
  const lines = [
    '# Nodes of a workflow',
    '',
    'Every node has an `id`, a `type`, perhaps a `label`, and a `config` of the keys below. Keys are kept in snake_case; camelCase is read too.',
    'A key that a type does not have is refused, by name. The types are `packages/runner-core/src/workflow/node-types`; this page is made from them.',
    'What comes in by an edge, and how templates read it, is in [workflows.md](workflows.md).',
    '',
    '## What every node takes',
    '',
    ...keyTable(commonKeys(60_000), commonKeyNames),
    '',
    'Every node also has the port `error`: its edges are taken when the node fails or times out, and bring `{"error": {"code", "message"}}` as data.',
    '',
  ]
  for (const [family, title] of Object.entries(families)) {
    lines.push(`## ${title}`, '')
    for (const type of nodeTypeList.filter((each) => each.family === family)) lines.push(...section(type))
  }
  lines.push('## Problems', '', 'What a check of a workflow can find.', '', '| code | | what to do |', '|---|---|---|')
  for (const [code, { severity, remedy }] of Object.entries(problemTable)) lines.push(`| \`${code}\` | ${severity} | ${cell(remedy)} |`)
  return `${lines.join('\n').trimEnd()}\n`
}

function section(type: NodeType): string[] {
  const lines = [`### \`${type.type}\``, '', type.summary, '']
  if (type.ownKeys.length > 0) lines.push(...keyTable(type.config.shape, type.ownKeys), '')
  const inputs = Object.entries(type.parameters).map(
    ([label, { type, required, description }]) =>
      `\`${label}\` (${type}${required ? '' : ', optional'})${description ? `: ${description}` : ''}`,
  )
  const timeoutMs = defaultOf(type.config.shape.timeout_ms)
  const facts = [
    ...(inputs.length > 0 ? [`Inputs: ${inputs.join('. ')}.`] : []),
    `Ports: ${type.portsTold}, error.`,
    ...(type.templates.length > 0 ? [`Templates: ${type.templates.map((key) => `\`${key}\``).join(', ')}.`] : []),
    `Needs ${jobOf(type)}${type.credentialProvider ? `, ${type.credentialRequired ? 'and' : 'perhaps'} a connection of kind \`${type.credentialProvider({})}\`` : ''}${type.capabilities.length > 0 ? `, and something that can do \`${type.capabilities.join('`, `')}\`` : ''}.`,
    ...(type.sideEffects ? ['A dry run does not do it.'] : []),
    ...(type.join({}) === 'all_settled' ? ['Runs whatever became of its parents.'] : []),
    ...(timeoutMs !== 60_000 && !type.ownKeys.includes('timeout_ms')
      ? [`\`timeout_ms\` is ${String(timeoutMs)} unless it says otherwise.`]
      : []),
  ]
  return [...lines, facts.join(' '), '']
}

const jobOf = (type: NodeType): string =>
  type.type === 'lens' ? 'a text or media provider by its kind; of kind pdf, a driver that writes files' : jobs[type.jobKind(undefined)]!

function keyTable(shape: Record<string, z.ZodType>, keys: readonly string[]): string[] {
  const rows = keys.map((key) => {
    const schema = shape[key]!
    const fallback = defaultOf(schema)
    const needed = !schema.safeParse(undefined).success ? 'required' : fallback === undefined ? '' : `\`${cell(JSON.stringify(fallback))}\``
    return `| \`${key}\` | ${typeOf(schema)} | ${needed} | ${cell(descriptionOf(schema) ?? '')} |`
  })
  return ['| key | takes | default | |', '|---|---|---|---|', ...rows]
}

const cell = (text: string): string => text.replaceAll('|', '\\|')

function inner(schema: z.ZodType): z.ZodType | undefined {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNullable
  )
    return schema.unwrap() as z.ZodType
  return undefined
}

function descriptionOf(schema: z.ZodType): string | undefined {
  const below = inner(schema)
  return schema.description ?? (below && descriptionOf(below))
}

function defaultOf(schema: z.ZodType | undefined): unknown {
  const parsed = schema?.safeParse(undefined)
  return parsed?.success ? parsed.data : undefined
}

function typeOf(schema: z.ZodType): string {
  const below = inner(schema)
  if (below) return typeOf(below)
  if (schema instanceof z.ZodEnum) return schema.options.map((option) => `\`${String(option)}\``).join(', ')
  if (schema instanceof z.ZodLiteral) return [...schema.values].map((value) => `\`${JSON.stringify(value)}\``).join(', ')
  if (schema instanceof z.ZodUnion) return schema.options.map((option) => typeOf(option as z.ZodType)).join(' or ')
  if (schema instanceof z.ZodArray) return `list of ${typeOf(schema.element as z.ZodType)}`
  if (schema instanceof z.ZodObject)
    return `{${Object.entries(schema.shape as Record<string, z.ZodType>)
      .map(([key, part]) => `${key}${part.safeParse(undefined).success ? '?' : ''}`)
      .join(', ')}}`
  if (schema instanceof z.ZodRecord) return 'object'
  if (schema instanceof z.ZodNumber) {
    const { minValue, maxValue, isInt } = schema as z.ZodNumber & { isInt?: boolean }
    const bounds = [minValue, maxValue].map((bound) =>
      bound === null || !Number.isFinite(bound) || Math.abs(bound) === Number.MAX_SAFE_INTEGER ? undefined : bound,
    )
    const told = bounds[0] !== undefined && bounds[1] !== undefined ? ` from ${bounds[0]} to ${bounds[1]}` : ''
    return `${isInt ? 'whole number' : 'number'}${told}`
  }
  if (schema instanceof z.ZodBoolean) return 'true or false'
  if (schema instanceof z.ZodUUID) return 'UUID'
  if (schema instanceof z.ZodString) return 'text'
  if (schema instanceof z.ZodNull) return 'null'
  return 'any'
}
