import type { BoardStore, ComputedBoard, RefreshJob } from '@agon/runner-core/refresh-step'
import { z } from 'zod'
import { claimOf, id, lease, leaseOf } from './claims.ts'
import { type Connection, call } from './connection.ts'
import type { Json } from './database.types.ts'

const job = z
  .object({
    ...lease,
    version: id,
    source: z.enum(['judge', 'crowd', 'imported']),
    kind: z.string(),
    category: z.string().nullable(),
    since: z.string().nullable(),
    style: z.boolean(),
  })
  .transform(
    (row): RefreshJob => ({
      ...leaseOf(row),
      version: row.version,
      source: row.source,
      kind: row.kind,
      category: row.category,
      since: row.since,
      style: row.style,
    }),
  )

const claim = claimOf(job)

const page = z.object({
  a: z.array(z.string()),
  b: z.array(z.string()),
  outcome: z.array(z.enum(['a', 'b', 'tie', 'both_bad'])),
  weight: z.array(z.number()),
  cluster: z.array(z.string()),
  style: z.array(z.array(z.number()).nullable()),
  next: z.number().nullable(),
})

const answers = z
  .array(z.object({ contender_id: z.string(), content_text: z.string() }))
  .transform((rows) => rows.map((row) => ({ contenderId: row.contender_id, contentText: row.content_text })))

const boardRow = (board: ComputedBoard): Json => ({
  since: board.since,
  comparisons: board.comparisons,
  clusters: board.clusters,
  cluster_ratio: board.clusterRatio,
  penalty: board.penalty,
  coefficients: board.coefficients?.map(({ feature, value, halfWidth }) => ({ feature, value, half_width: halfWidth })) ?? null,
  rows: board.rows.map(({ winRate, ...row }) => ({ ...row, win_rate: winRate })),
  unfinished: board.unfinished,
})

/** Comparisons a read takes at most: a page of 20,000 is about 3 MB. */
const pageSize = 20_000

/** What refreshing the boards needs of the ratings room, one method an RPC. */
export function createBoardStore({ ratings }: Connection): BoardStore & { refreshDue(): ReturnType<typeof call<number>> } {
  return {
    claimRefreshes: (driver, most, large) =>
      call('fn_worker_claim_refresh', ratings.rpc('fn_worker_claim_refresh', { driver, most, large }), claim),
    slice: ({ source, kind, category, since }, after) =>
      call('fn_slice', ratings.rpc('fn_slice', { source, kind, category: category!, since: since!, after, most: pageSize }), page),
    uncountedAnswers: () => call('fn_worker_uncounted_answers', ratings.rpc('fn_worker_uncounted_answers', {}), answers),
    recordStyles: (styles) =>
      call(
        'fn_worker_record_styles',
        ratings.rpc('fn_worker_record_styles', {
          styles: styles.map(({ contenderId, ...counts }) => ({ contender_id: contenderId, ...counts })),
        }),
        id,
      ),
    recordBoard: ({ jobId, leaseToken, version }, board) =>
      call(
        'fn_worker_record_board',
        ratings.rpc('fn_worker_record_board', { job_id: jobId, lease_token: leaseToken, version, board: boardRow(board) }),
        z.boolean(),
      ),
    leaveBoard: ({ jobId, leaseToken }) =>
      call('fn_worker_leave_board', ratings.rpc('fn_worker_leave_board', { job_id: jobId, lease_token: leaseToken }), z.boolean()),
    failRefresh: ({ jobId, leaseToken }, backoffMs, { code, message }) =>
      call(
        'fn_worker_fail_refresh',
        ratings.rpc('fn_worker_fail_refresh', {
          job_id: jobId,
          lease_token: leaseToken,
          backoff_ms: (backoffMs === null ? null : Math.round(backoffMs))!,
          error: { code, message },
        }),
        z.enum(['requeued', 'dead_lettered', 'lost']),
      ),
    refreshDue: () => call('fn_refresh_due', ratings.rpc('fn_refresh_due'), id),
  }
}
