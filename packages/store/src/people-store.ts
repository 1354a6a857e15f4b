import { z } from 'zod'
import type { Connection } from './connection.ts'
import { call } from './connection.ts'
import type { Json } from './database.types.ts'

const refusal = z.object({
  refused: z.string(),
  status: z.string().optional(),
  held: z.boolean().optional(),
  submissions_end_at: z.string().optional(),
  voting_window_ms: z.number().optional(),
  voting_ends_at: z.string().nullable().optional(),
  choices: z.array(z.string()).optional(),
  reason: z.string().optional(),
  eligible_at: z.string().optional(),
  most: z.number().optional(),
  window: z.string().optional(),
  retry_after_ms: z.number().optional(),
})

/** Why the database declined, with what the caller may want to know. */
export type Refusal = z.output<typeof refusal>

const answer = z.union([refusal, z.object({ outcome: z.string() })])

/** The part of the battle store that is for people who contend and vote, one method an RPC. Users are those the api has authenticated. */
export function peopleCalls({ battles }: Connection) {
  return {
    join: (battle_id: string, user_id: string) => call('fn_battles_join', battles.rpc('fn_battles_join', { battle_id, user_id }), answer),
    submit: (battle_id: string, user_id: string, submission: { content_text: string }, is_final: boolean) =>
      call(
        'fn_submissions_submit',
        battles.rpc('fn_submissions_submit', { battle_id, user_id, submission: submission as Json, is_final }),
        answer,
      ),
    withdraw: (battle_id: string, user_id: string) =>
      call('fn_submissions_withdraw', battles.rpc('fn_submissions_withdraw', { battle_id, user_id }), answer),
    /** source: where the vote came from, salted and hashed; null where that cannot be told. */
    vote: (battle_id: string, voter_id: string, choice: string, source: string | null = null) =>
      call(
        'fn_submit_vote',
        battles.rpc('fn_submit_vote', { battle_id, voter_id, choice, ...(source === null ? {} : { source }) }),
        answer,
      ),
    closeVoting: (battle_id: string, owner_id: string) =>
      call('fn_battles_close_voting', battles.rpc('fn_battles_close_voting', { battle_id, owner_id }), z.string()),
    setPromotion: (battle_id: string, owner_id: string, promote_at: string | null) =>
      call(
        'fn_battles_set_promotion',
        battles.rpc('fn_battles_set_promotion', { battle_id, owner_id, promote_at: promote_at as string }),
        z.string(),
      ),
    setVoters: (battle_id: string, owner_id: string, voters: string[]) =>
      call('fn_battles_set_voters', battles.rpc('fn_battles_set_voters', { battle_id, owner_id, voters }), z.string()),
    publishResults: (battle_id: string, owner_id: string) =>
      call('fn_battles_publish_results', battles.rpc('fn_battles_publish_results', { battle_id, owner_id }), z.string()),
  }
}
