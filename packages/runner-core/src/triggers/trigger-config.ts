import { z } from 'zod'

/** What a trigger of each kind is told, as it is stored. docs/triggers.md says what each field does. */

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

const label = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,62}$/, 'letters, digits and _, at most 63')
  .meta({ description: 'The input that what happened becomes' })
const date = z.iso.date()
const instant = z.iso.datetime({ offset: true })

export const scheduleFields = {
  cron_expr: z
    .string()
    .min(1)
    .max(200)
    .meta({ description: 'Five fields: minute hour day-of-month month day-of-week', example: '0 9 * * 1-5' }),
  timezone: z.string().min(1).max(64).default('UTC').meta({ description: 'An IANA time zone', example: 'Europe/Berlin' }),
  calendar: z
    .strictObject({
      mode: z.enum(['skip', 'only']).meta({ description: 'Whether these days are left out, or are the only ones' }),
      dates: z.array(date).max(1000).default([]),
      weekdays: z.array(z.enum(weekdays)).max(7).default([]),
    })
    .refine(({ dates, weekdays: days }) => dates.length + days.length > 0, 'name dates or weekdays')
    .optional(),
  start_at: instant.optional().meta({ description: 'Nothing is due before' }),
  end_at: instant.optional().meta({ description: 'Nothing is due after' }),
}

/** Whether its expression and its zone can be read, `scheduleDues` says: who only parses a request does not load the library for that. */
export const scheduleConfig = z
  .strictObject({
    ...scheduleFields,
    missed: z.enum(['skip', 'run_once', 'run_all']).default('skip').meta({
      description: 'What becomes of due times that nothing dispatched in time: none, the latest, or the latest missed_limit of them run',
    }),
    missed_limit: z.int().min(1).max(100).default(10),
    missed_after_ms: z.int().min(60_000).max(86_400_000).default(300_000).meta({ description: 'From when on a due time is missed' }),
    overlap: z
      .enum(['parallel', 'skip', 'queue', 'cancel_previous'])
      .default('skip')
      .meta({ description: 'What a due time does while max_concurrent runs of this schedule have not ended' }),
    max_concurrent: z.int().min(1).max(100).optional().meta({ description: 'Default: 1, and without a bound for parallel' }),
    max_queued: z.int().min(1).max(100).default(10),
    input_label: label.default('scheduled_for'),
  })
  .meta({ id: 'ScheduleConfig' })
export type ScheduleConfig = z.output<typeof scheduleConfig>

export const webhookConfig = z
  .strictObject({
    auth: z.enum(['bearer', 'hmac']).default('bearer').meta({
      description: 'bearer: the secret is sent with every request; hmac: requests are signed with it, as Standard Webhooks says',
    }),
    input_path: z
      .string()
      .regex(/^[^.\s]+(\.[^.\s]+)*$/, 'a dotted path into the body, as data.inputs')
      .max(200)
      .optional()
      .meta({ description: 'Where in the body the inputs are; without it the body is the inputs' }),
    input_label: label.default('body').meta({ description: 'The input that what is found there becomes when it is no object' }),
  })
  .meta({ id: 'WebhookTriggerConfig' })

const eventType = z.string().regex(/^(\*|[a-z_]+\.\*|[a-z_]+(\.[a-z_]+)+)$/, 'an event type as battle.closed, a family as battle.*, or *')
export const battleEventConfig = z
  .strictObject({
    types: z
      .array(eventType)
      .min(1)
      .max(50)
      .refine((types) => !types.includes('contender.delta'), 'deltas of a text start nothing'),
    battle_id: z.uuid().optional().meta({ description: 'Of this battle; without it of all of yours' }),
    filter: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({ description: 'What the event must contain, as {"outcome": "winner"}', example: { outcome: 'winner' } }),
    max_per_minute: z.int().min(1).max(6000).optional(),
    input_label: label.default('event'),
  })
  .meta({ id: 'BattleEventConfig' })

export const databaseEventConfig = z
  .strictObject({
    columns: z
      .array(z.string().min(1).max(63))
      .min(1)
      .max(100)
      .optional()
      .meta({ description: 'The columns that are handed on; without it all' }),
    max_per_minute: z.int().min(1).max(6000).default(60).meta({ description: 'Changes beyond are skipped, and the firings say so' }),
    input_label: label.default('change'),
  })
  .meta({ id: 'DatabaseEventConfig' })

export const manualConfig = z.strictObject({}).meta({ id: 'ManualTriggerConfig' })

export const triggerConfigs = {
  schedule: scheduleConfig,
  webhook: webhookConfig,
  battle_event: battleEventConfig,
  database_event: databaseEventConfig,
  manual: manualConfig,
} as const
export type TriggerKind = keyof typeof triggerConfigs
