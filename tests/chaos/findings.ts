import { eloUpdate, type PairResult } from '@agon/runner-core'
import type { Promised } from './campaign.ts'
import { battleKinds } from './kinds.ts'
import type { Stage } from './stage.ts'
import type { WireCall } from './wire.ts'

export interface Findings {
  byStatus: Record<string, number>
  /** Battles a client was promised and the database does not have, or has more than once. */
  lost: string[]
  /** Battles, jobs and tasks that are not over though nothing breaks any more. */
  stuck: string[]
  /** What was recorded twice: submissions, verdicts, closings. */
  doubled: string[]
  /** Calls that were answered and that no attempt and no lost lease accounts for. */
  paidTwice: string[]
  /** Ratings that are not what the log makes them. */
  misrated: string[]
  /** Anything else that must not be. */
  wrong: string[]
  callsPerJob: number[]
  verdictCallsPerBattle: number[]
  /** Events the receiver accepted, how many of them more than once, and battles that were watched live. */
  told: number
  toldAgain: number
  watched: number
  providerCalls: number
  providerFaults: number
  reclaims: number
  deadLetters: number
}

/** What must not be, by query: each returns a text a row. */
const never: { kind: 'stuck' | 'doubled' | 'wrong'; query: string }[] = [
  {
    kind: 'stuck',
    query: `select 'battle ' || battle_id || ' is ' || status from battles.battles where status not in ('closed', 'void', 'cancelled')`,
  },
  { kind: 'stuck', query: `select 'job ' || job_id || ' is ' || state from execution.jobs where state in ('active', 'held')` },
  {
    kind: 'stuck',
    query: `select 'lease ' || lease_token || ' of ' || driver from execution.leases where expires_at < now() - interval '5 seconds'`,
  },
  { kind: 'stuck', query: `select 'task ' || task_id || ' of job ' || job_id from execution.async_tasks where state = 'open'` },
  { kind: 'stuck', query: `select 'delivery ' || delivery_id from webhooks.deliveries where status = 'pending'` },
  { kind: 'stuck', query: `select 'contender ' || c.contender_id from battles.contenders c where c.status = 'pending'` },
  {
    kind: 'doubled',
    query: `select type || ' ' || coalesce(data ->> 'slot', '') || ' of ' || battle_id || ', ' || count(*) || ' times' from battles.events
      where type in ('contender.submitted', 'battle.published', 'battle.executing', 'battle.voting', 'battle.scoring', 'battle.closed', 'battle.void', 'battle.cancelled', 'battle.rated', 'keyframes.extracted')
      group by battle_id, type, data ->> 'slot' having count(*) > 1`,
  },
  {
    kind: 'doubled',
    query: `select 'verdict ' || (data ->> 'presentation') || ' of ' || battle_id from battles.events where type = 'verdict.recorded'
      group by battle_id, data -> 'seat', data -> 'part', data ->> 'presentation' having count(*) > 1`,
  },
  {
    kind: 'doubled',
    query: `select 'final submission of ' || contender_id from battles.submissions where is_final group by contender_id having count(*) > 1`,
  },
  {
    kind: 'wrong',
    query: `select 'contender ' || c.contender_id || ' is ' || c.status || ', its job ' || j.state from battles.contenders c
      join execution.jobs j on j.subject_id = c.contender_id
      where (j.state = 'completed') <> (c.status = 'submitted') or (j.state = 'cancelled') <> (c.status = 'cancelled')`,
  },
  {
    kind: 'wrong',
    query: `select 'contender ' || c.contender_id || ' submitted nothing' from battles.contenders c left join battles.submissions s on s.contender_id = c.contender_id and s.is_final
      where c.status = 'submitted' and s.contender_id is null`,
  },
  {
    kind: 'wrong',
    query: `select 'part ' || part || ' is judged by ' || count(*) || ' verdicts' from battles.verdicts group by judge_id, part having count(*) > 2`,
  },
  { kind: 'wrong', query: `select 'the checkpoint of job ' || c.job_id || ' is left' from execution.checkpoints c` },
  {
    kind: 'wrong',
    query: `select 'job ' || j.job_id || ' is ' || j.state || ' and waits' from execution.jobs j
      where j.state in ('completed', 'failed') and (exists (select from execution.ready r where r.job_id = j.job_id) or exists (select from execution.later w where w.job_id = j.job_id))`,
  },
]

export async function findings(
  { sql, wires, audience, voted, oddExits, givenBack }: Stage,
  promised: readonly Promised[],
): Promise<Findings> {
  const found: Pick<Findings, 'stuck' | 'doubled' | 'wrong'> = { stuck: [], doubled: [], wrong: [] }
  for (const { kind, query } of never) for (const row of await sql(query)) found[kind].push(String(Object.values(row)[0]))
  for (const { invariants = [] } of battleKinds) {
    for (const { is, query } of invariants) for (const row of await sql(query)) found.wrong.push(`${is}: ${JSON.stringify(row)}`)
  }
  const statuses = await sql<{ status: string; n: string }>('select status::text, count(*) as n from battles.battles group by 1 order by 1')
  const known = await sql<{ battle_id: string; idempotency_key: string; status: string }>(
    'select battle_id, idempotency_key, status::text from battles.battles',
  )
  const byId = new Map(known.map((battle) => [battle.battle_id, battle]))
  const lost = promised.filter(({ battleId, key }) => byId.get(battleId)?.idempotency_key !== key).map(({ battleId }) => battleId)
  const wanted = new Set(promised.map(({ battleId }) => battleId))
  for (const { battle_id } of known) if (!wanted.has(battle_id)) found.doubled.push(`battle ${battle_id} was promised to nobody`)
  for (const { battleId, cancelled } of promised)
    if (cancelled && byId.get(battleId)?.status !== 'cancelled')
      found.wrong.push(`battle ${battleId} was cancelled and is ${byId.get(battleId)?.status}`)
  // Everything that happened to the receiver's battles arrived, at least once; who watched heard the log, each event once.
  const events = await sql<{ battle_id: string; event_id: string; type: string; owner: string; delivery: string | null }>(
    `select e.battle_id, e.event_id, e.type, b.owner_id = s.owner_id as owner, d.status as delivery from battles.events e join battles.battles b using (battle_id)
     cross join webhooks.subscriptions s left join webhooks.deliveries d on d.event_id = e.event_id and d.battle_id = e.battle_id order by e.event_id`,
  )
  for (const { event_id, type, owner, delivery } of events) {
    // Text as it comes is for the streams, and no webhook is told of it.
    if (owner && type !== 'contender.delta' && delivery !== 'dead' && !audience.accepted.has(Number(event_id)))
      lost.push(`event ${event_id} (${type}) was not delivered (${delivery})`)
  }
  const ofRuns = await sql<{ event_id: string; type: string; delivery: string | null }>(
    `select e.event_id, e.type, d.status as delivery from webhooks.subscriptions s join lenses.workflow_runs r on r.owner_id = s.owner_id and r.parent_run_id is null
     join lenses.workflow_run_events e on e.run_id = r.run_id and e.type like 'run.%' left join webhooks.deliveries d on d.event_id = e.event_id and d.run_id = e.run_id`,
  )
  for (const { event_id, type, delivery } of ofRuns) {
    if (delivery !== 'dead' && !audience.acceptedOfRuns.has(Number(event_id)))
      lost.push(`event ${event_id} of a run (${type}) was not delivered (${delivery})`)
  }
  const logs = Map.groupBy(events, ({ battle_id }) => battle_id)
  for (const [battleId, heard] of audience.heard) {
    const log = (logs.get(battleId) ?? []).map(({ event_id }) => Number(event_id))
    if (heard.join() !== log.join()) found.wrong.push(`who watched ${battleId} heard ${heard.join()} of ${log.join()}`)
  }
  const ballots = await sql<{ battle_id: string; n: string }>('select battle_id, count(*) as n from battles.votes group by 1')
  for (const [battleId, taken] of Map.groupBy(voted, (vote) => vote.split(' ')[0]!)) {
    const counted = Number(ballots.find(({ battle_id }) => battle_id === battleId)?.n ?? 0)
    if (counted < taken.length) lost.push(`${taken.length - counted} votes of ${battleId}`)
  }
  const [counted] = await sql<{ reclaims: string; letters: string }>(
    'select (select coalesce(sum(reclaims), 0) from execution.jobs) as reclaims, (select count(*) from execution.dead_letters) as letters',
  )
  return {
    ...found,
    wrong: [...found.wrong, ...oddExits],
    lost,
    paidTwice: await paidTwice(sql, wires.calls, givenBack()),
    byStatus: Object.fromEntries(statuses.map(({ status, n }) => [status, Number(n)])),
    misrated: await misrated(sql),
    ...(await providerCalls(sql, wires.calls)),
    told: audience.accepted.size + audience.acceptedOfRuns.size,
    toldAgain: [...audience.accepted.values(), ...audience.acceptedOfRuns.values()].filter((times) => times > 1).length,
    watched: audience.heard.size,
    providerCalls: wires.calls.length,
    providerFaults: wires.calls.filter(({ fault }) => fault !== undefined).length,
    reclaims: Number(counted!.reclaims),
    deadLetters: Number(counted!.letters),
  }
}

async function providerCalls(
  sql: Stage['sql'],
  calls: readonly WireCall[],
): Promise<Pick<Findings, 'callsPerJob' | 'verdictCallsPerBattle'>> {
  const of = Map.groupBy(calls, ({ key }) => /^agon-(job|judging)-\d+/.exec(key)?.[0] ?? key)
  const jobs = await sql<{ job_id: string; kind: string }>(
    `select j.job_id, q.kind from execution.jobs j join execution.queues q on q.queue_id = j.queue_id where j.state = 'completed' order by 1`,
  )
  const count = (kind: string, prefix: string) =>
    jobs.filter((job) => job.kind === kind).map(({ job_id }) => of.get(`agon-${prefix}-${job_id}`)?.length ?? 0)
  return { callsPerJob: count('battle_job', 'job'), verdictCallsPerBattle: count('battle_judging', 'judging') }
}

/**
 * A provider that does not know idempotency keys is paid for every call that it answers. Each such call belongs to an outcome of the job
 * (attempts, before a redrive too), to a driver that was lost with it (reclaims), to somebody who took it out of a driver's hand by holding
 * or cancelling its battle or run, or to a driver that gave it back while it left; of those last only the number is known.
 */
async function paidTwice(sql: Stage['sql'], calls: readonly WireCall[], givenBack: number): Promise<string[]> {
  const answered = calls.filter(({ fault, method }) => fault === undefined && method === 'POST')
  const most = new Map<string, number>()
  for (const { name, most: acts } of await sql<{ name: string; most: number }>(
    `with acts as (
       select j.job_id, j.subject_id, q.kind, (j.state = 'cancelled')::int + j.attempts + j.reclaims
         + (select coalesce(sum(f.reclaims), 0) from chaos.forgotten f where f.job_id = j.job_id)
         + (select coalesce(sum(d.attempts + d.reclaims), 0) from execution.dead_letters d where d.job_id = j.job_id and d.redriven_at is not null) as most
       from execution.jobs j join execution.queues q using (queue_id)
     ), holds as (select battle_id, count(*) as times from battles.events where type = 'battle.held' group by 1)
     select case kind when 'battle_judging' then 'agon-judging-' else 'agon-job-' end || job_id as name, (most + coalesce(times, 0))::int as most
       from acts left join battles.contenders c on c.contender_id = subject_id left join battles.judges s on s.judge_id = subject_id
         left join holds h on h.battle_id = coalesce(c.battle_id, s.battle_id)
       where kind in ('battle_job', 'battle_judging')
     union all
     select 'agon-node-' || r.run_id || '-' || r.node_id || '-' || a.job_id, a.most::int from lenses.workflow_node_results r join acts a using (job_id)`,
  ))
    most.set(name, acts)
  const beyond: string[] = []
  for (const [key, its] of Map.groupBy(answered, (call) => call.key)) {
    const name = /^agon-(?:job|judging)-\d+/.exec(key)?.[0] ?? key
    const acts = most.get(name)
    if (acts !== undefined && its.length > Math.max(1, acts))
      beyond.push(`${key} was answered ${its.length} times in ${acts} attempts and takeovers`)
  }
  return beyond.slice(givenBack)
}

/** Rates every battle again with runner-core, in the order of the log, and says where the database differs. */
async function misrated(sql: Stage['sql']): Promise<string[]> {
  const wrong: string[] = []
  const battles = await sql<{ battle_id: string }>(`select battle_id from battles.events where type = 'battle.rated' order by event_id`)
  const rated = await sql<{ battle_id: string }>('select battle_id from battles.elo_battle_log')
  if (rated.length !== battles.length) wrong.push(`${rated.length} battles are in the log and ${battles.length} say that they were rated`)
  const board = new Map<string, { rating: number; games: number }>()
  for (const { battle_id } of battles) {
    const changes = await sql<{ contender_id: string; competitor: string; rating_before: number; rating_after: number }>(
      'select contender_id, competitor, rating_before, rating_after from battles.elo_changes where battle_id = $1',
      [battle_id],
    )
    const pairs = await sql<{ contender_id: string; opponent_id: string; result: number }>('select * from battles.pair_results($1)', [
      battle_id,
    ])
    // Everyone who played counts for what a pair is worth, also who was decided about with nobody.
    const played = await sql<{ contender_id: string; competitor: string }>(
      `select contender_id, battles.competitor(model_key, identity) as competitor from battles.contenders
       where battle_id = $1 and status = 'submitted' and model_key is not null`,
      [battle_id],
    )
    const before = new Map(played.map(({ contender_id, competitor }) => [contender_id, board.get(competitor)?.rating ?? 1000]))
    const results = pairs
      .filter(({ contender_id, opponent_id }) => contender_id < opponent_id)
      .map(({ contender_id, opponent_id, result }) => ({ a: contender_id, b: opponent_id, result }) as PairResult)
    const after = eloUpdate(before, results)
    for (const { contender_id, competitor, rating_before, rating_after } of changes) {
      if (Math.abs(rating_before - before.get(contender_id)!) > 1e-6)
        wrong.push(`${battle_id} found ${competitor} at ${rating_before} and should have at ${before.get(contender_id)}`)
      if (Math.abs(rating_after - after.get(contender_id)!) > 1e-6)
        wrong.push(`${battle_id} left ${competitor} at ${rating_after} and should have at ${after.get(contender_id)}`)
      board.set(competitor, { rating: after.get(contender_id)!, games: (board.get(competitor)?.games ?? 0) + 1 })
    }
  }
  const stands = await sql<{ competitor: string; rating: number; games: number }>(
    'select competitor, rating, games from battles.ratings where games > 0',
  )
  for (const { competitor, rating, games } of stands) {
    const should = board.get(competitor)
    if (should === undefined || Math.abs(should.rating - rating) > 1e-6 || should.games !== games)
      wrong.push(`${competitor} is rated ${rating} after ${games} games and should be ${should?.rating} after ${should?.games}`)
  }
  if (stands.length !== board.size) wrong.push(`${stands.length} competitors are rated and should be ${board.size}`)
  return wrong
}
