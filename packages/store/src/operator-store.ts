import { z } from 'zod'
import type { Connection } from './connection.ts'
import { call } from './connection.ts'

/** Which dead letters: all that match every field given. */
export interface LetterFilter {
  kind?: string
  error_code?: string
  battle_id?: string
  run_id?: string
  /** No older than this, as an ISO timestamp. */
  since?: string
}

/** Which votes that are not counted. */
export interface HeldVoteFilter {
  status?: string
  battle_id?: string
  voter_id?: string
  reason?: string
  since?: string
}

const document = z.record(z.string(), z.unknown())
const letters = z.object({ dead_letters: z.array(document), next_cursor: z.number().nullable() })
const redriven = z.object({ outcomes: z.record(z.string(), z.number()), considered: z.number(), next_after: z.number().nullable() })
const heldVotes = z.object({ votes: z.array(document), next_cursor: z.string().nullable() })
const decidedVotes = z.union([
  z.object({ refused: z.string() }),
  z.object({ outcome: z.string(), votes: z.number(), after_close: z.number(), more: z.boolean() }),
])
const counted = z.object({ allowed: z.boolean(), remaining: z.number(), reset_ms: z.number() })

/** What whoever runs the project asks and does, and the count of requests, one method an RPC. */
export function createOperatorStore({ battles, execution }: Connection) {
  return {
    status: () => call('fn_status', execution.rpc('fn_status'), document),
    workers: () => call('fn_workers', execution.rpc('fn_workers'), document),
    deadLetters: ({ state, most, cursor, ...filter }: LetterFilter & { state: string; most: number; cursor?: number }) =>
      call(
        'fn_dead_letters_list',
        battles.rpc('fn_dead_letters_list', { filter: { state, ...filter }, most, ...(cursor === undefined ? {} : { cursor }) }),
        letters,
      ),
    redrive: (dead_letter_id: number) =>
      call('fn_redrive_dead_letter', battles.rpc('fn_redrive_dead_letter', { dead_letter_id }), z.string()),
    redriveMany: (filter: LetterFilter & { after?: number }, most: number) =>
      call('fn_redrive_dead_letters', battles.rpc('fn_redrive_dead_letters', { filter: { ...filter }, most }), redriven),
    /** For the battle's owner; null when there is no such battle of theirs. */
    redriveBattle: (battle_id: string, owner_id: string) =>
      call('fn_battles_redrive', battles.rpc('fn_battles_redrive', { battle_id, owner_id }), redriven.nullable()),
    turn: (turned_off: boolean, scope: 'system' | 'provider', name: string, reason: string) =>
      call('fn_operator_switch', execution.rpc('fn_operator_switch', { scope, name, turned_off, reason }), z.string()),
    hold: (battle_id: string, reason: string) => call('fn_battles_hold', battles.rpc('fn_battles_hold', { battle_id, reason }), z.string()),
    release: (battle_id: string) => call('fn_battles_release', battles.rpc('fn_battles_release', { battle_id }), z.string()),
    heldVotes: (filter: HeldVoteFilter, most: number, cursor?: string) =>
      call(
        'fn_votes_list',
        battles.rpc('fn_votes_list', { filter: { ...filter }, most, ...(cursor === undefined ? {} : { cursor }) }),
        heldVotes,
      ),
    decideVotes: (
      decision: 'released' | 'rejected',
      filter: Omit<HeldVoteFilter, 'status'> & { vote_id?: string },
      by: string,
      note: string,
      most?: number,
    ) =>
      call(
        'fn_votes_decide',
        battles.rpc('fn_votes_decide', { decision, filter: { ...filter }, decided_by: by, note, ...(most === undefined ? {} : { most }) }),
        decidedVotes,
      ),
    /** Counts one request of a bucket against `most` in a window of `window_ms`. */
    countRequest: (bucket: string, most: number, window_ms: number) =>
      call('fn_count_request', execution.rpc('fn_count_request', { bucket, most, window_ms }), counted),
  }
}

export type OperatorStore = ReturnType<typeof createOperatorStore>
