import { z } from 'zod'
import { document, note, nothingNamed, someChange, tags, visibility } from './lens-requests.ts'

/** What callers send about workflows. */

const workflowDocument = document.meta({
  description: 'A workflow in the format agon.workflow/v1: see docs/workflows.md',
  example: {
    format: 'agon.workflow/v1',
    title: 'A haiku',
    inputs: { topic: { type: 'string' } },
    nodes: [{ id: 'write', type: 'lens', lens: { kind: 'text', template: 'A haiku about [[topic]].', model_key: 'openai:gpt-5-mini' } }],
  },
})

export const createWorkflow = z
  .strictObject({ document: workflowDocument, tags: tags.optional(), note: note.optional() })
  .meta({ id: 'CreateWorkflow' })

export const saveWorkflow = z
  .strictObject({ document: workflowDocument.optional(), visibility: visibility.optional(), tags: tags.optional(), note: note.optional() })
  .refine(someChange, nothingNamed)
  .meta({ id: 'SaveWorkflow' })

export const validateWorkflow = z.strictObject({ document: workflowDocument }).meta({ id: 'ValidateWorkflow' })

export const workflowId = z.object({ workflow_id: z.uuid() })
