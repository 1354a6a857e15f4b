import { describeEnvironment, foreignLoad } from './environment.ts'
import { isMet } from './measure.ts'
import { measures } from './measures/index.ts'
import { startBenchPostgres } from './postgres.ts'
import { print, save, writeTable } from './report.ts'

const args = process.argv.slice(2)
const quick = args.includes('--quick')
const names = args.filter((arg) => !arg.startsWith('--'))
const known = measures.map(({ name }) => name)
const unknown = [
  ...names.filter((name) => !known.includes(name)),
  ...args.filter((arg) => arg.startsWith('--') && !['--quick', '--table'].includes(arg)),
]
if (unknown.length > 0) {
  console.error(`Unknown: ${unknown.join(', ')}. Usage: npm run bench -- [${known.join('|')} …] [--quick] [--table]`)
  process.exit(2)
}
if (args.includes('--table')) {
  writeTable(known)
  process.exit(0)
}

const load = await foreignLoad()
if (load > 0.1) console.log(`This machine is ${Math.round(load * 100)} % busy with something else: take the numbers for what they are.`)

let failed = 0
let missed = 0
for (const measure of measures.filter(({ name }) => names.length === 0 || names.includes(name))) {
  const postgres = await startBenchPostgres(measure.settings)
  try {
    const environment = await describeEnvironment(postgres)
    console.log(`\n${measure.name} …`)
    const outcome = await measure.take({ postgres, quick, say: (text) => console.log(`  ${text}`) })
    save({ name: measure.name, title: measure.title, quick, environment, ...outcome })
    print({ title: measure.title, ...outcome })
    missed += outcome.goals.filter((goal) => !isMet(goal)).length
  } catch (error) {
    failed++
    console.error(`${measure.name} could not be measured:`, error)
  } finally {
    await postgres.stop()
  }
}
if (missed > 0) console.log(`\n${missed} goal(s) missed${quick ? ' (a quick run is too short to judge by)' : ''}.`)
process.exit(failed > 0 ? 1 : 0)
