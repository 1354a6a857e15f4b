import { competitorName } from '../battle/names.ts'
import { problemError } from '../cli-error.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { remoteOf } from '../platform/session.ts'
import { table } from '../terminal/columns.ts'
import { type Context, closeSession, openSession } from './context.ts'

export interface LeaderboardOptions {
  limit: number
  json?: true
  url?: string
  publishableKey?: string
}

/** The competitors by rating. */
export async function leaderboardCommand(options: LeaderboardOptions, context: Context): Promise<ExitCode> {
  const session = await openSession(context, remoteOf(options, context.variables), false)
  try {
    const found = await session.agon.leaderboard({ limit: options.limit })
    if (!found.ok) throw problemError(found.problem)
    const { leaderboard } = found.value
    if (options.json) context.print(JSON.stringify(leaderboard))
    else if (leaderboard.length === 0) context.print('Nobody is rated yet: npm run battle makes the first two competitors.')
    else {
      const heading = ['', 'competitor', 'rating', 'games', 'won', 'lost', 'drawn'].map((cell) => context.out.dim(cell))
      const rows = leaderboard.map((row) => [
        String(row.rank),
        competitorName(row),
        context.out.bold(row.rating.toFixed(0)),
        ...[row.games, row.wins, row.losses, row.draws].map(String),
      ])
      context.print(table([heading, ...rows], [0, 2, 3, 4, 5, 6]))
    }
    return exitCodes.done
  } finally {
    await closeSession(context, session)
  }
}
