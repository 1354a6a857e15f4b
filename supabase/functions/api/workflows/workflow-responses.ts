import { z } from 'zod'
import { keptFields, versionFields } from './lens-responses.ts'

/** What callers get about workflows: see responses.ts. */

const workflowDocument = z
  .object({
    format: z.literal('agon.workflow/v1'),
    title: z.string(),
    description: z.string().optional(),
    scheduling: z.enum(['waves', 'eager']),
    max_in_flight: z.number().int(),
    timeout_ms: z.number().int().optional(),
    budget_usd: z.number().optional(),
    inputs: z.record(z.string(), z.record(z.string(), z.unknown())),
    nodes: z.array(z.record(z.string(), z.unknown())),
    edges: z.array(z.record(z.string(), z.unknown())),
    output: z.string().optional(),
  })
  .meta({ id: 'WorkflowDocument' })

const problem = z
  .object({
    code: z.string(),
    severity: z.enum(['error', 'warning']).meta({ description: 'An error keeps it from being saved' }),
    node_id: z.string().optional(),
    edge: z.number().int().optional().meta({ description: 'Its place in edges' }),
    path: z.string().optional().meta({ description: 'JSON pointer into the document' }),
    message: z.string(),
    remedy: z.string(),
  })
  .meta({ id: 'WorkflowProblem' })

const fields = {
  workflow_id: z.uuid(),
  ...keptFields,
  nodes: z.number().int().meta({ description: 'How many' }),
  capabilities: z.array(z.string()).meta({ description: 'What a worker must be able to do that functions cannot' }),
  cost_estimate_usd: z
    .number()
    .nullable()
    .meta({ description: 'What one run is expected to cost at most, of the nodes whose price is known' }),
}

export const workflowShapes = {
  workflow: z
    .object({
      ...fields,
      document: workflowDocument,
      warnings: z.array(problem).meta({ description: 'Of a document that was just saved' }),
    })
    .meta({ id: 'Workflow' }),
  workflowPage: z
    .object({ workflows: z.array(z.object(fields).meta({ id: 'WorkflowSummary' })), next_cursor: z.string().nullable() })
    .meta({ id: 'WorkflowPage' }),
  workflowVersions: z
    .object({ versions: z.array(z.object({ ...versionFields, nodes: z.number().int() })) })
    .meta({ id: 'WorkflowVersions' }),
  workflowArchived: z.object({ workflow_id: z.uuid(), archived: z.literal(true) }).meta({ id: 'WorkflowArchived' }),
  workflowValidation: z.object({ valid: z.boolean(), problems: z.array(problem) }).meta({ id: 'WorkflowValidation' }),
  workflowDocument,
}
