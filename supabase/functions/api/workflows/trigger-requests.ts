import {
  battleEventConfig,
  databaseEventConfig,
  manualConfig,
  scheduleConfig,
  scheduleFields,
  webhookConfig,
} from '@agon/runner-core/trigger-config'
import { z } from 'zod'

/** What callers send about triggers. */

const inputs = z.record(z.string().max(200), z.unknown()).meta({ description: 'Inputs of every run; what happened is added to them' })
const byokKeys = z.record(z.string(), z.uuid()).meta({ description: 'Your provider keys that pay, by provider' })
const budget = z.number().min(0).max(1_000_000)
const title = z.string().trim().max(200)

const common = {
  workflow_id: z.uuid(),
  title: title.default(''),
  version_id: z
    .uuid()
    .optional()
    .meta({ description: 'Without it the latest version; of another’s workflow the latest that is published' }),
  inputs: inputs.default({}),
  byok_keys: byokKeys.default({}),
  budget_usd: budget.optional().meta({ description: 'What one run may spend' }),
  requires_approval: z.boolean().default(false).meta({ description: 'Its runs wait until you approve them' }),
  enabled: z.boolean().default(true),
}

export const createTrigger = z
  .discriminatedUnion('kind', [
    z.strictObject({ ...common, kind: z.literal('schedule'), config: scheduleConfig }),
    z.strictObject({ ...common, kind: z.literal('webhook'), config: webhookConfig.prefault({}) }),
    z.strictObject({ ...common, kind: z.literal('battle_event'), config: battleEventConfig }),
    z.strictObject({ ...common, kind: z.literal('database_event'), config: databaseEventConfig.prefault({}) }),
    z.strictObject({ ...common, kind: z.literal('manual'), config: manualConfig.prefault({}) }),
  ])
  .meta({ id: 'CreateTrigger' })

export const updateTrigger = z
  .strictObject({
    title: title.optional(),
    version_id: z.uuid().nullable().optional().meta({ description: 'null: the latest' }),
    inputs: inputs.optional(),
    config: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({ description: 'Whole, as its kind has it: a field left out has its default' }),
    byok_keys: byokKeys.optional(),
    budget_usd: budget.nullable().optional(),
    requires_approval: z.boolean().optional(),
    enabled: z.boolean().optional().meta({ description: 'true forgives what was refused before' }),
  })
  .refine((changes) => Object.keys(changes).length > 0, 'name at least one field to change')
  .meta({ id: 'UpdateTrigger' })

export const fireTrigger = z.strictObject({ inputs: inputs.default({}) }).meta({ id: 'FireTrigger' })

export const previewSchedule = z
  .strictObject({
    ...scheduleFields,
    from: z.iso.datetime({ offset: true }).optional().meta({ description: 'Instead of now' }),
    count: z.int().min(1).max(100).default(10),
  })
  .meta({ id: 'PreviewSchedule' })

export const triggerId = z.object({ trigger_id: z.uuid() })
export const listTriggersQuery = z.strictObject({ workflow_id: z.uuid().optional() })
export const firingsQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.coerce.number().int().positive().optional(),
})
export const rotateQuery = z.strictObject({
  old_valid_s: z.coerce
    .number()
    .int()
    .min(0)
    .max(7 * 24 * 3600)
    .default(0)
    .meta({ description: 'Seconds for which the old secret opens too; by default none' }),
})

/** Whatever is shown there: who has no secret is not told what an id looks like. */
export const hookId = z.object({ trigger_id: z.string() })
export const hookQuery = z.strictObject({
  wait: z.coerce.number().int().min(0).max(20).default(0).meta({ description: 'Seconds to wait for the run’s end' }),
})
