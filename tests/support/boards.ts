import type { BoardStore, RefreshJob, SlicePage } from '@agon/runner-core/refresh-step'
import { comparisonsOf, ratingRefreshes, refreshStep } from '@agon/runner-core/refresh-step'
import { ok } from '@agon/runner-core/result'
import {
  answerAll,
  type Battle,
  closeVoting,
  type Decision,
  finalize,
  judge,
  type NewBattle,
  startJudging,
  startVoting,
  voteAll,
} from './battles.ts'
import { type Client, rows, value } from './database.ts'

// Battles that close, the log they leave, and the refreshes that make boards of it, over SQL.

/** A battle of these models that its judge decided, closed. */
export async function closedBattle(
  client: Client,
  models: string[],
  decisions: [Decision, Decision],
  wanted: NewBattle = {},
): Promise<Battle> {
  const battle = await startJudging(client, { contenders: models.map((model_key) => ({ model_key })), ...wanted })
  await judge(client, decisions)
  await finalize(client, battle)
  return battle
}

/** A battle that the crowd decided, closed. */
export async function votedBattle(client: Client, models: string[], choices: string[], wanted: NewBattle = {}): Promise<Battle> {
  const battle = await startVoting(client, 'community', { contenders: models.map((model_key) => ({ model_key })), ...wanted })
  await voteAll(client, battle, choices)
  await closeVoting(client, battle)
  await finalize(client, battle)
  return battle
}

export interface Logged {
  source: string
  kind: string
  category: string | null
  a: string
  b: string
  outcome: string
  weight: number
  cluster: string
}

/** The log as it stands, in the order of its names, without ids. */
export const standing = (client: Client) =>
  rows<Logged>(
    client,
    `select c.source::text, c.kind, c.category, c.a, c.b, c.outcome::text, sum(c.weight)::float8 as weight, c.cluster
     from ratings.comparisons c group by c.battle_id, c.source, c.kind, c.category, c.a, c.b, c.outcome, c.cluster
     having sum(c.weight) <> 0 order by 1, 2, 3, 4, 5, 6, 7, 8`,
  )

export const sums = (client: Client) =>
  rows(
    client,
    `select p.source::text, p.kind, p.category, p.a, p.b, p.outcome::text, p.weight from ratings.pair_sums p where p.weight <> 0 order by 1, 2, 3, 4, 5, 6`,
  )

/** Boards that have something to show, as they are read, without what tells when: two that are equal were computed of the same log. */
export const boards = (client: Client) =>
  rows(
    client,
    `select b.source::text, b.kind, b.category, b.window_days, b.style, b.since::text, b.comparisons, b.clusters, b.cluster_ratio, b.penalty, b.coefficients, b.rows
     from ratings.boards b where b.comparisons > 0 order by 1, 2, 3, 4, 5`,
  )

export const refreshDue = (client: Client) => value<number>(client, 'select ratings.fn_refresh_due()')

/** The boards' RPCs over SQL, with pages as small as a test wants. */
export function boardStore(client: Client, pageSize = 20_000): BoardStore {
  const claimed = async (driver: string, most: number, large: boolean) => {
    const claim = await value<{ jobs: Record<string, never>[]; lease_ms: number; next_due_ms: number | null }>(
      client,
      'select ratings.fn_worker_claim_refresh($1, $2, $3)',
      [driver, most, large],
    )
    const jobs = claim.jobs.map(
      (row): RefreshJob => ({
        ...(row as unknown as RefreshJob),
        leaseToken: row.lease_token!,
        jobId: row.job_id!,
        maxAttempts: row.max_attempts!,
        inLane: false,
      }),
    )
    return { jobs, leaseMs: claim.lease_ms, nextDueMs: claim.next_due_ms }
  }
  return {
    claimRefreshes: async (driver, most, large) => ok(await claimed(driver, most, large)),
    slice: async ({ source, kind, category, since }, after) =>
      ok(
        await value<SlicePage>(client, 'select ratings.fn_slice($1, $2, $3, $4, $5, $6)', [source, kind, category, since, after, pageSize]),
      ),
    uncountedAnswers: async () => {
      const answers = await value<{ contender_id: string; content_text: string }[]>(
        client,
        'select ratings.fn_worker_uncounted_answers($1)',
        [Math.min(200, pageSize)],
      )
      return ok(answers.map((one) => ({ contenderId: one.contender_id, contentText: one.content_text })))
    },
    recordStyles: async (styles) =>
      ok(
        await value<number>(client, 'select ratings.fn_worker_record_styles($1)', [
          JSON.stringify(styles.map(({ contenderId, ...counts }) => ({ contender_id: contenderId, ...counts }))),
        ]),
      ),
    recordBoard: async ({ jobId, leaseToken, version }, { clusterRatio, ...board }) =>
      ok(
        await value<boolean>(client, 'select ratings.fn_worker_record_board($1, $2, $3, $4)', [
          jobId,
          leaseToken,
          version,
          JSON.stringify({ ...board, cluster_ratio: clusterRatio }),
        ]),
      ),
    leaveBoard: async ({ jobId, leaseToken }) =>
      ok(await value<boolean>(client, 'select ratings.fn_worker_leave_board($1, $2)', [jobId, leaseToken])),
    failRefresh: async ({ jobId, leaseToken }, backoffMs, error) =>
      ok(await value(client, 'select ratings.fn_worker_fail_refresh($1, $2, $3, $4)', [jobId, leaseToken, backoffMs, error])),
  }
}

const world = {
  clock: { now: () => 0, sleep: async () => undefined },
  random: () => 0.5,
  log: () => undefined,
}

export interface RefreshOptions {
  pageSize?: number
  limit?: number
  large?: boolean
  stylePages?: number
}

/** Claims and computes whatever refresh is ready; how many there were. */
export async function refreshAll(client: Client, { pageSize, large = false, ...rules }: RefreshOptions = {}): Promise<number> {
  const store = boardStore(client, pageSize)
  let done = 0
  for (;;) {
    const claim = await store.claimRefreshes('test', 10, large)
    if (!claim.ok || claim.value.jobs.length === 0) return done
    for (const job of claim.value.jobs) {
      await refreshStep(job, store, world, rules, { signal: new AbortController().signal })
      done++
    }
  }
}

export { answerAll, comparisonsOf, ratingRefreshes, world }
