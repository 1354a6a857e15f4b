import { setTimeout as delay } from 'node:timers/promises'
import type { Client } from 'pg'
import { brokenRules } from '../support/workflow-rules.ts'
import { createDice, type Dice } from './dice.ts'
import type { PromisedRun } from './runs.ts'
import type { Stage, User } from './stage.ts'
import { neverOfTeams, teamNode } from './teams.ts'

// Workflows as clients have them: saved over the api, run again and again, cancelled now and then, started by schedules and by the ends of battles.

const retry = { attempts: 10, backoff_ms: 50, max_backoff_ms: 500, retry_on: ['timeout', 'provider_error', 'rate_limit'] }
const asking = (model: string, template: string) => ({
  type: 'lens',
  lens: { kind: 'text', template, model_key: model },
  config: { retry },
})
const lens = (id: string, model: string, template: string) => ({ id, ...asking(model, template) })

interface Document {
  inputs: Record<string, object>
  nodes: object[]
  edges: object[]
}

interface Saved {
  workflowId: string
  /** Of its inputs. */
  labels: string[]
}

/** By name: its nodes and edges, and how often it is run beside the others. */
const documents: Record<string, { weight: number; document: Document }> = {
  letter: {
    weight: 3,
    document: {
      inputs: { topic: { type: 'string' } },
      nodes: [
        lens('draft', 'compatible:quill', 'A letter about [[topic]].'),
        lens('second', 'sparring:ember', 'Another letter about [[topic]].'),
        { id: 'pause', type: 'wait', config: { duration_ms: 300 } },
        { id: 'long', type: 'if_condition', config: { expression: 'input.size > 5' } },
        { id: 'sent', type: 'prompt_template', config: { template: 'Sent: [[input]]' } },
        { id: 'kept', type: 'prompt_template', config: { template: 'Kept: [[input]]' } },
      ],
      edges: [
        { source: 'draft', target: 'pause' },
        { source: 'second', target: 'pause' },
        { source: 'draft', target: 'long' },
        { source: 'long', source_port: 'true', target: 'sent' },
        { source: 'long', source_port: 'false', target: 'kept' },
      ],
    },
  },
  picture: {
    weight: 2,
    document: {
      inputs: { topic: { type: 'string' } },
      nodes: [
        { id: 'brief', type: 'prompt_template', config: { template: 'A picture of [[inputs.topic]].' } },
        { id: 'drawn', type: 'text_to_image', config: { model_key: 'openai:gpt-image-2', retry } },
        { id: 'painted', type: 'text_to_image', config: { model_key: 'sparring:easel', retry } },
      ],
      edges: ['drawn', 'painted'].map((target) => ({ source: 'brief', target, target_param_label: 'prompt' })),
    },
  },
  film: {
    weight: 2,
    document: {
      inputs: { topic: { type: 'string' } },
      nodes: [
        { id: 'brief', type: 'prompt_template', config: { template: 'A film of [[inputs.topic]].' } },
        { id: 'shot', type: 'text_to_video', config: { model_key: 'openai:sora-2', retry } },
      ],
      edges: [{ source: 'brief', target: 'shot', target_param_label: 'prompt' }],
    },
  },
  chapters: {
    weight: 2,
    document: {
      inputs: { topic: { type: 'string' }, parts: { type: 'array' } },
      nodes: [
        {
          id: 'each',
          type: 'loop_map',
          config: { items_path: 'parts', concurrency: 2, body: { node: asking('compatible:onyx', 'A chapter about [[item]].') } },
        },
        { id: 'book', type: 'prompt_template', config: { template: 'A book: [[input]]' } },
      ],
      edges: [{ source: 'each', target: 'book' }],
    },
  },
  debate: {
    weight: 2,
    document: {
      inputs: { topic: { type: 'string' } },
      nodes: [
        teamNode('debate', 'About [[inputs.topic]].', {
          members: { Ada: 'compatible:quill', Bo: 'sparring:ember' },
          rounds: 3,
          stop_when: 'DONE',
          summary: { model_key: 'compatible:onyx', instructions: 'One answer.' },
          retry,
        }),
        { id: 'told', type: 'prompt_template', config: { template: 'Told: [[input]]' } },
      ],
      edges: [{ source: 'debate', target: 'told' }],
    },
  },
  council: {
    weight: 1,
    document: {
      inputs: { topic: { type: 'string' } },
      nodes: [
        teamNode('council', 'On [[inputs.topic]].', {
          members: { Ada: 'compatible:quill', Bo: 'sparring:ember', Cy: 'compatible:fern' },
          mode: 'parallel',
          rounds: 2,
          stop_when: { agreed: true },
          retry,
        }),
      ],
      edges: [],
    },
  },
  // Paid for by list price: two or three of its ten turns fit its budget.
  thrift: {
    weight: 1,
    document: {
      inputs: { topic: { type: 'string' } },
      nodes: [
        teamNode('thrift', 'As to [[inputs.topic]].', {
          members: { Ada: 'mistral:mistral-medium-latest', Bo: 'mistral:mistral-medium-latest' },
          rounds: 5,
          max_tokens: 400,
          budget_usd: 0.0036,
          retry,
        }),
      ],
      edges: [],
    },
  },
}
const teamNames = ['debate', 'council', 'thrift']

const note: Document = {
  inputs: { event: { type: 'any', required: false }, scheduled_for: { type: 'string', required: false } },
  nodes: [{ id: 'note', type: 'prompt_template', config: { template: 'Noted.' } }, lens('said', 'compatible:fern', 'Say it: [[note]].')],
  edges: [{ source: 'note', target: 'said', target_param_label: 'note' }],
}

export interface PromisedFlows {
  runs: PromisedRun[]
  /** Due times of schedules that came. */
  dues: { triggerId: string; dueAt: string }[]
}

interface FlowOptions {
  seed: string
  /** Clients, each of whom starts the next run when there is room. 0: nobody runs workflows, and nothing is triggered. */
  lanes: number
  /** Of each kind of team, started with the battles where nobody else runs workflows. */
  teams: number
  inFlight: number
  goesOn(): boolean
}

/** What each client starts, however short the time. */
const fewest = 3

/**
 * Saves workflows and their triggers, before the first battle: of a battle that ends while a trigger is being made nobody can say whether it
 * is to start something. What it returns starts runs until it no longer goes on, and says what was promised.
 */
export async function openFlows(
  stage: Stage,
  { seed, lanes, teams, inFlight, goesOn }: FlowOptions,
): Promise<() => Promise<PromisedFlows>> {
  const promised: PromisedFlows = { runs: [], dues: [] }
  if (lanes === 0 && teams === 0) return async () => promised
  // Drivers are killed far more often than three times in a row says anything about a node.
  await stage.sql(`update execution.job_kinds set max_reclaims = 100 where kind like 'workflow%' or kind in ('lens_run', 'team_run')`)
  const [owner, second = owner] = stage.users as [User, User?]
  const saved = new Map<string, Saved>()
  if (lanes === 0) {
    for (const name of teamNames) saved.set(name, await save(stage, second, name, documents[name]!.document))
    return async () => {
      const dice = createDice(`${seed} teams`)
      for (let nth = 0; nth < teams * teamNames.length; nth++)
        promised.runs.push(await run(stage, second, saved.get(teamNames[nth % teamNames.length]!)!, `${seed}-team-${nth}`, dice))
      return promised
    }
  }
  for (const [name, { document }] of Object.entries(documents)) saved.set(name, await save(stage, second, name, document))
  const { workflowId: noted } = await save(stage, owner, 'note', note)
  await trigger(stage, owner, { workflow_id: noted, kind: 'battle_event', config: { types: ['battle.closed', 'battle.void'] } })
  const schedule = await trigger(stage, owner, {
    workflow_id: noted,
    kind: 'schedule',
    config: { cron_expr: '* * * * *', overlap: 'parallel', missed: 'run_all', missed_limit: 100 },
  })
  const bag = Object.entries(documents).flatMap(([name, { weight }]) => Array.from({ length: weight }, () => name))
  const next = createDice(`${seed} flows`).deal(bag)

  async function lane(nth: number): Promise<void> {
    const dice = createDice(`${seed} flows of lane ${nth}`)
    for (let count = 0; goesOn() || count < fewest; count++) {
      // However short the time, teams are among them.
      const name = count === 0 ? teamNames[nth % teamNames.length]! : next()
      promised.runs.push(await run(stage, second, saved.get(name)!, `${seed}-flow-${nth}-${count}`, dice))
      while (goesOn() && (await unfinished(stage)) >= inFlight) await delay(100)
    }
  }
  /** A schedule comes once a minute, here every few seconds: its next due time is now. */
  async function hours(): Promise<void> {
    const dice = createDice(`${seed} hours`)
    while (goesOn()) {
      // A due time is known by its second, and none is ever in that of another.
      await delay(dice.between(1100, 4000))
      const moved = await stage.sql<{ due: string }>(
        `with moved as (
           update lenses.schedule_dues set due_at = date_trunc('second', now()) where trigger_id = $1 and extract(second from now()) >= 1
             and due_at = (select min(due_at) from lenses.schedule_dues where trigger_id = $1 and due_at > now()) returning due_at
         ), look as (update lenses.workflow_triggers set look_at = now() where trigger_id = $1 and exists (select from moved))
         select due_at::text as due from moved`,
        [schedule],
      )
      promised.dues.push(...moved.map(({ due }) => ({ triggerId: schedule, dueAt: due })))
    }
  }
  return async () => {
    await Promise.all([...Array.from({ length: lanes }, (_, nth) => lane(nth)), hours()])
    // A schedule that is turned off owes nothing: what is due has to have come before that.
    for (const end = performance.now() + 60_000; performance.now() < end; await delay(100)) {
      const [row] = await stage.sql<{ n: string }>('select count(*) as n from lenses.schedule_dues where due_at <= now()')
      if (Number(row!.n) === 0) break
    }
    return promised
  }
}

const unfinished = async ({ sql }: Stage) =>
  Number(
    (await sql<{ n: string }>('select count(*) as n from lenses.workflow_runs where finished_at is null and parent_run_id is null'))[0]!.n,
  )

async function made(
  stage: Stage,
  user: User,
  path: string,
  body: object,
  headers?: Record<string, string>,
): Promise<Record<string, unknown>> {
  const answer = await stage.request(user, path, { body, ...(headers && { headers }) })
  if (answer.status >= 300) throw new Error(`POST ${path} was refused with ${answer.status}: ${JSON.stringify(answer.body)}`)
  return answer.body as Record<string, unknown>
}

async function save(stage: Stage, user: User, title: string, document: Document): Promise<Saved> {
  const { workflow_id } = await made(stage, user, '/workflows', { document: { format: 'agon.workflow/v1', title, ...document } })
  return { workflowId: workflow_id as string, labels: Object.keys(document.inputs) }
}

async function trigger(stage: Stage, user: User, row: object): Promise<string> {
  return (await made(stage, user, '/triggers', row)).trigger_id as string
}

async function run(stage: Stage, user: User, { workflowId, labels }: Saved, key: string, dice: Dice): Promise<PromisedRun> {
  const topic = `topic ${dice.between(0, 1e9)}`
  const all: Record<string, unknown> = { topic, parts: Array.from({ length: dice.between(2, 4) }, (_, nth) => `${topic}, part ${nth}`) }
  const inputs = Object.fromEntries(labels.map((label) => [label, all[label]]))
  const started = await made(stage, user, `/workflows/${workflowId}/runs`, { inputs }, { 'idempotency-key': key })
  const runId = started.run_id as string
  if (!dice.chance(0.08)) return { runId, cancelled: false }
  await delay(dice.between(0, 800))
  const { status, body } = await stage.request(user, `/runs/${runId}/cancel`)
  // Refused, it was over, or the answer to a first request was lost on its way: nobody knows.
  return status === 200 ? { runId, cancelled: (body as { status: string }).status === 'cancelled' } : { runId }
}

/** What must not be of triggers when everything is over; each query returns a text for every row of which it is. */
const neverOfTriggers: { kind: 'stuck' | 'doubled' | 'wrong' | 'lost'; query: string }[] = [
  { kind: 'stuck', query: `select 'firing ' || firing_id from lenses.trigger_firings where outcome = 'pending'` },
  {
    kind: 'wrong',
    query: `select 'firing ' || firing_id || ' is ' || outcome || ', ' || coalesce(refused, message, '') from lenses.trigger_firings
      where outcome in ('refused', 'missed', 'skipped')`,
  },
  {
    kind: 'doubled',
    query: `select 'what was due at ' || due_at || ', ' || count(*) || ' times' from lenses.trigger_firings
      where due_at is not null group by trigger_id, due_at having count(*) > 1`,
  },
  {
    kind: 'doubled',
    query: `select 'run ' || run_id || ' of a trigger has ' || count(f.firing_id) || ' firings' from lenses.workflow_runs r
      left join lenses.trigger_firings f using (run_id) where r.trigger_id is not null group by run_id having count(f.firing_id) <> 1`,
  },
  {
    kind: 'lost',
    query: `select 'the run of firing ' || f.firing_id from lenses.trigger_firings f where f.outcome = 'started'
      and not exists (select from lenses.workflow_runs r where r.run_id = f.run_id and r.trigger_id = f.trigger_id)`,
  },
  {
    kind: 'lost',
    query: `select 'event ' || e.event_id || ' (' || e.type || ') started nothing' from lenses.workflow_triggers t
      join battles.battles b using (owner_id) join battles.events e on e.battle_id = b.battle_id and t.config -> 'types' ? e.type
      where t.kind = 'battle_event' and not exists (select from lenses.trigger_firings f where f.trigger_id = t.trigger_id and f.event_key = 'battle/' || e.event_id)`,
  },
]

export async function findingsOfFlows(
  { sql }: Stage,
  { dues }: PromisedFlows,
): Promise<{ kind: 'stuck' | 'doubled' | 'wrong' | 'lost'; what: string }[]> {
  const found: { kind: 'stuck' | 'doubled' | 'wrong' | 'lost'; what: string }[] = []
  for (const { kind, query } of [...neverOfTriggers, ...neverOfTeams])
    for (const row of await sql(query)) found.push({ kind, what: String(Object.values(row)[0]) })
  const fired = await sql<{ due: string }>('select due_at::text as due from lenses.trigger_firings where due_at is not null')
  const known = new Set(fired.map(({ due }) => due))
  for (const { dueAt } of dues) if (!known.has(dueAt)) found.push({ kind: 'lost', what: `the run that was due at ${dueAt}` })
  const client = { query: async (text: string, values: unknown[] = []) => ({ rows: await sql(text, values) }) } as unknown as Client
  return [...found, ...(await brokenRules(client)).map((what) => ({ kind: 'wrong' as const, what }))]
}
