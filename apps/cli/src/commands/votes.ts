import type { AgonOperator, HeldVotePage, VoteFilter } from '@agon/client'
import { problemError, usageError } from '../cli-error.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { asOperator, type OperatorOptions } from '../platform/operator.ts'
import { spell } from '../terminal/ago.ts'
import { table } from '../terminal/columns.ts'
import { printable } from '../terminal/printable.ts'
import type { Context } from './context.ts'

interface Filters extends OperatorOptions {
  voter?: string
  battle?: string
  reason?: string
}

export interface VotesHeldOptions extends Filters {
  status: 'held' | 'rejected' | 'all'
  since?: string
  limit: number
}

export interface VotesDecideOptions extends Filters {
  by?: string
  note?: string
}

type HeldVote = HeldVotePage['votes'][number]

/** Votes that are not counted, over as many pages as it takes. */
export const votesHeldCommand = (options: VotesHeldOptions, context: Context): Promise<ExitCode> =>
  asOperator(options, context, async (operator) => {
    const { status, voter, battle, reason, since } = options
    const votes: HeldVote[] = []
    for (let cursor: string | null | undefined; cursor !== null && votes.length < options.limit; ) {
      const page = await operator.heldVotes({
        status,
        ...(voter && { voter_id: voter }),
        ...(battle && { battle_id: battle }),
        ...(reason && { reason }),
        ...(since && { since }),
        limit: Math.min(200, options.limit - votes.length),
        ...(cursor !== undefined && { cursor }),
      })
      if (!page.ok) throw problemError(page.problem)
      votes.push(...page.value.votes)
      cursor = page.value.next_cursor
    }
    if (options.json) context.print(JSON.stringify(votes))
    else context.print(votes.length === 0 ? 'No such votes.' : voteTable(votes, Date.now(), context))
    return exitCodes.done
  })

function voteTable(votes: readonly HeldVote[], nowMs: number, { out }: Pick<Context, 'out'>): string {
  const heading = ['vote', 'ago', 'status', 'reason', 'by', 'choice', 'voter', 'battle', ''].map((cell) => out.dim(cell))
  const rows = votes.map((vote) =>
    [
      vote.vote_id,
      spell(nowMs - Date.parse(vote.decided_at)),
      vote.status,
      vote.reason,
      vote.decided_by,
      vote.choice,
      vote.voter_id,
      vote.battle_id,
      vote.battle_status,
    ].map(printable),
  )
  return table([heading, ...rows], [1])
}

/** Counts votes, or takes them out for good: one by its id, or those of a voter. */
export const votesDecideCommand = (
  decision: 'released' | 'rejected',
  id: string | undefined,
  options: VotesDecideOptions,
  context: Context,
): Promise<ExitCode> => {
  const { voter, battle, reason, by, note } = options
  if ((id === undefined) === (voter === undefined))
    throw usageError('Which votes?', 'Give an id from agon votes held, or --voter, and not both.')
  if (id !== undefined && (battle ?? reason) !== undefined) throw usageError('An id names one vote.', 'Leave --battle and --reason out.')
  const filter: VoteFilter =
    id !== undefined ? { vote_id: id } : { voter_id: voter!, ...(battle && { battle_id: battle }), ...(reason && { reason }) }
  return asOperator(options, context, async (operator) => {
    const done = await decideAll(operator, decision, filter, { ...(by && { by }), ...(note && { note }) })
    if (options.json) context.print(JSON.stringify(done))
    else if (done.votes === 0) context.print(`Nothing changed: no such vote was still to be ${decision}.`)
    else {
      context.print(`${done.votes} ${done.votes === 1 ? 'vote' : 'votes'} ${decision}.`)
      if (done.after_close > 0)
        context.print(
          `${done.after_close} of them in battles that had closed: their tally is another now, their outcome and every rating are as they were.`,
        )
    }
    return exitCodes.done
  })
}

async function decideAll(
  operator: AgonOperator,
  decision: 'released' | 'rejected',
  filter: VoteFilter,
  remarks: { by?: string; note?: string },
) {
  const totals = { votes: 0, after_close: 0 }
  for (let more = true; more; ) {
    const done = await (decision === 'released' ? operator.releaseVotes(filter, remarks) : operator.rejectVotes(filter, remarks))
    if (!done.ok) throw problemError(done.problem)
    totals.votes += done.value.votes
    totals.after_close += done.value.after_close
    more = done.value.more && done.value.votes > 0 && !('vote_id' in filter)
  }
  return totals
}
