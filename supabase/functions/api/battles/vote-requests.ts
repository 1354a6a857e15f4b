import { z } from 'zod'

/** What whoever looks after votes sends. */

const filter = {
  battle_id: z.uuid().optional(),
  reason: z.string().min(1).max(500).optional().meta({ description: 'Why they were held', example: 'same_source' }),
}

export const heldVotesQuery = z.strictObject({
  status: z.enum(['held', 'rejected', 'all']).default('held'),
  voter_id: z.uuid().optional(),
  ...filter,
  since: z.iso.datetime({ offset: true }).optional().meta({ description: 'Decided at this time or later' }),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z
    .string()
    .regex(/^\S+ ?\S+_[0-9a-f-]{36}$/, 'use next_cursor of the previous page')
    .optional(),
})

export const voteId = z.object({ vote_id: z.uuid() })

const decision = {
  by: z.string().trim().min(1).max(100).default('operator').meta({ description: 'Who decides, for the record' }),
  note: z.string().trim().max(500).default('').meta({ description: 'Why, for the record; without one the reason it was held for stays' }),
}

export const decideVote = z.strictObject(decision).meta({ id: 'VoteDecision' })

export const decideVotes = z
  .strictObject({
    voter_id: z.uuid(),
    ...filter,
    limit: z.number().int().min(1).max(500).default(200).meta({ description: 'more in the answer says whether to ask again' }),
    ...decision,
  })
  .meta({ id: 'VoterDecision' })
