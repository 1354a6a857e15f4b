import { z } from 'zod'
import { type Connection, call } from './connection.ts'
import type { SliceQuery } from './rating-store.ts'

const page = z.object({ rows: z.array(z.record(z.string(), z.unknown())), next: z.string().nullable() })

export type ExportPage = z.output<typeof page>

/** What exports need, one method an RPC. every: for who runs the project, battles whose results are not published too. */
export function createExportStore({ battles, ratings }: Connection) {
  return {
    battles: (every: boolean, after: string | null) =>
      call('fn_export_battles', battles.rpc('fn_export_battles', { every, after: after! }), page),
    answers: (every: boolean, after: string | null) =>
      call('fn_export_answers', battles.rpc('fn_export_answers', { every, after: after! }), page),
    verdicts: (every: boolean, after: string | null) =>
      call('fn_export_verdicts', battles.rpc('fn_export_verdicts', { every, after: after! }), page),
    votes: (salt: string, every: boolean, after: string | null) =>
      call('fn_export_votes', battles.rpc('fn_export_votes', { salt, every, after: after! }), page),
    comparisons: ({ category, since, ...slice }: SliceQuery & { since: string | null }, after: string | null) =>
      call(
        'fn_export_comparisons',
        ratings.rpc('fn_export_comparisons', { ...slice, category: category!, since: since!, after: after! }),
        page,
      ),
  }
}

export type ExportStore = ReturnType<typeof createExportStore>
