import { z } from 'zod'
import type { Connection } from './connection.ts'
import { call } from './connection.ts'
import type { Json } from './database.types.ts'

/** The page parses the jobs (battleClaim of driver-answers.ts); between the two they are passed on as they are. */
const claim = z.object({ jobs: z.array(z.record(z.string(), z.unknown())), lease_ms: z.number(), next_due_ms: z.number().nullable() })

const shown = z.enum(['held', 'lost', 'gap', 'not_found'])
const completed = z.enum(['recorded', 'lost', 'not_found'])
const failed = z.enum(['requeued', 'dead_lettered', 'lost', 'not_found'])
const givenBack = z.enum(['given_back', 'lost', 'not_found'])

/** A job in a page's hands, as the page names it. */
export interface LocalJob {
  job_id: number
  lease_token: number
}

/** What the api needs for pages that answer with their owner's own keys, one method an RPC. Owners are users the api has authenticated. */
export function createLocalStore({ battles, lenses }: Connection) {
  return {
    /** The same of nodes of the owner's runs. */
    nodes: localNodes(lenses),
    claim: (owner_id: string, driver: string, providers: string[], most: number) =>
      call('fn_local_claim', battles.rpc('fn_local_claim', { owner_id, driver, providers, most }), claim),
    heartbeat: (owner_id: string, job: LocalJob, progress?: { output: object; checkpoint: object; delta: object }) =>
      call(
        'fn_local_heartbeat',
        battles.rpc('fn_local_heartbeat', {
          owner_id,
          ...job,
          ...(progress && { output: progress.output as Json, checkpoint: progress.checkpoint as Json, delta: progress.delta as Json }),
        }),
        shown,
      ),
    complete: (owner_id: string, job: LocalJob, output: object) =>
      call('fn_local_complete', battles.rpc('fn_local_complete', { owner_id, ...job, output: output as Json }), completed),
    fail: (owner_id: string, job: LocalJob, error: object, backoff_ms: number | null) =>
      call(
        'fn_local_fail',
        battles.rpc('fn_local_fail', { owner_id, ...job, error: error as Json, ...(backoff_ms !== null && { backoff_ms }) }),
        failed,
      ),
    giveBack: (owner_id: string, job: LocalJob) =>
      call('fn_local_give_back', battles.rpc('fn_local_give_back', { owner_id, ...job }), givenBack),
  }
}

const localNodes = (lenses: Connection['lenses']) => ({
  claim: (owner_id: string, driver: string, providers: string[], most: number) =>
    call('fn_local_claim', lenses.rpc('fn_local_claim', { owner_id, driver, providers, most }), claim),
  heartbeat: (owner_id: string, job: LocalJob, progress?: { checkpoint: object; delta: object }) =>
    call(
      'fn_local_heartbeat',
      lenses.rpc('fn_local_heartbeat', {
        owner_id,
        ...job,
        ...(progress && { checkpoint: progress.checkpoint as Json, delta: progress.delta as Json }),
      }),
      shown,
    ),
  complete: (owner_id: string, job: LocalJob, result: object) =>
    call('fn_local_complete', lenses.rpc('fn_local_complete', { owner_id, ...job, result: result as Json }), completed),
  fail: (owner_id: string, job: LocalJob, error: object, backoff_ms: number | null, notes: object[]) =>
    call(
      'fn_local_fail',
      lenses.rpc('fn_local_fail', {
        owner_id,
        ...job,
        error: error as Json,
        ...(backoff_ms !== null && { backoff_ms }),
        notes: notes as unknown as Json,
      }),
      failed,
    ),
  giveBack: (owner_id: string, job: LocalJob) =>
    call('fn_local_give_back', lenses.rpc('fn_local_give_back', { owner_id, ...job }), givenBack),
})

export type LocalStore = ReturnType<typeof createLocalStore>
