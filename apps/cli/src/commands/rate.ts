import { type Board, board, fitBradleyTerry, fitStyleControlled, readComparisons, styleFeatures } from '@agon/runner-core/rating'
import { usageError } from '../cli-error.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { type ReadLog, readComparisonFile } from '../rate/read-comparisons.ts'
import { table } from '../terminal/columns.ts'
import type { Context } from './context.ts'

export interface RateOptions {
  cluster?: string
  minGames: number
  bothBad: 'tie' | 'drop'
  style?: true
  json?: true
}

/** A board from a file of comparisons, without a database. */
export async function rateCommand(path: string, options: RateOptions, context: Context): Promise<ExitCode> {
  const log = await readComparisonFile(path, {
    bothBad: options.bothBad,
    style: options.style ?? false,
    ...(options.cluster && { cluster: options.cluster }),
  })
  if (log.comparisons.length === 0) throw usageError(`${path} has no comparison to rate`, 'Every row needs model_a, model_b and winner.')
  const made = board(log.comparisons, { minGames: options.minGames })
  const style = options.style ? styleBoard(log) : undefined
  if (options.json) {
    const { clusterColumn, dropped } = log
    context.print(JSON.stringify({ ...made, cluster_column: clusterColumn, dropped, ...(style && { style }) }))
    return exitCodes.done
  }
  context.print(shown(made, style, context))
  context.print(notes(made, log, options, style))
  return exitCodes.done
}

interface StyleBoard {
  ratings: Record<string, number>
  coefficients: { feature: string; value: number; halfWidth: number }[]
  penalty: number
}

function styleBoard({ comparisons }: ReadLog): StyleBoard {
  const read = readComparisons(comparisons)
  const fit = fitStyleControlled(read, fitBradleyTerry(read).inCore)
  return {
    ratings: Object.fromEntries(
      read.competitors.map((name, who) => [name, fit.rating[who]!]).filter(([, rating]) => !Number.isNaN(rating)),
    ),
    coefficients: styleFeatures.map((feature, nth) => ({ feature, ...fit.coefficients[nth]! })),
    penalty: fit.penalty,
  }
}

function shown(made: Board, style: StyleBoard | undefined, { out }: Context): string {
  const heading = ['', 'competitor', 'rating', '95 %', 'games', 'won', 'lost', 'tied', ...(style ? ['at equal style'] : [])]
  const rows = made.rows.map((row) => [
    row.rank === null ? '–' : String(row.rank),
    row.competitor,
    out.bold(row.rating.toFixed(0)),
    row.lower === null ? 'provisional' : `${row.lower.toFixed(0)}–${row.upper!.toFixed(0)}`,
    ...[row.games, row.wins, row.losses, row.ties].map(String),
    ...(style ? [style.ratings[row.competitor]?.toFixed(0) ?? '–'] : []),
  ])
  return table([heading.map((cell) => out.dim(cell)), ...rows], [0, 2, 3, 4, 5, 6, 7, 8])
}

function notes(made: Board, log: ReadLog, options: RateOptions, style: StyleBoard | undefined): string {
  const counted = `${made.comparisons} comparisons`
  const lines = [
    log.clusterColumn === null
      ? `${counted}, each taken for independent: give --cluster if some share a prompt or a voter.`
      : `${counted} in ${made.clusters} clusters by ${log.clusterColumn}; the intervals are ${made.clusterRatio?.toFixed(2) ?? '?'} times as wide as without.`,
    options.bothBad === 'tie'
      ? 'Both bad counts as a tie (--both-bad drop leaves it out).'
      : `${log.dropped} rows in which both were bad are left out.`,
  ]
  if (made.rows.some(({ provisional }) => provisional !== null))
    lines.push(
      `Provisional: fewer than ${options.minGames} games, or outside the largest group of which each has beaten or drawn with the next.`,
    )
  if (style) {
    const worth = style.coefficients.map(({ feature, value, halfWidth }) => `${feature} ${value.toFixed(3)} ± ${halfWidth.toFixed(3)}`)
    lines.push(`Style, log odds per standard deviation: ${worth.join(', ')} (penalty ${style.penalty} on the summed loss).`)
  }
  return `\n${lines.join('\n')}`
}
