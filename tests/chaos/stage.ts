import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Platform, startPlatform } from '@agon/local-platform'
import pg from 'pg'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../packages/local-platform/src/postgres/embedded.ts'
import { beginningAs } from '../support/clusters.ts'
import { type Audience, startAudience } from './audience.ts'
import { type Passage, startPassage } from './passage.ts'
import { callbackSecret, startWires, type Wires } from './wire.ts'
import { createWorkers, type Workers } from './workers.ts'

const projectDir = fileURLToPath(new URL('../..', import.meta.url))
const workerCount = 2

export interface User {
  name: string
  token: string
}

/** The whole system with a hand on everything that can break: PostgreSQL, the ways to it, functions, workers, providers. */
export interface Stage extends Workers {
  platform: Platform
  postgres: EmbeddedPostgres
  wires: Wires
  audience: Audience
  users: User[]
  /** Votes that were taken, as the voter was told. */
  voted: string[]
  /** Between the platform (REST, cron, net) and PostgreSQL. */
  toDatabase: Passage
  /** Between workers and the wakes on one side and the platform's address on the other. */
  toPlatform: Passage
  /** Between the workers' doorbells and PostgreSQL. */
  toDoorbell: Passage
  /** An operator's statement, past every proxy; tried until a database answers. */
  sql<Row extends object = Record<string, unknown>>(text: string, values?: unknown[]): Promise<Row[]>
  /** A client's request, tried until it is answered with something other than a failure of the server. */
  request(user: User, path: string, init?: { body?: unknown; headers?: Record<string, string> }): Promise<{ status: number; body: unknown }>
  stop(): Promise<void>
}

const portOf = (url: string) => Number(new URL(url).port)
const withPort = (url: string, port: number) => Object.assign(new URL(url), { port: String(port) }).href

export interface StageOptions {
  seed: string
  faultRate: number
  /** How long a lease is, in milliseconds: what was cut off is taken over after that. */
  leaseMs?: number
  /** How long a provider may take, who now and then takes for ever. */
  providerTimeoutMs?: number
}

export async function startStage({ seed, faultRate, leaseMs = 3000, providerTimeoutMs = 1500 }: StageOptions): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'agon-chaos-'))
  chmodSync(folder, 0o755) // PostgreSQL's user has to walk through it
  const closing: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 })]
  const stop = async () => {
    for (const close of closing.splice(0).toReversed()) await close()
  }
  try {
    const wires = await startWires({ seed, faultRate })
    closing.push(wires.stop)
    const audience = await startAudience({ seed, faultRate })
    closing.push(audience.stop)
    const postgres = await startEmbeddedPostgres(join(folder, 'postgres'), () => undefined, beginningAs('bare').template)
    closing.push(() => postgres.stop())
    const toDatabase = await startPassage(portOf(postgres.url))
    closing.push(toDatabase.close)
    const toDoorbell = await startPassage(portOf(postgres.url))
    closing.push(toDoorbell.close)

    const environment = {
      AGON_SEALING_KEYS: JSON.stringify({ k1: randomBytes(32).toString('base64') }),
      AGON_OUTBOUND_ALLOW: 'http://127.0.0.1:*',
      SPARRING_BASE_URL: `${wires.url}/v1`,
      SPARRING_ANTHROPIC_BASE_URL: wires.url,
      COMPATIBLE_BASE_URL: `${wires.url}/v1`,
      OLLAMA_BASE_URL: `${wires.url}/v1`,
      ANTHROPIC_BASE_URL: wires.url,
      ANTHROPIC_API_KEY: 'sk-ant-nobody',
      MISTRAL_BASE_URL: `${wires.url}/v1`,
      MISTRAL_API_KEY: 'nobody',
      OPENAI_BASE_URL: `${wires.url}/v1`,
      OPENAI_API_KEY: 'nobody',
      OPENAI_WEBHOOK_SECRET: callbackSecret,
    }
    const platform = await startPlatform({
      projectDir,
      dbUrl: withPort(postgres.url, toDatabase.port),
      dataDir: join(folder, 'guest'),
      functionEnv: {
        ...environment,
        AGON_PROVIDER_TIMEOUT_MS: String(providerTimeoutMs),
        AGON_SLICE_MS: '20000',
        AGON_WRITES_PER_MINUTE: '0',
      },
      vault: { project_url: (facts) => facts.url, agon_worker_key: (facts) => facts.secretKeys.worker! },
    })
    closing.push(() => platform.stop())
    wires.callBack(`${platform.url}/functions/v1/provider-callback/openai`)
    const toPlatform = await startPassage(portOf(platform.url))
    closing.push(toPlatform.close)
    const { end, ...workers } = createWorkers({
      folder,
      environment: {
        ...environment,
        SUPABASE_URL: `http://127.0.0.1:${toPlatform.port}`,
        AGON_WORKER_KEY: platform.secretKeys.worker!,
        AGON_DATABASE_URL: withPort(postgres.url, toDoorbell.port),
        AGON_PROVIDER_TIMEOUT_MS: String(providerTimeoutMs),
      },
    })
    closing.push(end)
    const operator = createOperator(postgres.url)
    closing.push(operator.close)

    const stage: Stage = {
      platform,
      postgres,
      wires,
      audience,
      users: [],
      voted: [],
      toDatabase,
      toPlatform,
      toDoorbell,
      ...workers,
      sql: operator.sql,
      request: (user, path, init) => request(platform, user, path, init),
      stop,
    }
    await hurry(stage, leaseMs)
    await stage.sql(remembersForgotten)
    await stage.sql(`select vault.update_secret(id, $1) from vault.secrets where name = 'project_url'`, [
      `http://127.0.0.1:${toPlatform.port}`,
    ])
    for (const name of ['ada', 'bob', 'cyd']) stage.users.push({ name, token: await signUp(platform, name) })
    // Everything that happens to the first one's battles is told to the receiver.
    const told = await stage.request(stage.users[0]!, '/webhooks', { body: { url: audience.url } })
    if (told.status !== 201) throw new Error(`the receiver was refused with ${told.status}: ${JSON.stringify(told.body)}`)
    for (let nth = 1; nth <= workerCount; nth++) stage.startWorker(`worker-${nth}`)
    // What only a worker can do is refused until one is heard of.
    for (const end = performance.now() + 20_000; performance.now() < end; await delay(100)) {
      if ((await stage.sql('select from execution.capabilities')).length > 0) break
    }
    return stage
  } catch (error) {
    await stop()
    throw error
  }
}

/**
 * A job that shows progress forgets the leases that were lost with it before, as it should: whoever counts the calls it may have cost does
 * not. A redrive's are in its dead letter.
 */
const remembersForgotten = `
  create schema chaos;
  create table chaos.forgotten (job_id bigint not null, reclaims integer not null);
  create function chaos.remember() returns trigger language plpgsql security definer set search_path = '' as $$
  begin
    insert into chaos.forgotten values (old.job_id, old.reclaims - new.reclaims);
    return null;
  end $$;
  create trigger remembers after update of reclaims on execution.jobs for each row
    when (old.state = 'active' and new.state = 'active' and new.reclaims < old.reclaims) execute function chaos.remember()`

/** Leases of seconds and schedules of a second, so that minutes of a life pass in one of a test. What they are is data; nothing else changes. */
async function hurry({ sql }: Stage, leaseMs: number): Promise<void> {
  await sql('update execution.job_kinds set lease_ms = $1', [leaseMs])
  await sql(`alter database postgres set agon.judging_grace = '3 seconds'`)
  await sql(
    `select cron.schedule(jobname, '1 second', command) from cron.job where jobname in ('agon-sweep', 'agon-finalize') or schedule = '* * * * *'`,
  )
}

function createOperator(url: string) {
  let client: pg.Client | undefined
  async function connected(): Promise<pg.Client> {
    if (client) return client
    const fresh = new pg.Client({ connectionString: url, application_name: 'chaos-operator', connectionTimeoutMillis: 3000 })
    fresh.on('error', () => {
      if (client === fresh) client = undefined
    })
    fresh.on('end', () => {
      if (client === fresh) client = undefined
    })
    await fresh.connect()
    client = fresh
    return fresh
  }
  let last: Promise<unknown> = Promise.resolve()
  async function once<Row extends object>(text: string, values: unknown[]): Promise<Row[]> {
    for (const deadline = performance.now() + 60_000; ; ) {
      try {
        const { rows } = await (await connected()).query<Row>(text, values)
        return rows
      } catch (error) {
        // Refused by the database itself: that is an answer. 57P01 to 57P03 and 08 are its going away.
        const { code = '' } = error as { code?: string }
        if (/^[0-9A-Z]{5}$/.test(code) && !/^(57P|08)/.test(code)) throw error
        client = undefined
        if (performance.now() > deadline) throw error
        await delay(50)
      }
    }
  }
  return {
    sql<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
      const next = last.then(() => once<Row>(text, values))
      last = next.catch(() => undefined)
      return next
    },
    close: () => client?.end().catch(() => undefined),
  }
}

async function request(platform: Platform, user: User, path: string, init: { body?: unknown; headers?: Record<string, string> } = {}) {
  let last = ''
  for (const deadline = performance.now() + 90_000; ; ) {
    try {
      const response = await fetch(`${platform.url}/functions/v1/api${path}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${user.token}`,
          apikey: platform.publishableKey,
          ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...init.headers,
        },
        ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
        signal: AbortSignal.timeout(20_000),
      })
      const body = await response.json()
      if (response.status < 500 && response.status !== 429) return { status: response.status, body }
      last = JSON.stringify(body)
    } catch (error) {
      last = String(error)
      // The process that answered was killed, or the way to it: asked again, under the same idempotency key.
    }
    if (performance.now() > deadline) throw new Error(`POST ${path} was not answered for 90 s, but for ${last}`)
    await delay(100)
  }
}

async function signUp({ url, publishableKey }: Platform, name: string): Promise<string> {
  const response = await fetch(`${url}/auth/v1/signup`, {
    method: 'POST',
    headers: { apikey: publishableKey, 'content-type': 'application/json' },
    body: JSON.stringify({ email: `${name}@example.test`, password: 'a password for one run' }),
  })
  const { access_token: token } = (await response.json()) as { access_token?: string }
  if (!token) throw new Error(`signing up answered ${response.status} without a session`)
  return token
}
