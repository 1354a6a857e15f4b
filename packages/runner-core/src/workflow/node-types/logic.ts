import { z } from 'zod'
import { closed } from '../closed-object.ts'
import { label } from '../contract-schema.ts'
import { lensDocument, workflowLimits } from '../document.ts'
import { type ConfigFault, choice, DAY_MS, type NodeConfig, type NodeType, needed, nodeType, optional, template } from './node-type.ts'

const family = 'logic'
const any = optional('any', 'What it works on')
const path = z.string().min(1).max(500)
const portName = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_ .-]{0,62}$/, 'expected up to 63 letters, digits, spaces, _ . and -')
const expression = z.string().min(1).max(2000)
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()])
const operators = choice('equals', 'not_equals', 'contains', 'present', 'truthy', 'greater_than', 'at_least', 'less_than', 'at_most')

const waitMs = z.int().min(1).max(workflowLimits.timeoutMs)
const expires = waitMs.default(DAY_MS).describe('When nobody answers')

const invalid = (path: string, message: string, remedy: string): ConfigFault => ({ code: 'invalid_config', path, message, remedy })
const oneOf = (config: NodeConfig, ...keys: string[]): ConfigFault[] =>
  keys.filter((key) => config[key] !== undefined).length === 1
    ? []
    : [invalid('', `expected ${keys.join(' or ')}, and not both`, `Give one of ${keys.join(', ')}.`)]

interface LoopBody {
  lens?: unknown
  node?: unknown
  workflow_id?: unknown
}

export const logicTypes: NodeType[] = [
  nodeType({
    type: 'if_condition',
    family,
    summary: 'Goes on by the port true or false.',
    keys: {
      expression: expression.optional().describe('Liquid, as in {% if … %}: input.score >= 7 and inputs.strict'),
      path: path.optional().describe('Instead: what to look at in input; without it, all of it'),
      operator: operators.optional(),
      value: scalar.optional(),
    },
    aliases: { input_path: 'path' },
    parameters: { input: any },
    ports: ['true', 'false'],
    expressions: ['expression'],
    faults: (config) => oneOf(config, 'expression', 'operator'),
  }),
  nodeType({
    type: 'switch',
    family,
    summary: 'Goes on by the port of the first case that fits, else by the default port.',
    keys: {
      path: path.optional().describe('What to look at in input; without it, all of it'),
      cases: z
        .array(
          closed({ port: portName, value: scalar.optional(), operator: operators.default('equals'), expression: expression.optional() }),
        )
        .min(1)
        .max(50),
      default_port: portName.default('default'),
    },
    aliases: { input_path: 'path' },
    parameters: { input: any },
    ports: (config) => [
      ...new Set([
        ...((config.cases as { port: string }[] | undefined) ?? []).map(({ port }) => port),
        String(config.default_port ?? 'default'),
      ]),
    ],
    portsTold: 'the port of each case, and default_port',
    expressions: ['cases'],
  }),
  nodeType({
    type: 'merge',
    family,
    summary: 'Joins branches: of what came it makes one value.',
    keys: {
      mode: choice('first', 'concat', 'array', 'object')
        .default('object')
        .describe('first: of what came, the first in the workflow’s order'),
      allow_partial: z.boolean().default(false).describe('true: it runs when a branch has failed, with what came'),
    },
    parameters: { input: any },
    join: (config) => (config.allow_partial === true ? 'all_settled' : 'all'),
  }),
  nodeType({
    type: 'aggregate',
    family,
    summary: 'Collects what came into a list or an object.',
    keys: {
      mode: choice('array', 'object').default('array'),
      keys: z.array(z.string().min(1).max(63)).min(1).max(100).optional().describe('Only these labels, in this order'),
      allow_partial: z.boolean().default(false).describe('true: it runs when a branch has failed, with what came'),
    },
    parameters: { input: any },
    join: (config) => (config.allow_partial === true ? 'all_settled' : 'all'),
  }),
  nodeType({
    type: 'loop_map',
    family,
    summary: 'Runs its body for every item of a list, some at once, and collects what they came to in the list’s order.',
    keys: {
      items_path: path
        .regex(
          /^(?!__|(?:inputs|variables)(?:\.|$))[A-Za-z_][A-Za-z0-9_-]{0,62}(?:\.|$)/,
          'expected a label of the node, perhaps with a path behind it: rows, or input.rows',
        )
        .default('items')
        .describe('Where the list is in the inputs: a label, then a path'),
      item_variable: label.default('item').describe('The input of the body that is the item; index is its place'),
      body: closed({ lens: lensDocument.optional(), node: z.record(z.string(), z.unknown()).optional(), workflow_id: z.uuid().optional() }),
      concurrency: z.int().min(1).max(100).default(1),
      max_items: z.int().min(1).max(10_000).default(1000),
      on_item_error: choice('fail', 'skip', 'collect').default('fail').describe('skip: leave it out. collect: put {error} in its place'),
    },
    parameters: { items: optional('array', 'The list'), input: any },
    parametersOf: ({ items_path = 'items' }) => {
      const [label, ...rest] = String(items_path).split('.')
      return { input: any, [label!]: needed(rest.length === 0 ? 'array' : 'json', 'The list, or what holds it') }
    },
    faults: ({ body }) => {
      const { lens, node, workflow_id } = (body ?? {}) as LoopBody
      return [lens, node, workflow_id].filter((each) => each !== undefined).length === 1
        ? []
        : [invalid('body', 'expected one of lens, node and workflow_id', 'Say what to run for each item.')]
    },
    timeoutMs: DAY_MS,
  }),
  nodeType({
    type: 'sub_workflow',
    family,
    summary: 'Runs another workflow as one node of this one.',
    keys: {
      workflow_id: z.uuid(),
      version: z
        .union([z.literal('latest'), z.literal('pinned')])
        .default('latest')
        .describe('pinned: version_id says which'),
      version_id: z.uuid().optional(),
      input_mapping: z
        .record(z.string(), z.unknown())
        .optional()
        .describe('Its inputs: {label: value or template}. Without it, the inputs of this node'),
    },
    aliases: { version_pin: 'version' },
    parameters: { input: any },
    templates: ['input_mapping'],
    faults: (config) =>
      (config.version === 'pinned') === (config.version_id !== undefined)
        ? []
        : [invalid('version_id', 'goes with version: pinned', 'Give both, or neither.')],
    timeoutMs: DAY_MS,
  }),
  nodeType({
    type: 'wait',
    family,
    summary: 'Goes on after a time.',
    keys: {
      duration_ms: waitMs.optional(),
      until: template(200).optional().describe('A time like 2027-01-31T09:00:00Z'),
    },
    parameters: { input: any },
    templates: ['until'],
    faults: (config) => oneOf(config, 'duration_ms', 'until'),
    timeoutMs: workflowLimits.timeoutMs,
  }),
  nodeType({
    type: 'approval',
    family,
    summary: 'Asks a person, by an address with a token in it, and goes on by approved, rejected or expired.',
    keys: { prompt: template(4000).describe('What is asked'), expires_in_ms: expires },
    parameters: { input: any },
    ports: ['approved', 'rejected', 'expired'],
    templates: ['prompt'],
    promptKey: 'prompt',
    timeoutMs: workflowLimits.timeoutMs,
  }),
  nodeType({
    type: 'external_wait',
    family,
    summary: 'Waits until somebody posts to an address with a token in it; what they send is its output.',
    keys: { prompt: template(4000).optional().describe('Shown to who answers'), expires_in_ms: expires },
    parameters: { input: any },
    ports: ['output', 'expired'],
    templates: ['prompt'],
    promptKey: 'prompt',
    timeoutMs: workflowLimits.timeoutMs,
  }),
  nodeType({
    type: 'error_catch',
    family,
    summary: 'Runs when a node before it failed, and makes its error a value: the port caught, or output when nothing failed.',
    keys: {
      codes: z.array(z.string().min(1).max(63)).min(1).max(50).optional().describe('Only these error codes; another fails this node too'),
    },
    aliases: { error_types: 'codes' },
    parameters: { input: any },
    ports: ['output', 'caught'],
    join: 'all_settled',
  }),
  nodeType({
    type: 'stop_return',
    family,
    summary: 'Ends the run as completed, with a value; what has not ended is cancelled.',
    keys: {
      value: z.unknown().optional().describe('A value or template; without it, the input'),
      return_as: choice('raw', 'json', 'text').default('raw'),
    },
    aliases: { return_value: 'value' },
    parameters: { input: any },
    templates: ['value'],
  }),
]

export const dataTypes: NodeType[] = [
  nodeType({
    type: 'prompt_template',
    family: 'data',
    summary: 'Renders a template.',
    keys: {
      template: template(),
      variables: z.record(z.string(), z.unknown()).optional().describe('More names for the template: {name: value}'),
      trim_output: z.boolean().default(true),
    },
    parameters: { input: any },
    templates: ['template'],
    promptKey: 'template',
  }),
  nodeType({
    type: 'output_parser',
    family: 'data',
    summary: 'Reads JSON out of a text, and holds it to a schema.',
    keys: {
      schema: z
        .union([z.boolean(), z.record(z.string(), z.unknown())])
        .optional()
        .describe('JSON Schema'),
      trim_code_fences: z.boolean().default(true),
      strict: z.boolean().default(false).describe('true: the text must be JSON alone'),
    },
    parameters: { input: needed('any', 'The text') },
  }),
  nodeType({
    type: 'set_variables',
    family: 'data',
    summary: 'Sets variables of the run, which later nodes read as variables.name, and hands its input on.',
    keys: {
      variables: z
        .array(
          closed({ name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,62}$/), value: z.unknown(), overwrite: z.boolean().default(true) }),
        )
        .min(1)
        .max(100),
    },
    parameters: { input: any },
    templates: ['variables'],
  }),
]
