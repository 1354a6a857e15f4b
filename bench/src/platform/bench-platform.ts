import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type pg from 'pg'
import { type Platform, startPlatform } from '../../../packages/local-platform/src/index.ts'
import type { BenchPostgres } from '../postgres.ts'
import { startProvider, type WireProvider } from './wire-provider.ts'

const projectDir = fileURLToPath(new URL('../../..', import.meta.url))

/** Counts statements, where this PostgreSQL has the library. */
export const countingSettings = { shared_preload_libraries: 'pg_stat_statements', 'pg_stat_statements.max': '5000' }

export interface BenchPlatform {
  platform: Platform
  provider: WireProvider
  database: pg.Client
  /** Queries of this benchmark's own, to be left out of what is counted. */
  ownQueries: number
  /** A draft of so many contenders; its id. */
  draft(contenders: number): Promise<string>
  publish(battleId: string): Promise<void>
  /** Of who owns them. */
  ownerId: string
  /** Until these battles are over; throws when one did not end as closed. */
  closed(battleIds: string[], withinMs?: number): Promise<void>
  stop(): Promise<void>
}

/** The whole product as a user deploys it, on the bench's PostgreSQL: database, net, edge functions, and a provider on the wire. */
export async function startBenchPlatform(postgres: BenchPostgres): Promise<BenchPlatform> {
  const provider = await startProvider()
  const home = mkdtempSync(join(tmpdir(), 'agon-bench-platform-'))
  const platform = await startPlatform({
    projectDir,
    dataDir: join(home, 'platform'),
    dbUrl: postgres.url('postgres'),
    functionEnv: { SPARRING_BASE_URL: provider.url, AGON_WRITES_PER_MINUTE: '0' },
    vault: { project_url: (facts) => facts.url, agon_worker_key: (facts) => facts.secretKeys.worker! },
  })
  const database = await postgres.client('postgres')

  const signUp = await fetch(`${platform.url}/auth/v1/signup`, {
    method: 'POST',
    headers: { apikey: platform.publishableKey, 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'bench@example.com', password: 'correct horse battery' }),
  })
  const { access_token, user } = (await signUp.json()) as { access_token: string; user: { id: string } }
  const headers = { authorization: `Bearer ${access_token}`, apikey: platform.publishableKey, 'content-type': 'application/json' }
  const post = async (path: string, body: unknown) => {
    const response = await fetch(`${platform.url}/functions/v1/api${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    const answer = (await response.json()) as { battle_id: string }
    if (!response.ok) throw new Error(`POST ${path} answered ${response.status}: ${JSON.stringify(answer)}`)
    return answer
  }

  const arena: BenchPlatform = {
    platform,
    provider,
    database,
    ownQueries: 0,
    ownerId: user.id,
    async draft(contenders) {
      const made = await post('/battles', {
        prompt: 'Name a colour.',
        contenders: Array.from({ length: contenders }, (_, nth) => ({ model: `sparring:quill-${nth}` })),
        judge: { model: `sparring:judge-${contenders}` },
      })
      return made.battle_id
    },
    async publish(battleId) {
      await post(`/battles/${battleId}/publish`, {})
    },
    async closed(battleIds, withinMs = 120_000) {
      for (const deadline = Date.now() + withinMs; ; await delay(5)) {
        arena.ownQueries++
        const { rows } = await database.query(
          `select count(*) filter (where status in ('closed', 'void', 'cancelled'))::int as over, count(*) filter (where status = 'closed')::int as closed
           from battles.battles where battle_id = any ($1)`,
          [battleIds],
        )
        if (rows[0].over === battleIds.length) {
          if (rows[0].closed !== battleIds.length) throw new Error(`${battleIds.length - rows[0].closed} battle(s) did not close`)
          return
        }
        if (Date.now() > deadline) throw new Error(`${battleIds.length - rows[0].over} battle(s) were not over in ${withinMs / 1000} s`)
      }
    },
    async stop() {
      await database.end()
      await platform.stop()
      await provider.stop()
      rmSync(home, { recursive: true, force: true, maxRetries: 3 })
    },
  }
  return arena
}
