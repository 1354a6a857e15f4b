import { z } from 'zod'
import { startFields, startRules } from './run-requests.ts'

/** What callers send about teams. The node type says the same once more when the document is read: team_run in docs/workflow-nodes.md. */

const modelKey = z.string().min(1).max(200).optional().meta({ description: 'provider:model; without it the default for text' })
const asked = {
  model_key: modelKey,
  max_tokens: z.int().min(1).max(1_000_000).optional(),
  temperature: z.number().min(0).max(2).optional(),
}

const { inputs: _, ...start } = startFields

export const startTeamRun = z
  .strictObject({
    task: z.string().trim().min(1).max(32_000).meta({ description: 'What to work on: text, and no template' }),
    title: z.string().trim().min(1).max(200).optional(),
    members: z
      .array(z.strictObject({ name: z.string().max(40), system_prompt: z.string().max(30_000).optional(), ...asked }))
      .min(2)
      .max(8)
      .meta({
        example: [
          { name: 'Ada', model_key: 'openai:gpt-5-mini' },
          { name: 'Bo', model_key: 'anthropic:claude-haiku-4-5' },
        ],
      }),
    mode: z.enum(['turns', 'parallel']).optional(),
    rounds: z.int().min(1).max(20).optional(),
    stop_when: z
      .union([z.string().trim().min(1).max(200), z.strictObject({ agreed: z.literal(true) })])
      .optional()
      .meta({ description: 'A phrase that ends the team when a last line is that alone, or {agreed: true}' }),
    summary: z
      .strictObject({ instructions: z.string().min(1).max(30_000).optional(), ...asked })
      .optional()
      .meta({ description: 'One more call, that makes one answer of what was said' }),
    config: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({ description: 'Of the node that runs the team, as in a workflow: retry (of its turns), timeout_ms, moderation' }),
    ...start,
  })
  .superRefine(startRules)
  .meta({ id: 'StartTeamRun' })
