import type { AgonClient, Board, BoardQuery, Leaderboard } from '@agon/client'
import { competitorName } from '../battle/names.ts'
import { problemError, usageError } from '../cli-error.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { remoteOf } from '../platform/session.ts'
import { table } from '../terminal/columns.ts'
import { type Context, closeSession, openSession } from './context.ts'

export interface LeaderboardOptions {
  board: 'elo' | 'bradley_terry'
  limit: number
  source?: NonNullable<BoardQuery['source']>
  kind?: NonNullable<BoardQuery['kind']>
  category?: string
  since?: NonNullable<BoardQuery['since']>
  style?: true
  minGames?: number
  json?: true
  url?: string
  publishableKey?: string
}

/** The competitors by rating. */
export async function leaderboardCommand(options: LeaderboardOptions, context: Context): Promise<ExitCode> {
  const slice = ['source', 'kind', 'category', 'since', 'style', 'minGames'] as const
  const misplaced = options.board === 'elo' ? slice.find((name) => options[name] !== undefined) : undefined
  if (misplaced)
    throw usageError(
      `--${misplaced === 'minGames' ? 'min-games' : misplaced} is for --board bradley_terry.`,
      'The elo board is one, of all battles.',
    )
  const session = await openSession(context, remoteOf(options, context.variables), false)
  try {
    if (options.board === 'elo') await showElo(session.agon, options, context)
    else await showBradleyTerry(session.agon, options, context)
    return exitCodes.done
  } finally {
    await closeSession(context, session)
  }
}

async function showElo(agon: AgonClient, { limit, json }: LeaderboardOptions, context: Context): Promise<void> {
  const found = await agon.leaderboard({ limit })
  if (!found.ok) throw problemError(found.problem)
  const { leaderboard } = found.value
  if (json) context.print(JSON.stringify(leaderboard))
  else if (leaderboard.length === 0) context.print('Nobody is rated yet: npm run battle makes the first two competitors.')
  else context.print(eloTable(leaderboard, context))
}

function eloTable(leaderboard: Leaderboard['leaderboard'], { out }: Context): string {
  const heading = ['', 'competitor', 'rating', 'games', 'won', 'lost', 'drawn'].map((cell) => out.dim(cell))
  const rows = leaderboard.map((row) => [
    String(row.rank),
    competitorName(row),
    out.bold(row.rating.toFixed(0)),
    ...[row.games, row.wins, row.losses, row.draws].map(String),
  ])
  return table([heading, ...rows], [0, 2, 3, 4, 5, 6])
}

async function showBradleyTerry(agon: AgonClient, options: LeaderboardOptions, context: Context): Promise<void> {
  const { limit, source, kind, category, since, style, minGames } = options
  const found = await agon.board({
    limit,
    ...(source && { source }),
    ...(kind && { kind }),
    ...(category && { category }),
    ...(since && { since }),
    ...(style && { style: 'true' }),
    ...(minGames && { min_games: minGames }),
  })
  if (!found.ok) throw problemError(found.problem)
  if (options.json) return context.print(JSON.stringify(found.value))
  if (found.value.leaderboard.length > 0) context.print(boardTable(found.value, context))
  context.print(notes(found.value).join('\n'))
}

function boardTable({ leaderboard }: Board, { out }: Context): string {
  const heading = ['', 'competitor', 'rating', '95 %', 'games', 'won', 'lost', 'tied'].map((cell) => out.dim(cell))
  const rows = leaderboard.map((row) => [
    row.rank === null ? '–' : String(row.rank),
    competitorName(row),
    out.bold(row.rating.toFixed(0)),
    row.lower === null ? 'provisional' : `${row.lower.toFixed(0)}–${row.upper!.toFixed(0)}`,
    ...[row.games, row.wins, row.losses, row.ties].map(String),
  ])
  return table([heading, ...rows], [0, 2, 3, 4, 5, 6, 7])
}

function notes(board: Board): string[] {
  if (board.computed_at === null)
    return [
      board.stale_since === null
        ? 'There is no such comparison yet.'
        : 'This board is asked for, and being computed now: look again in a moment.',
    ]
  const lines = [
    `\n${board.comparisons} comparisons of ${board.clusters} prompts${board.cluster_ratio === null ? '' : `; the intervals are ${board.cluster_ratio.toFixed(2)} times as wide as if each stood alone`}.`,
  ]
  if (board.stale_since !== null)
    lines.push(`Computed ${board.computed_at}; battles that closed after ${board.stale_since} may not be in it.`)
  if (board.coefficients) {
    const worth = board.coefficients.map(({ feature, value, half_width }) => `${feature} ${value.toFixed(3)} ± ${half_width.toFixed(3)}`)
    lines.push(`At equal style: ${worth.join(', ')} log odds per standard deviation (penalty ${board.penalty} on the summed loss).`)
  }
  return lines
}
