import { startProgress } from '../tests/replay/progress.ts'
import { ratingFaults } from '../tests/replay/rating-faults.ts'
import { type PairReport, replayPair } from '../tests/replay/replay-pair.ts'
import { startStage } from '../tests/replay/stage.ts'
import { pairLine, summaryTable } from '../tests/replay/summary.ts'
import { loadVicuna80, missingData } from '../tests/replay/vicuna80.ts'
import { readOptions } from './options.ts'

// npm run replay: the recorded Vicuna battles, 13 pairs of 80, through the whole system. `npm run replay -- bard` takes the pairs
// of bard alone.
const { values, positionals } = readOptions({ allowPositionals: true, options: { 'in-flight': { type: 'string', default: '12' } } })
const inFlight = Number(values['in-flight'])
if (!Number.isInteger(inFlight) || inFlight < 1) fail('--in-flight takes a whole number of battles, 1 or more')

const missing = missingData()
if (missing) {
  console.log(missing)
  process.exit(0)
}
const data = loadVicuna80()
const pairs = data.pairs.filter(({ model_1, model_2 }) => positionals.every((model) => [model_1, model_2].includes(model)))
if (pairs.length === 0) {
  const models = new Set(data.pairs.flatMap(({ model_1, model_2 }) => [model_1, model_2]))
  fail(`No recorded pair has ${positionals.join(' and ')}; there are ${[...models].join(', ')}`)
}

const stage = await startStage(data)
const reports: PairReport[] = []
const faults: string[] = []
const progress = startProgress(pairs.length * data.questions.length, process.stdout)
try {
  for (const pair of pairs) {
    const report = await replayPair(stage, data, pair, { inFlight, onFinished: progress.step })
    reports.push(report)
    faults.push(...report.faults)
    progress.line(pairLine(report))
  }
  const board = await stage.agon.leaderboard()
  if (!board.ok) throw new Error(`${board.problem.code}: ${board.problem.detail}`)
  const replayed = reports.flatMap((report) => report.replayed)
  faults.push(...ratingFaults(replayed, board.value.leaderboard))
} finally {
  progress.end()
  await stage.stop()
}

console.log(`\nWins–losses–ties of the first model\n\n${summaryTable(reports)}\n`)
for (const fault of faults.slice(0, 50)) console.error(fault)
if (faults.length > 50) console.error(`and ${faults.length - 50} more`)
console.log(faults.length === 0 ? 'Every battle, rating and provider call is as it must be.' : `Faults: ${faults.length}`)
process.exit(faults.length === 0 ? 0 : 1)

function fail(message: string): never {
  console.error(message)
  process.exit(2)
}
