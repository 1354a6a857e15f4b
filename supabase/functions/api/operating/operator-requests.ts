import { battleKinds, jobKinds, workflowKinds } from '@agon/runner-core/job-kinds'
import { z } from 'zod'

/** What whoever runs the project sends. */

const filter = {
  error_code: z.string().min(1).max(100).optional().meta({ description: 'As GET /errors lists them', example: 'provider_auth' }),
  battle_id: z.uuid().optional(),
  run_id: z.uuid().optional().meta({ description: 'Of a workflow’s run' }),
  since: z.iso
    .datetime({ offset: true })
    .optional()
    .meta({ description: 'Given up at this time or later', example: '2026-11-20T03:00:00Z' }),
}

export const deadLettersQuery = z.strictObject({
  state: z.enum(['open', 'redriven', 'all']).default('open'),
  kind: z.enum(jobKinds).optional(),
  ...filter,
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.coerce.number().int().min(1).optional().meta({ description: 'next_cursor of the page before' }),
})

export const deadLetterId = z.object({ dead_letter_id: z.coerce.number().int().min(1) })

export const redriveMany = z
  .strictObject({
    kind: z
      .enum([...battleKinds, ...workflowKinds, 'webhook_delivery'])
      .optional()
      .meta({ description: 'Without one those of battles and runs; a webhook’s deliveries are sent again only by this name' }),
    ...filter,
    limit: z.number().int().min(1).max(500).default(100),
    after: z.number().int().min(1).optional().meta({ description: 'next_after of the answer before' }),
  })
  .meta({ id: 'Redrive' })

const reason = z.string().trim().max(500).default('').meta({ description: 'Shown to whoever looks next' })

export const turnSwitch = z
  .strictObject({
    provider: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .meta({ description: 'A provider by its id; without one, the whole system', example: 'openai' }),
    reason,
  })
  .meta({ id: 'Switch' })

export const holdBattle = z.strictObject({ reason }).meta({ id: 'Hold' })
