import { missingFiles, type Reproduced } from '../tests/reproduce/data.ts'
import { judgeTextFiles, reproduceJudgeTexts } from '../tests/reproduce/judge-texts.ts'
import { llmbarFiles, reproduceLlmbar } from '../tests/reproduce/llmbar.ts'
import { mtBenchFiles, reproduceMtBench } from '../tests/reproduce/mt-bench.ts'

// npm run reproduce: published results beside ours. `-- --all` prints every row, else the counts per table and whatever differs.
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
