import { missingFiles, type Reproduced } from '../tests/reproduce/data.ts'
import { judgeTextFiles, reproduceJudgeTexts } from '../tests/reproduce/judge-texts.ts'
import { llmbarFiles, reproduceLlmbar } from '../tests/reproduce/llmbar.ts'
import { mtBenchFiles, reproduceMtBench } from '../tests/reproduce/mt-bench.ts'
import { numerics } from '../tests/reproduce/numerics.ts'

// npm run reproduce: published results beside ours. `-- --all` prints every row, else the counts per table and whatever differs.
// `-- --numerics`: what the board makes of a million battles and of inputs that have no answer, with the time each takes.
if (process.argv.includes('--numerics')) {
  let sound = true
  console.log(
    `${'input'.padEnd(40)} ${'comparisons'.padStart(11)} ${'models'.padStart(6)} ${'ranked'.padStart(6)} ${'time'.padStart(8)}  says`,
  )
  for (const { what, comparisons, competitors, ranked, ms, finite, says } of numerics(1_000_000, 500)) {
    sound &&= finite
    const cells = [
      String(comparisons).padStart(11),
      String(competitors).padStart(6),
      String(ranked).padStart(6),
      `${ms.toFixed(0)} ms`.padStart(8),
    ]
    console.log(`${what.padEnd(40)} ${cells.join(' ')}  ${finite ? says : 'NOT FINITE'}`)
  }
  process.exit(sound ? 0 : 1)
}
const all = process.argv.includes('--all')
const sources: [files: string[], rows: () => Reproduced[]][] = [
  [mtBenchFiles, reproduceMtBench],
  [llmbarFiles, reproduceLlmbar],
  [judgeTextFiles, reproduceJudgeTexts],
]
const rows: Reproduced[] = []
for (const [files, reproduce] of sources) {
  const missing = missingFiles(...files)
  if (missing) console.log(missing)
  else rows.push(...reproduce())
}

const line = ({ what, published, ours, equal }: Reproduced) =>
  `  ${equal ? ' ' : '✗'} ${what.padEnd(70)} ${published.padStart(12)} ${ours.padStart(12)}`
for (const table of new Set(rows.map((row) => row.table))) {
  const of = rows.filter((row) => row.table === table)
  console.log(`${table}: ${of.filter(({ equal }) => equal).length} of ${of.length} as published`)
  const shown = of.filter(({ equal }) => all || !equal || of.length <= 16)
  if (shown.length > 0) console.log(`    ${''.padEnd(70)} ${'published'.padStart(12)} ${'ours'.padStart(12)}`)
  for (const each of shown) console.log(line(each))
}
process.exit(rows.every(({ equal }) => equal) ? 0 : 1)
