import { z } from 'zod'
import { battleStatus } from '../requests.ts'

/** What whoever looks after votes gets. Read by the OpenAPI document and the client's types alone, as responses.ts says. */

const timestamp = z.string().meta({ format: 'date-time' })
const count = z.number().int()

const heldVote = z
  .object({
    vote_id: z.uuid(),
    battle_id: z.uuid(),
    battle_status: battleStatus,
    voter_id: z.uuid(),
    choice: z.string(),
    status: z.enum(['held', 'rejected']),
    reason: z.string(),
    evidence: z.record(z.string(), z.unknown()).meta({ description: 'What the rule saw that held it' }),
    decided_by: z.string(),
    decided_at: timestamp,
    created_at: timestamp,
  })
  .meta({ id: 'HeldVote' })

const heldVotes = z.object({ votes: z.array(heldVote), next_cursor: z.string().nullable() }).meta({ id: 'HeldVotePage' })

const decidedVotes = z
  .object({
    outcome: z.enum(['released', 'rejected', 'unchanged']),
    votes: count.meta({ description: 'How many changed' }),
    after_close: count.meta({
      description:
        'Of those, votes of battles that had closed: their tally is another now; their outcome and every rating are as they were',
    }),
    more: z.boolean().meta({ description: 'The limit was reached: ask again' }),
  })
  .meta({ id: 'DecidedVotes' })

export const voteShapes = { heldVotes, decidedVotes }
