import { z } from 'zod'

/** What callers get about templates: see responses.ts. */

const summary = {
  slug: z.string(),
  task: z.string().meta({ description: 'What it is for' }),
  title: z.string(),
  description: z.string(),
  kinds: z.array(z.string()).meta({ description: 'Kinds of lenses in it, and node types it is about' }),
  shows: z.string().meta({ description: 'What of a workflow it shows' }),
  asks: z.array(z.string()).meta({ description: 'The kinds of models it asks, which a fork may name' }),
}

export const templateShapes = {
  templates: z.object({ templates: z.array(z.object(summary).meta({ id: 'WorkflowTemplateSummary' })) }).meta({ id: 'WorkflowTemplates' }),
  template: z
    .object({
      ...summary,
      document: z.record(z.string(), z.unknown()).meta({ description: 'In the format agon.workflow/v1; it names no model' }),
      samples: z.array(z.record(z.string(), z.unknown())).meta({ description: 'Inputs that it runs with' }),
    })
    .meta({ id: 'WorkflowTemplate' }),
}
