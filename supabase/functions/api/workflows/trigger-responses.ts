import { z } from 'zod'

/** What callers get about triggers: see responses.ts. */

const timestamp = z.string().meta({ format: 'date-time' })

const fields = {
  trigger_id: z.uuid(),
  workflow_id: z.uuid(),
  version_id: z.uuid().nullable(),
  kind: z.enum(['schedule', 'webhook', 'battle_event', 'database_event', 'manual']),
  title: z.string(),
  enabled: z.boolean(),
  disabled_reason: z.enum(['owner', 'refused', 'ended', 'invalid']).nullable().meta({
    description:
      'owner asked for it; ten starts in a row were refused; nothing is due any more (ended); its times cannot be computed (invalid)',
  }),
  disabled_at: timestamp.nullable(),
  consecutive_failures: z.number().int().meta({ description: 'Starts refused since the last that was not' }),
  inputs: z.record(z.string(), z.unknown()),
  config: z.record(z.string(), z.unknown()),
  byok_keys: z.record(z.string(), z.string()),
  budget_usd: z.number().nullable(),
  requires_approval: z.boolean(),
  next_due_at: timestamp.nullable().meta({ description: 'Of a schedule' }),
  queued: z.number().int().meta({ description: 'Due times of a schedule that wait for a run before them to end' }),
  last_fired_at: timestamp.nullable(),
  previous_secret_valid_until: timestamp.nullable().meta({ description: 'Of a webhook trigger whose secret was replaced a while ago' }),
  url: z.string().optional().meta({ description: 'Of a webhook trigger: where to post' }),
  created_at: timestamp,
  updated_at: timestamp,
}
const trigger = z.object(fields).meta({ id: 'Trigger' })
const secret = z.string().meta({ description: 'Shown this once' })

const run = {
  run_id: z.uuid(),
  status: z.string(),
  created: z.boolean().meta({ description: 'false: this message, or the same start, had begun it before' }),
}

export const triggerShapes = {
  trigger,
  triggerMade: z.object({ ...fields, secret: secret.optional() }).meta({ id: 'TriggerMade' }),
  triggerWithSecret: z.object({ ...fields, secret }).meta({ id: 'TriggerWithSecret' }),
  triggerWithDues: z.object({ ...fields, next_dues: z.array(timestamp) }).meta({ id: 'TriggerWithDues' }),
  triggers: z.object({ triggers: z.array(trigger) }).meta({ id: 'Triggers' }),
  triggerRemoved: z.object({ trigger_id: z.uuid(), removed: z.literal(true) }).meta({ id: 'TriggerRemoved' }),
  triggerFired: z.object(run).meta({ id: 'TriggerFired' }),
  firingPage: z
    .object({
      firings: z.array(
        z.object({
          firing_id: z.number().int(),
          outcome: z.enum(['pending', 'started', 'skipped', 'missed', 'refused']),
          due_at: timestamp.nullable(),
          event_key: z.string().nullable(),
          run_id: z.uuid().nullable(),
          refused: z.string().nullable().meta({ description: 'An error code' }),
          message: z.string().nullable(),
          created_at: timestamp,
        }),
      ),
      next_cursor: z.number().int().nullable(),
    })
    .meta({ id: 'TriggerFiringPage' }),
  schedulePreview: z
    .object({
      timezone: z.string(),
      dues: z.array(z.object({ due_at: timestamp, local: z.string().meta({ description: 'As people there write it' }) })),
    })
    .meta({ id: 'SchedulePreview' }),
  hookAnswer: z.object({ ...run, output: z.unknown().optional(), error: z.unknown().optional() }).meta({ id: 'HookAnswer' }),
}
