import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { isMainThread } from 'node:worker_threads'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach } from 'vitest'

/*
 * A PostgreSQL 17 for tests. One cluster serves a whole vitest run (tests/support/postgres-keeper.ts), every test file has a
 * database of its own, copied from a migrated template, and every test begins with it empty. Nothing is mocked, nothing sleeps:
 * a lease is lost by writing its expiry into the past.
 */

// Ids and tokens stay far below 2^53 in a test.
const types = pg.types as unknown as Record<'getTypeParser' | 'setTypeParser', (oid: number, parse?: unknown) => (text: string) => string[]>
const int8 = 20
const int8Array = 1016 // in no list of names: the arrays have none
const parseTextArray = types.getTypeParser(int8Array)
types.setTypeParser(int8, Number)
types.setTypeParser(int8Array, (text: string) => parseTextArray(text).map(Number))

export type Client = pg.Client
export const projectUrl = 'http://platform.test'
export const workerKey = 'sb_secret_worker_of_the_tests'

async function clusterUrl(): Promise<string> {
  // One folder a run: named after vitest's own process, which is our parent in a process pool and ourselves in a thread pool.
  const vitestPid = isMainThread ? process.ppid : process.pid
  const folder = join(tmpdir(), `agon-tests-${vitestPid}`)
  const report = join(folder, 'ready.json')
  try {
    mkdirSync(folder)
    const keeper = fileURLToPath(new URL('./postgres-keeper.ts', import.meta.url))
    spawn(process.execPath, [keeper, folder, String(vitestPid)], { detached: true, stdio: 'ignore' }).unref()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error // another test file was first
  }
  const deadline = performance.now() + 90_000
  while (!existsSync(report)) {
    if (performance.now() > deadline) throw new Error(`no PostgreSQL after 90 s in ${folder}`)
    await delay(10)
  }
  const { url, error } = JSON.parse(readFileSync(report, 'utf8')) as { url?: string; error?: string }
  if (!url) throw new Error(`the test database could not be made: ${error}`)
  return url
}

export interface TestDatabase {
  url: string
  /** The file's first connection. A test called concurrent opens more with connect(). */
  sql: Client
  connect(): Promise<Client>
  /** Connections for a race, all of them open before it begins. */
  connectMany(count: number): Promise<Client[]>
}

async function open(url: string): Promise<Client> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

/** The empty database of this test file: call it once, at the top, and use it inside tests. kept: a test finds what the one before left. */
export function useDatabase({ kept = false } = {}): TestDatabase {
  const name = `agon_${randomUUID().replaceAll('-', '')}`
  const clients: Client[] = []
  let adminUrl = ''
  const database: TestDatabase = {
    url: '',
    get sql(): Client {
      return clients[0]!
    },
    async connect() {
      const client = await open(database.url)
      clients.push(client)
      return client
    },
    connectMany: (count) => Promise.all(Array.from({ length: count }, () => database.connect())),
  }
  beforeAll(async () => {
    adminUrl = await clusterUrl()
    const admin = await open(adminUrl)
    await admin.query(`create database ${name} template agon_template strategy file_copy`)
    // Database settings are not copied with a template.
    const settings = await rows<{ setting: string }>(
      admin,
      `select unnest(setconfig) as setting from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase and s.setrole = 0
       where d.datname = 'agon_template'`,
    )
    for (const { setting } of settings) {
      const [key, text] = setting.split(/=(.*)/s)
      await admin.query(`alter database ${name} set ${key} = ${key === 'search_path' ? text : admin.escapeLiteral(text!)}`)
    }
    await admin.end()
    database.url = Object.assign(new URL(adminUrl), { pathname: `/${name}` }).href
    await database.connect()
  })
  beforeEach(async () => {
    if (kept) return
    await Promise.all(clients.splice(1).map((client) => client.end()))
    await empty(database.sql)
  })
  afterAll(async () => {
    await Promise.all(clients.splice(0).map((client) => client.end().catch(() => undefined)))
    if (!adminUrl) return
    const admin = await open(adminUrl)
    await admin.query(`drop database if exists ${name} with (force)`)
    await admin.end()
  })
  return database
}

/** Everything a test can leave behind. What migrations put in (kinds, their own queues, schedules) stays. */
export async function empty(client: Client): Promise<void> {
  await client.query(`
    rollback; reset role; reset all;
    delete from battles.elo_changes; delete from battles.elo_battle_log; delete from battles.ratings;
    delete from battles.battles;
    delete from execution.dead_letters; delete from execution.leases; delete from execution.ready; delete from execution.later;
    delete from execution.jobs; delete from execution.waiters;
    delete from execution.queues where concurrency_key is not null; delete from execution.lanes;
    delete from execution.queues where kind not like 'battle%'; delete from execution.job_kinds where kind not like 'battle%';
    update execution.queues set paused = false;
    delete from vault.secrets; delete from net.http_request_queue`)
}

/** Runs as the API would: as one of its roles, with a signed-in user's claims when there is one. Ends by asRole(client, 'postgres'). */
export async function asRole(client: Client, role: 'anon' | 'authenticated' | 'service_role' | 'postgres', userId?: string): Promise<void> {
  await client.query(role === 'postgres' ? 'reset role' : `set role ${role}`)
  const claims = userId ? JSON.stringify({ sub: userId, role }) : ''
  await client.query(`select set_config('request.jwt.claims', $1, false)`, [claims])
}

/** One value of one row. */
export async function value<T>(client: Client, text: string, values: unknown[] = []): Promise<T> {
  const { rows } = await client.query({ text, values, rowMode: 'array' })
  return rows[0]?.[0] as T
}

export async function rows<T = Record<string, unknown>>(client: Client, text: string, values: unknown[] = []): Promise<T[]> {
  return (await client.query(text, values)).rows as T[]
}

/**
 * Returns when this connection's statement waits for another's lock: tests of two connections go on from here instead of sleeping.
 * Given the statement, it also returns when that has ended without waiting.
 */
export async function untilWaiting(observer: Client, waiter: Client, statement?: Promise<unknown>): Promise<void> {
  const deadline = performance.now() + 10_000
  const { processID } = waiter as Client & { processID: number }
  let ended = false
  const end = () => {
    ended = true
  }
  statement?.then(end, end)
  while (!ended && !(await value<boolean>(observer, 'select cardinality(pg_blocking_pids($1)) > 0', [processID]))) {
    if (performance.now() > deadline) throw new Error('the second connection never waited for the first')
    await delay(2)
  }
}

/** Warnings this connection receives while the work runs: what the database log would say to an operator. */
export async function warningsDuring(client: Client, work: () => Promise<unknown>): Promise<string[]> {
  const warnings: string[] = []
  const listen = (notice: { message?: string; severity?: string }) =>
    void (notice.severity === 'WARNING' && warnings.push(notice.message ?? ''))
  client.on('notice', listen)
  await work()
  client.off('notice', listen)
  return warnings
}

/** The same again and again on one connection, in turn. */
export async function times<T>(count: number, make: (nth: number) => Promise<T>): Promise<T[]> {
  const made: T[] = []
  for (let nth = 0; nth < count; nth++) made.push(await make(nth))
  return made
}

/** What every table of both schemas holds, as text: equal dumps mean that nothing changed. */
export async function dump(client: Client): Promise<string> {
  const tables = await rows<{ name: string }>(
    client,
    `select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables
     where schemaname in ('battles', 'execution') order by 1`,
  )
  const union = tables.map(({ name }) => `select '${name}' as name, to_jsonb(t)::text as line from ${name} t`).join(' union all ')
  const lines = await rows<{ name: string; line: string }>(client, `${union} order by 1, 2`)
  return lines.map(({ name, line }) => `${name} ${line}`).join('\n')
}

// ---------------------------------------------------------------- battles, by the functions the product calls

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
