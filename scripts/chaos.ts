import { campaign } from '../tests/chaos/campaign.ts'
import { killDrivers, killedDriversLine } from '../tests/chaos/killed-drivers.ts'
import { campaignTable, failures } from '../tests/chaos/table.ts'
import { readOptions } from './options.ts'

// npm run chaos: battles of all kinds while drivers are killed, PostgreSQL is restarted and connections break; then two runs of workflows
// that ask a provider, while whoever drives them is killed. See docs/chaos.md.
const { values } = readOptions({
  options: {
    seed: { type: 'string', default: String(Date.now()) },
    battles: { type: 'string', default: '300' },
    minutes: { type: 'string', default: '5' },
    'in-flight': { type: 'string', default: '16' },
    only: { type: 'string' },
    'run-nodes': { type: 'string', default: '500' },
    quiet: { type: 'boolean', default: false },
  },
})
const number = (name: 'battles' | 'minutes' | 'in-flight' | 'run-nodes'): number => {
  const parsed = Number(values[name])
  if (Number.isFinite(parsed) && parsed > 0) return parsed
  console.error(`--${name} takes a number above 0`)
  process.exit(2)
}
if (values.only !== undefined && !['battles', 'workflows'].includes(values.only)) {
  console.error('--only takes battles or workflows')
  process.exit(2)
}
const nodes = number('run-nodes')
const options = {
  seed: values.seed,
  battles: number('battles'),
  minutes: number('minutes'),
  inFlight: number('in-flight'),
  runNodes: nodes,
  flows: 1,
}
const onProgress = values.quiet ? undefined : (line: string) => console.log(line)
const wrong: string[] = []
if (values.only !== 'workflows') {
  console.log(
    `npm run chaos -- --seed ${options.seed} --battles ${options.battles} --minutes ${options.minutes} --in-flight ${options.inFlight}`,
  )
  const report = await campaign({ ...options, ...(onProgress && { onProgress }) })
  console.log(`\n${campaignTable(report)}\n`)
  wrong.push(...failures(report))
}
if (values.only !== 'battles') {
  console.log(`npm run chaos -- --only workflows --seed ${options.seed} --run-nodes ${nodes}`)
  const report = await killDrivers({ seed: options.seed, nodes, ...(onProgress && { onProgress }) })
  console.log(`\n${killedDriversLine(report)}\n`)
  wrong.push(...report.failures)
}
for (const each of wrong.slice(0, 50)) console.error(each)
if (wrong.length > 50) console.error(`and ${wrong.length - 50} more`)
console.log(wrong.length === 0 ? 'Nothing was lost, stuck or recorded twice.' : `Failures: ${wrong.length}`)
process.exit(wrong.length === 0 ? 0 : 1)
