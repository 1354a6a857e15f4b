import { z } from 'zod'
import { runStatus } from './run-requests.ts'

/** What callers get about runs: see responses.ts. */

const timestamp = z.string().meta({ format: 'date-time' })
const stepError = z.object({ code: z.string(), message: z.string(), node_id: z.string().optional() })
const nodeStatus = z.enum([
  'awaiting_dependency',
  'queued',
  'running',
  'waiting',
  'completed',
  'failed',
  'timed_out',
  'cancelled',
  'skipped',
])
const values = z.record(z.string(), z.unknown())

const envelope = z
  .object({
    kind: z.string(),
    artifact_kind: z.enum(['text', 'image', 'audio', 'video', 'json']),
    output: z.string().meta({ description: 'What it made as text, perhaps empty' }),
    data: z.unknown().optional(),
    media: z
      .object({
        url: z.string(),
        mime: z.string().optional(),
        width: z.number().optional(),
        height: z.number().optional(),
        duration_s: z.number().optional(),
      })
      .optional(),
    metadata: values.optional(),
  })
  .meta({ id: 'Envelope' })

const node = z
  .object({
    node_id: z.string(),
    label: z.string(),
    node_type: z.string(),
    wave: z.number().int(),
    status: nodeStatus,
    reason: z
      .string()
      .nullable()
      .meta({ description: 'Of a skipped node branch or upstream_failure; of a cancelled one cancelled, stopped or timed_out' }),
    ports: z.array(z.string()).nullable().meta({ description: 'Those that fired' }),
    error: z.looseObject({ code: z.string().optional(), message: z.string().optional() }).nullable(),
    attempts: z.number().int(),
    model: z.string().nullable(),
    simulated: z.boolean(),
    reused: z.boolean().meta({ description: 'Pinned, or taken over from the run this one was forked from' }),
    input_tokens: z.number().int().nullable(),
    output_tokens: z.number().int().nullable(),
    cost_usd: z.number().nullable(),
    latency_ms: z.number().int().nullable(),
    wire_model: z.string().nullable(),
    children_open: z.number().int(),
    queued_at: timestamp.nullable(),
    started_at: timestamp.nullable(),
    finished_at: timestamp.nullable(),
    waits: z
      .object({
        for: z.enum(['delay', 'approval', 'external', 'children']),
        prompt: z.string().nullable(),
        expires_at: timestamp,
        answered: z.boolean(),
      })
      .nullable(),
    output: envelope.nullable(),
    resolved_input: z.unknown(),
  })
  .meta({ id: 'RunNode' })

const summary = {
  run_id: z.uuid(),
  root_run_id: z.uuid(),
  parent_run_id: z.uuid().nullable(),
  parent_node_id: z.string().nullable(),
  item_index: z.number().int().nullable(),
  workflow_id: z.uuid().nullable().meta({ description: 'null: a lens alone, or the body of a loop' }),
  version_id: z.uuid(),
  title: z.string().nullable(),
  status: runStatus,
  held: z.boolean().meta({ description: 'An operator holds a battle that it is to answer in: nothing of it begins until the release' }),
  trigger_mode: z.string(),
  trigger_id: z.uuid().nullable(),
  scheduled_for: timestamp.nullable(),
  dry_run: z.boolean(),
  inputs: values,
  variables: values,
  output: envelope.nullable(),
  error: stepError.nullable(),
  nodes_open: z.number().int(),
  budget_usd: z.number().nullable(),
  local_providers: z.array(z.string()).meta({ description: 'Whose keys lie in a browser of its owner: a page of theirs asks them' }),
  spending: z.object({ spent_usd: z.number(), reserved_usd: z.number() }).meta({
    description:
      'What is counted under a budget, and set aside for calls in flight: its own, or its part of that of the battle it answers in',
  }),
  contends: z
    .object({
      battle_id: z.uuid(),
      slot: z.string(),
      pays: z.boolean().meta({ description: 'Its calls are counted in the budget of the battle' }),
    })
    .nullable()
    .meta({ description: 'The battle that began it to answer there' }),
  forked_from_run_id: z.uuid().nullable(),
  forked_from_node_id: z.string().nullable(),
  created_at: timestamp,
  started_at: timestamp.nullable(),
  finished_at: timestamp.nullable(),
}

const waitFields = {
  for: z.enum(['approval', 'external']),
  prompt: z.string().nullable(),
  workflow: z.string().nullable(),
  node: z.string(),
  expires_at: timestamp,
  state: z.enum(['open', 'answered', 'ended', 'expired']),
}

const event = z
  .object({ event_id: z.number().int(), type: z.string(), node_id: z.string().nullable(), data: z.unknown(), created_at: timestamp })
  .meta({ id: 'RunEvent' })

const turn = z
  .object({
    round: z.number().int(),
    member: z.string(),
    model: z.string().nullable().optional(),
    status: runStatus,
    text: z.string().meta({ description: 'Empty: it is not over, or was lost' }),
    error: stepError.nullable().optional(),
    cost_usd: z.number(),
    run_id: z.uuid().meta({ description: 'The run of this turn alone' }),
    started_at: timestamp.nullable().optional(),
    finished_at: timestamp.nullable().optional(),
  })
  .meta({ id: 'Turn' })

const team = z
  .object({
    node_id: z.string(),
    label: z.string(),
    status: nodeStatus,
    mode: z.enum(['turns', 'parallel']),
    members: z.array(z.string()),
    rounds: z.number().int().meta({ description: 'The most it may have' }),
    ended: z.enum(['rounds', 'stop', 'agreed', 'budget']).nullable().meta({ description: 'Why it ended; null: it has not, or it failed' }),
    turns: z.array(turn),
    summary: z.looseObject({ text: z.string(), run_id: z.uuid() }).nullable(),
    cost_usd: z.number().meta({ description: 'Of all turns, lost ones too' }),
  })
  .meta({ id: 'Team' })

export const runShapes = {
  run: z
    .object({
      ...summary,
      cost_usd: z.number().meta({ description: 'What it and all it began have cost so far, whoever pays, also where it failed' }),
      declared_inputs: values,
      nodes: z.array(node),
      edges: z.array(
        z.object({
          source: z.string(),
          source_port: z.string(),
          target: z.string(),
          target_param_label: z.string(),
          outcome: z.enum(['taken', 'not_taken', 'failed', 'settled']).nullable(),
        }),
      ),
      children: z.array(z.object({ run_id: z.uuid(), node_id: z.string(), item_index: z.number().int().nullable(), status: runStatus })),
    })
    .meta({ id: 'Run' }),
  runPage: z
    .object({ runs: z.array(z.object(summary).meta({ id: 'RunSummary' })), next_cursor: z.string().nullable() })
    .meta({ id: 'RunPage' }),
  transcript: z.object({ run_id: z.uuid(), status: runStatus, teams: z.array(team) }).meta({ id: 'TeamTranscript' }),
  runStarted: z
    .object({ run_id: z.uuid(), status: runStatus, created: z.boolean().meta({ description: 'false: it had begun before' }) })
    .meta({ id: 'RunStarted' }),
  runEventPage: z
    .object({
      events: z.array(event),
      cursor: z.number().int().meta({ description: 'Where the next page begins: after' }),
      more: z.boolean().meta({ description: 'Ask again at once' }),
      status: runStatus,
      ended: z.boolean().meta({ description: 'The run is final and nothing follows' }),
    })
    .meta({ id: 'RunEventPage' }),
  runReplayed: z
    .object({
      run_id: z.uuid(),
      equal: z.boolean().meta({ description: 'The log says the same as the database' }),
      differences: z.array(
        z.object({ node_id: z.string().optional(), what: z.string(), log: z.unknown().optional(), rows: z.unknown().optional() }),
      ),
      oddities: z.array(z.string()).meta({ description: 'What no log of a sound run has' }),
      events: z.number().int(),
      state: z.looseObject({ status: runStatus }),
    })
    .meta({ id: 'RunReplayed' }),
  wait: z.object(waitFields).meta({ id: 'Wait' }),
  waitAddress: z
    .object({
      ...waitFields,
      url: z.string().nullable().meta({ description: 'null: the key that made the token has been rotated; answer as its owner' }),
    })
    .meta({ id: 'WaitAddress' }),
  waitAnswered: z.object({ answered: z.literal(true) }).meta({ id: 'WaitAnswered' }),
}
