import type { PairReport } from './replay-pair.ts'
import { tallyText } from './tally.ts'

/** A pair's line while the others are still fought. */
export const pairLine = ({ pair, tally, replayed, seconds, faults }: PairReport): string =>
  `${faults.length === 0 ? 'ok    ' : 'FAILED'} ${pair.model_1} v ${pair.model_2}: ${tallyText(tally)} in ${seconds.toFixed(1)} s, ${rate(replayed.length, seconds)} battles/s`

const outcome = (faults: number): string => (faults === 0 ? 'equal' : `faults: ${faults}`)

const rate = (battles: number, seconds: number): string => (battles / seconds).toFixed(1)

/** All pairs, wins, losses and ties of the first model of each, here and as published. */
export function summaryTable(reports: readonly PairReport[]): string {
  const rows = reports.map(({ pair, tally, replayed, seconds, faults }) => [
    `${pair.model_1} v ${pair.model_2}`,
    String(replayed.length),
    tallyText(tally),
    tallyText(pair),
    seconds.toFixed(1),
    rate(replayed.length, seconds),
    outcome(faults.length),
  ])
  const battles = reports.reduce((sum, { replayed }) => sum + replayed.length, 0)
  const seconds = reports.reduce((sum, report) => sum + report.seconds, 0)
  const faults = reports.reduce((sum, report) => sum + report.faults.length, 0)
  const total = ['all', String(battles), '', '', seconds.toFixed(1), rate(battles, seconds), outcome(faults)]
  const header = ['pair', 'battles', 'Agon', 'recorded', 'seconds', 'battles/s', '']
  const table = [header, ...rows, total]
  const widths = header.map((_, column) => Math.max(...table.map((row) => row[column]!.length)))
  const left = (column: number) => column === 0 || column === header.length - 1
  const line = (row: string[]) =>
    row.map((cell, column) => (left(column) ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join('  ')
  return table.map((row) => line(row).trimEnd()).join('\n')
}
