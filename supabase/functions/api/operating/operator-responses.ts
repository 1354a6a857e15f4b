import { z } from 'zod'
import { battleStatus } from '../requests.ts'

/** What whoever runs the project gets. Read by the OpenAPI document and the client's types alone, as responses.ts says. */

const timestamp = z.string().meta({ format: 'date-time' })
const count = z.number().int()

const deadLetter = z
  .object({
    dead_letter_id: count,
    job_id: count,
    kind: z.string(),
    subject_id: z.uuid().nullable(),
    battle_id: z.uuid().nullable(),
    battle_status: battleStatus.nullable(),
    contender_id: z.uuid().nullable(),
    slot: z.string().nullable(),
    run_id: z.uuid().nullable(),
    run_status: z.string().nullable(),
    node_id: z.string().nullable().meta({ description: 'Of a workflow; redriving runs it again, and all after it' }),
    model: z.string().nullable(),
    error: z.object({ code: z.string(), message: z.string() }),
    attempts: count,
    reclaims: count,
    payload: z.unknown(),
    created_at: timestamp,
    redriven_at: timestamp.nullable(),
    redrivable: z
      .boolean()
      .meta({ description: 'Its battle still waits for it and is not held, its run has failed, or its webhook is enabled' }),
  })
  .meta({ id: 'DeadLetter' })

const deadLetters = z.object({ dead_letters: z.array(deadLetter), next_cursor: count.nullable() }).meta({ id: 'DeadLetterPage' })

const redrivenLetters = z
  .object({
    outcomes: z.record(z.string(), count).meta({
      description:
        'How many letters ended so: redriven, already_redriven, battle_<status> or run_<status> (it went on without them), failed (see the database log)',
    }),
    considered: count,
    next_after: count.nullable().meta({ description: 'Where the next call goes on; null at the end' }),
  })
  .meta({ id: 'Redriven' })

const acted = z.object({ outcome: z.string() }).meta({ id: 'Acted' })

const status = z
  .object({
    at: timestamp,
    kinds: z.array(
      z
        .object({
          kind: z.string(),
          ready: count.meta({ description: 'Counted to 100,000 a queue' }),
          oldest_ready_ms: count.nullable().meta({
            description:
              'For how long the oldest of the next thousand has been ready, to a second: since it was made, fell due, was tried again, redriven or given back',
          }),
          later: count,
          due: count.meta({ description: 'Of later, those whose time has come: more than a few mean that nothing sweeps' }),
          leased: count,
          drivers: count,
          overdue_leases: count,
          paused_queues: count,
          dead_letters: count,
        })
        .meta({ id: 'KindStatus' }),
    ),
    untaken: z
      .array(
        z.object({
          kind: z.string(),
          key: z.string().nullable().meta({ description: 'Of the queue: of a coding battle coding:<command>:<repository>' }),
          ready: count.meta({ description: 'Counted to 1,000' }),
          later: count.meta({ description: 'Counted to 1,000' }),
          oldest_ready_ms: count.nullable(),
          why: z.enum(['no_worker', 'no_wake']).meta({
            description:
              'no_worker: no function takes this kind, and no worker that lives. no_wake: a function does, and this project wakes none',
          }),
        }),
      )
      .meta({ description: 'Queues with jobs that nobody takes' }),
    workers: z
      .array(
        z.object({
          worker_id: z.string(),
          state: z.enum(['running', 'draining']),
          health: z.enum(['healthy', 'late']),
          running: count,
          slots: count,
          kinds: z.array(z.string()).nullable().meta({ description: 'Of jobs, that it takes; null: it does not say' }),
          capabilities: z.array(z.string()),
        }),
      )
      .meta({ description: 'Those that live, with what they can do that a function cannot' }),
    switches: z.array(z.object({ scope: z.enum(['system', 'provider']), name: z.string(), reason: z.string(), turned_off_at: timestamp })),
    rate_limits: z.array(z.object({ limit_key: z.string(), blocked_until: timestamp, reports: count })),
    dead_letters: z.array(z.object({ kind: z.string(), error_code: z.string(), count, oldest_at: timestamp })),
    async_tasks: z.array(z.object({ provider: z.string(), open: count, overdue: count, oldest_at: timestamp })),
  })
  .meta({ id: 'Status' })

const workers = z
  .object({
    at: timestamp,
    workers: z.array(
      z
        .object({
          worker_id: z.string(),
          worker_type: z.string(),
          host: z.string().nullable(),
          pid: count.nullable(),
          version: z.string().nullable(),
          started_at: timestamp,
          seen_at: timestamp,
          interval_ms: count,
          state: z.enum(['running', 'draining', 'stopped']).meta({ description: 'As it said last' }),
          health: z
            .enum(['healthy', 'late', 'gone'])
            .meta({ description: 'healthy: heard within three of its intervals; late: within twenty; gone: longer ago, or it stopped' }),
          slots: count,
          running: count.meta({ description: 'Jobs in hand as it said last' }),
          sub_workers: z.array(z.string()),
          kinds: z.array(z.string()).nullable().meta({ description: 'Of jobs, that it takes; null: it does not say' }),
          capabilities: z.array(z.string()),
          metadata: z.record(z.string(), z.unknown()).meta({ description: 'What else it says' }),
        })
        .meta({ id: 'WorkerStatus' }),
    ),
  })
  .meta({ id: 'Workers' })

export const operatorShapes = { deadLetters, redrivenLetters, acted, status, workers }
