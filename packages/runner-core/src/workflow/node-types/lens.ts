import { z } from 'zod'
import { closed } from '../closed-object.ts'
import { type LensDocument, lensDocument } from '../document.ts'
import { type ConfigFault, type JobKind, modelKey, type NodeConfig, type NodeType, nodeType, optional } from './node-type.ts'

const jobKindOfLens: Record<LensDocument['kind'], JobKind> = {
  text: 'lens_run',
  research: 'lens_run',
  transform: 'lens_run',
  orchestration: 'lens_run',
  validation: 'lens_run',
  routing: 'lens_run',
  image: 'workflow_media',
  video: 'workflow_media',
  pdf: 'workflow_tool',
}

const routeName = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_ .-]{0,62}$/, 'expected up to 63 letters, digits, spaces, _ . and -')
const route = closed({ name: routeName, description: z.string().max(2000).optional() })

/** Ports that a lens has whatever its routes are called. */
const reserved = ['output', 'error', '@settled']

interface LensConfig {
  routes?: { name: string }[]
  criteria?: unknown[]
  caps?: unknown
  lenses?: { name: string; lens?: unknown; lens_version_id?: string; workflow_id?: string }[]
}

function faults(given: NodeConfig, lens: LensDocument | undefined): ConfigFault[] {
  const { routes, criteria, caps, lenses } = given as LensConfig
  const found: ConfigFault[] = []
  const belongs = (key: string, kind: string) =>
    found.push({
      code: 'invalid_config',
      path: key,
      message: `${key} belongs to a lens of kind ${kind}`,
      remedy: `Remove ${key}, or change the kind of the lens.`,
    })
  if (lens && lens.kind !== 'routing' && routes) belongs('routes', 'routing')
  if (lens && lens.kind !== 'validation' && criteria) belongs('criteria', 'validation')
  if (lens && lens.kind !== 'orchestration' && caps) belongs('caps', 'orchestration')
  if (lens && lens.kind !== 'orchestration' && lenses) belongs('lenses', 'orchestration')
  if (lens?.kind === 'routing' && (routes?.length ?? 0) < 2)
    found.push({
      code: 'routing_insufficient_routes',
      path: 'routes',
      message: 'a routing lens chooses among at least two routes',
      remedy: 'Give config.routes: [{"name": "…", "description": "…"}, …], and an edge from each port of that name.',
    })
  const names = new Set<string>()
  for (const [at, { name }] of (routes ?? []).entries()) {
    if (names.has(name) || reserved.includes(name))
      found.push({
        code: 'duplicate_route',
        path: `routes/${at}/name`,
        message: reserved.includes(name) ? `${name} is a port of every node` : `there are two routes ${name}`,
        remedy: 'Give each route a name of its own.',
      })
    names.add(name)
  }
  if (lens?.kind === 'validation' && (criteria?.length ?? 0) === 0)
    found.push({
      code: 'validation_missing_criteria',
      path: 'criteria',
      message: 'a validation lens has nothing to validate by',
      remedy: 'Give config.criteria: [{"name": "…", "description": "…"}, …].',
    })
  if (lens?.kind === 'orchestration' && !caps)
    found.push({
      code: 'orchestration_missing_caps',
      path: 'caps',
      message: 'an orchestration lens needs caps',
      remedy: 'Give config.caps: {"max_nodes": 10, "max_depth": 2, "budget_usd": 1}.',
    })
  const callable = new Set<string>()
  for (const [at, { name, lens: inline, lens_version_id, workflow_id }] of (lenses ?? []).entries()) {
    if ([inline, lens_version_id, workflow_id].filter((each) => each !== undefined).length !== 1 || callable.has(name))
      found.push({
        code: 'invalid_config',
        path: `lenses/${at}`,
        message: callable.has(name) ? `there are two lenses ${name}` : 'expected one of lens, lens_version_id and workflow_id',
        remedy: 'Give each a name of its own, and one thing to run.',
      })
    callable.add(name)
  }
  return found
}

export const lensTypes: NodeType[] = [
  nodeType({
    type: 'lens',
    family: 'lens',
    summary: 'Runs a lens: its template with the inputs in it, asked of its model.',
    keys: {
      model_key: modelKey.optional().describe('Instead of the lens’s own'),
      max_tokens: z.int().min(1).max(1_000_000).optional(),
      temperature: z.number().min(0).max(2).optional(),
      routes: z.array(route).max(50).optional().describe('Of a routing lens: what it may choose. The name of each is a port'),
      fallback_route: routeName.optional().describe('Of a routing lens: what it takes when the model chooses none of them'),
      criteria: z
        .array(
          closed({
            name: z.string().min(1).max(200),
            description: z.string().max(2000).optional(),
            weight: z.number().positive().max(100).default(1),
            required: z.boolean().default(false).describe('To fail it is to fail all'),
          }),
        )
        .max(50)
        .optional()
        .describe('Of a validation lens: what it looks at'),
      pass_score: z.number().min(0).max(1).default(0.7).describe('Of a validation lens: the weighted share of criteria that passes'),
      caps: closed({
        max_nodes: z.int().min(1).max(100),
        max_depth: z.int().min(1).max(5),
        budget_usd: z.number().min(0).max(1_000_000),
      })
        .optional()
        .describe('Of an orchestration lens: how many lenses it may begin, how deep, for how much'),
      lenses: z
        .array(
          closed({
            name: z.string().regex(/^[a-z][a-z0-9_-]{0,62}$/, 'expected a small letter, then small letters, digits, _ and -'),
            description: z.string().max(2000).optional(),
            lens: lensDocument.optional(),
            lens_version_id: z.uuid().optional(),
            workflow_id: z.uuid().optional(),
          }),
        )
        .min(1)
        .max(50)
        .optional()
        .describe('Of an orchestration lens: what it may begin. Without them, it plans prompts for its own model'),
      search: closed({
        queries: z.int().min(1).max(10).default(3),
        results: z.int().min(1).max(20).default(5),
        topic: z.enum(['general', 'news']).optional(),
      })
        .optional()
        .describe('Of a research lens: how much it looks up'),
      unsupported_characters: z
        .enum(['fail', 'replace'], 'expected fail or replace')
        .default('fail')
        .describe('Of a pdf lens: what becomes of a character no font has'),
    },
    parameters: { input: optional('any', 'For the template') },
    ports: (config, lens) => [
      'output',
      ...(lens?.kind === 'validation' ? ['pass', 'fail'] : []),
      ...(lens?.kind === 'routing' ? ((config as LensConfig).routes ?? []).map(({ name }) => name) : []),
    ],
    portsTold: 'output; of a validation lens also pass and fail; of a routing lens its routes',
    jobKind: (lens) => jobKindOfLens[lens?.kind ?? 'text'],
    modelKind: (lens) => (lens?.kind === 'image' || lens?.kind === 'video' ? lens.kind : lens?.kind === 'pdf' ? undefined : 'text'),
    lens: 'required',
    faults,
    timeoutMs: 300_000,
  }),
]
