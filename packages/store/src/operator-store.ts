import { z } from 'zod'
import type { Connection } from './connection.ts'
import { call } from './connection.ts'

/** Which dead letters: all that match every field given. */
export interface LetterFilter {
  kind?: string
  error_code?: string
  battle_id?: string
  /** No older than this, as an ISO timestamp. */
  since?: string
}

const document = z.record(z.string(), z.unknown())
const letters = z.object({ dead_letters: z.array(document), next_cursor: z.number().nullable() })
const redriven = z.object({ outcomes: z.record(z.string(), z.number()), considered: z.number(), next_after: z.number().nullable() })
const counted = z.object({ allowed: z.boolean(), remaining: z.number(), reset_ms: z.number() })

/** What whoever runs the project asks and does, and the count of requests, one method an RPC. */
export function createOperatorStore({ battles, execution }: Connection) {
  return {
    status: () => call('fn_status', execution.rpc('fn_status'), document),
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
    /** Counts one request of a bucket against `most` in a window of `window_ms`. */
    countRequest: (bucket: string, most: number, window_ms: number) =>
      call('fn_count_request', execution.rpc('fn_count_request', { bucket, most, window_ms }), counted),
  }
}

export type OperatorStore = ReturnType<typeof createOperatorStore>
