import { randomUUID } from 'node:crypto'
import { type Client, rows, value } from './database.ts'

// Battles and their jobs in a test's database, by the functions the product calls.

export interface NewBattle {
  /** How many model contenders, or each of them. */
  contenders?: number | Record<string, unknown>[]
  judge?: Record<string, unknown>
  handicap?: Record<string, unknown>
  ownerId?: string
  /** Any other column of the document that fn_battles_create takes. */
  with?: Record<string, unknown>
}

export interface Battle {
  battleId: string
  ownerId: string
}

/** Models a, b, c …: distinct from battle to battle only where a test says so. */
export const modelOf = (nth: number) => `house/model-${String.fromCharCode(97 + nth)}`

export async function createBattle(client: Client, wanted: NewBattle = {}): Promise<Battle> {
  const { contenders = 2, judge = {}, handicap = {}, ownerId = randomUUID() } = wanted
  const document = {
    title: 'A battle',
    task_prompt: 'Answer in one sentence.',
    judge: { model_key: 'house/judge', ...judge },
    handicap,
    contenders: typeof contenders === 'number' ? Array.from({ length: contenders }, (_, nth) => ({ model_key: modelOf(nth) })) : contenders,
    ...wanted.with,
  }
  const created = await value<{ battle_id?: string; refused?: string }>(client, 'select battles.fn_battles_create($1, $2)', [
    ownerId,
    JSON.stringify(document),
  ])
  if (created.refused || !created.battle_id) throw new Error(`refused: ${created.refused}`)
  return { battleId: created.battle_id, ownerId }
}

export const publish = (client: Client, battle: Battle) =>
  value<string>(client, 'select battles.fn_battles_publish($1, $2)', [battle.battleId, battle.ownerId])

export const cancel = (client: Client, battle: Battle) =>
  value<string>(client, 'select battles.fn_battles_cancel($1, $2)', [battle.battleId, battle.ownerId])

/** A battle that executes. */
export async function startBattle(client: Client, wanted: NewBattle = {}): Promise<Battle> {
  const battle = await createBattle(client, wanted)
  await publish(client, battle)
  return battle
}

export const statusOf = (client: Client, battle: Battle) =>
  value<string>(client, 'select status::text from battles.battles where battle_id = $1', [battle.battleId])

export const eventsOf = async (client: Client, battle: Battle) =>
  (await rows<{ type: string }>(client, 'select type from battles.events where battle_id = $1 order by event_id', [battle.battleId])).map(
    ({ type }) => type,
  )

// ---------------------------------------------------------------- what a driver does

export interface HeldJob {
  lease_token: number
  job_id: number
  attempts: number
  reclaims: number
  max_attempts: number
  deadline_ms: number | null
  battle_id: string
  contender_id: string
  slot: string
  model_key: string
  handicap: Record<string, unknown>
}

export interface HeldJudging extends Pick<HeldJob, 'lease_token' | 'job_id' | 'attempts' | 'reclaims' | 'max_attempts' | 'battle_id'> {
  answers: { contender_id: string; slot: string; content_text: string | null }[]
  recorded_presentations: number[]
  unreadable_verdicts: number
}

interface Claim<Job> {
  jobs: Job[]
  lease_ms: number
  next_due_ms: number | null
}

export const claimDocument = (client: Client, most = 1, driver = 'driver') =>
  value<Claim<HeldJob>>(client, 'select battles.fn_worker_claim_battle_job($1, $2)', [driver, most])

export const claim = async (client: Client, most = 1, driver = 'driver') => (await claimDocument(client, most, driver)).jobs

/** The next job, which the test knows to be there. */
export async function claimOne(client: Client, driver = 'driver'): Promise<HeldJob> {
  const [job] = await claim(client, 1, driver)
  if (!job) throw new Error('no job was ready')
  return job
}

export const claimJudgings = async (client: Client, most = 1, driver = 'judge') =>
  (await value<Claim<HeldJudging>>(client, 'select battles.fn_worker_claim_battle_judging($1, $2)', [driver, most])).jobs

export async function claimJudging(client: Client, driver = 'judge'): Promise<HeldJudging> {
  const [job] = await claimJudgings(client, 1, driver)
  if (!job) throw new Error('no judging was ready')
  return job
}

export const complete = (client: Client, job: HeldJob, output: Record<string, unknown> = { content_text: `answer of ${job.slot}` }) =>
  value<boolean>(client, 'select battles.fn_worker_complete_battle_job($1, $2, $3)', [job.job_id, job.lease_token, output])

// ---------------------------------------------------------------- answers that take more than one step

export interface HeldTask extends HeldJob {
  cancels: boolean
  task: { task_id: number; provider_task_id: string; details: Record<string, string>; polls: number } | null
}

export const claimTasks = async (client: Client, most = 1, driver = 'poller') =>
  (await value<Claim<HeldTask>>(client, 'select battles.fn_worker_claim_async_executions($1, $2)', [driver, most])).jobs

export async function claimTask(client: Client, driver = 'poller'): Promise<HeldTask> {
  const [job] = await claimTasks(client, 1, driver)
  if (!job) throw new Error('no task was ready')
  return job
}

export const park = (client: Client, job: Held, task: Record<string, unknown> = {}) =>
  value<boolean>(client, 'select battles.fn_worker_park_battle_job($1, $2, $3, $4)', [
    job.job_id,
    job.lease_token,
    { provider_task_id: 'task-1', details: { endpoint: 'e' }, poll_after_ms: 60_000, ...task },
    { output_modality: 'video' },
  ])

export const repark = (client: Client, job: Held, pollAfterMs = 60_000, progress?: number) =>
  value<boolean>(client, 'select battles.fn_worker_repark_battle_job($1, $2, $3, $4)', [
    job.job_id,
    job.lease_token,
    pollAfterMs,
    progress ?? null,
  ])

export const callBack = (client: Client, taskId = 'task-1', eventId = 'event-1', provider = 'fal') =>
  value<string>(client, 'select execution.fn_worker_callback($1, $2, $3)', [provider, taskId, eventId])

interface Held {
  lease_token: number
  job_id: number
}

export const heartbeat = (client: Client, token: number) => value<number[]>(client, 'select execution.fn_worker_heartbeat($1)', [token])

export const requeue = (
  client: Client,
  job: Held,
  backoffMs: number,
  error: Record<string, unknown> = { code: 'rate_limited', message: 'slow down' },
) =>
  value<string>(client, 'select battles.fn_requeue_battle_job_with_backoff($1, $2, $3, $4)', [
    job.job_id,
    job.lease_token,
    backoffMs,
    error,
  ])

export const deadLetter = (client: Client, job: Held, error: Record<string, unknown> = { code: 'auth_failed', message: 'no such key' }) =>
  value<string>(client, 'select battles.fn_move_battle_job_to_dlq($1, $2, $3)', [job.job_id, job.lease_token, error])

/** The lease ends now: its driver has not renewed it in time. */
export const expireLease = (client: Client, token: number) =>
  client.query(`update execution.leases set expires_at = now() - interval '1 second' where lease_token = $1`, [token])

/** Delayed and backing-off jobs become due. */
export const makeDue = (client: Client) => client.query(`update execution.later set run_after = now() - interval '1 second'`)

export const sweep = (client: Client) => value<Record<string, unknown>>(client, 'select execution.sweep()')

/** Claims and answers whatever is ready. */
export async function answerAll(client: Client): Promise<void> {
  for (const job of await claim(client, 100)) await complete(client, job)
}

/** A battle whose contenders have all answered: it waits for its judge. */
export async function startJudging(client: Client, wanted: NewBattle = {}): Promise<Battle> {
  const battle = await startBattle(client, wanted)
  await answerAll(client)
  return battle
}

/** What a judge decided: slots best first, those side by side in one place; or that it abstained. */
export type Decision = (string | string[])[] | 'both_bad' | 'abstain'

export function verdictOf(job: HeldJudging, presentation: 0 | 1, decision: Decision): Record<string, unknown> {
  const slots = job.answers.map((answer) => answer.slot)
  const places = decision === 'abstain' ? [] : decision === 'both_bad' ? [slots] : decision.map((slot) => [slot].flat())
  const contender = (slot: string) => job.answers.find((answer) => answer.slot === slot)!.contender_id
  const first = places[0] ?? []
  const outcome = typeof decision === 'string' ? decision : first.length > 1 ? 'tie' : 'winner'
  return {
    presentation,
    slot_order: presentation === 0 ? slots.join('') : slots.toReversed().join(''),
    outcome,
    winner_contender_id: outcome === 'winner' ? contender(first[0]!) : null,
    reasoning: 'because',
    scores: places.flatMap((group, nth) => group.map((slot) => ({ contender_id: contender(slot), score: 9 - nth, place: nth + 1 }))),
    system_prompt: 'You judge.',
    prompt: 'Which is better?',
    raw_text: '{}',
  }
}

export const recordVerdict = (client: Client, job: HeldJudging, verdict: Record<string, unknown>) =>
  value<string>(client, 'select battles.fn_worker_record_verdict($1, $2, $3)', [job.job_id, job.lease_token, verdict])

export const completeJudging = (client: Client, job: Held) =>
  value<boolean>(client, 'select battles.fn_worker_complete_battle_judging($1, $2)', [job.job_id, job.lease_token])

export const finalize = (client: Client, battle: Battle) =>
  value<string>(client, 'select battles.fn_battles_finalize($1)', [battle.battleId])

export const autoFinalize = (client: Client) => value<number>(client, 'select battles.fn_auto_finalize_battles()')

/** Both presentations recorded and the judging done: only the finalisation is left. */
export async function judge(client: Client, decisions: [Decision, Decision]): Promise<HeldJudging> {
  const job = await claimJudging(client)
  for (const presentation of [0, 1] as const) await recordVerdict(client, job, verdictOf(job, presentation, decisions[presentation]))
  await completeJudging(client, job)
  return job
}

export const ratings = (client: Client) =>
  rows<{ competitor: string; rating: number; games: number; wins: number; losses: number; draws: number }>(
    client,
    'select competitor, rating, games, wins, losses, draws from battles.ratings order by competitor',
  )

// ---------------------------------------------------------------- people

/** What a function for people answers: an outcome, or a refusal by name. */
export interface Answered {
  outcome?: string
  refused?: string
  slot?: string
  choice?: string
  [more: string]: unknown
}

export const join = (client: Client, battle: Battle, userId: string) =>
  value<Answered>(client, 'select battles.fn_battles_join($1, $2)', [battle.battleId, userId])

export const submit = (client: Client, battle: Battle, userId: string, text: string, isFinal = false) =>
  value<Answered>(client, 'select battles.fn_submissions_submit($1, $2, $3, $4)', [
    battle.battleId,
    userId,
    { content_text: text },
    isFinal,
  ])

export const withdraw = (client: Client, battle: Battle, userId: string) =>
  value<Answered>(client, 'select battles.fn_submissions_withdraw($1, $2)', [battle.battleId, userId])

export const vote = (client: Client, battle: Battle, voterId: string, choice: string, source: string | null = null) =>
  value<Answered>(client, 'select battles.fn_submit_vote($1, $2, $3, $4)', [battle.battleId, voterId, choice, source])

export const closeVoting = (client: Client, battle: Battle) =>
  value<string>(client, 'select battles.fn_battles_close_voting($1, $2)', [battle.battleId, battle.ownerId])

export const endSubmissions = (client: Client) => value<number>(client, 'select battles.fn_battles_end_submissions()')

export const promoteDue = (client: Client) => value<number>(client, 'select battles.fn_battles_promote_due()')

/** The deadline of people, or of votes, is now past. */
export const pastDeadline = (client: Client, battle: Battle, column: 'submissions_end_at' | 'voting_ends_at' | 'promote_at') =>
  client.query(`update battles.battles set ${column} = now() - interval '1 second' where battle_id = $1`, [battle.battleId])

/** Votes of people nobody has met before. */
export async function voteAll(client: Client, battle: Battle, choices: string[]): Promise<void> {
  for (const choice of choices) {
    const given = await vote(client, battle, randomUUID(), choice)
    if (given.outcome !== 'voted') throw new Error(`not voted: ${JSON.stringify(given)}`)
  }
}

/** Every scan that is due finds nothing. */
export const scanNothing = (client: Client) =>
  client.query(`select battles.fn_worker_record_vote_scan((j ->> 'job_id')::bigint, (j ->> 'lease_token')::bigint, '[]')
    from jsonb_array_elements(battles.fn_worker_claim_vote_scan('scan', 100) -> 'jobs') j`)

/** A battle whose contenders have answered and whose vote is open. */
export async function startVoting(
  client: Client,
  mode: 'community' | 'hybrid' | 'ai_judge' = 'community',
  wanted: NewBattle = {},
): Promise<Battle> {
  const battle = await startBattle(client, {
    ...wanted,
    with: { scoring_mode: mode, voting_window_ms: 3_600_000, ...(mode === 'community' ? { judge: null } : {}), ...wanted.with },
  })
  await answerAll(client)
  return battle
}

export const documentOf = (client: Client, battle: Battle, viewerId: string | null) =>
  value<Record<string, unknown> | null>(client, 'select battles.fn_battles_get($1, $2)', [battle.battleId, viewerId])

// ---------------------------------------------------------------- jobs without an owner

/** A kind of job that belongs to nobody, and its queue. */
export async function makeQueue(client: Client, kind = 'plain', settings: Record<string, unknown> = {}): Promise<number> {
  await client.query(
    `insert into execution.job_kinds (kind, wake_function, max_attempts, max_reclaims) values ($1, $2, $3, $4) on conflict do nothing`,
    [kind, settings.wake_function ?? null, settings.max_attempts ?? 3, settings.max_reclaims ?? 3],
  )
  return value<number>(client, 'select execution.queue_for($1, $2, $3)', [
    kind,
    settings.concurrency_key ?? null,
    settings.concurrency_limit ?? null,
  ])
}

export interface EnqueueOptions {
  count?: number
  priority?: number
  runAfter?: string
}

export const enqueue = (client: Client, queueId: number, { count = 1, priority = 0, runAfter }: EnqueueOptions = {}) =>
  value<number[]>(
    client,
    `select execution.enqueue($1, array_fill('{}'::jsonb, array[$2::int]), priority => $3::smallint, run_after => now() + $4::interval)`,
    [queueId, count, priority, runAfter ?? null],
  )

export interface ClaimedJob {
  lease_token: number
  job_id: number
  attempts: number
  reclaims: number
}

export const claimJobs = (client: Client, kind = 'plain', most = 1, driver = 'driver') =>
  rows<ClaimedJob>(client, 'select * from execution.fn_worker_claim_jobs($1, $2, $3)', [kind, driver, most])

export const completeJobs = (client: Client, token: number, jobIds: number[]) =>
  value<number[]>(client, 'select execution.fn_worker_complete_jobs($1, $2)', [token, jobIds])
