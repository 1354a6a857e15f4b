import { parseArgs } from 'node:util'
import { campaign } from '../tests/chaos/campaign.ts'
import { campaignTable, failures } from '../tests/chaos/table.ts'

// npm run chaos: battles of all kinds while drivers are killed, PostgreSQL is restarted and connections break. See docs/chaos.md.
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now()) },
    battles: { type: 'string', default: '300' },
    minutes: { type: 'string', default: '5' },
    'in-flight': { type: 'string', default: '16' },
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
const options = {
  seed: values.seed,
  battles: number('battles'),
  minutes: number('minutes'),
  inFlight: number('in-flight'),
  runNodes: number('run-nodes'),
}
console.log(
  `npm run chaos -- --seed ${options.seed} --battles ${options.battles} --minutes ${options.minutes} --in-flight ${options.inFlight}`,
)
const report = await campaign({ ...options, ...(values.quiet ? {} : { onProgress: (line) => console.log(line) }) })
console.log(`\n${campaignTable(report)}\n`)
const wrong = failures(report)
for (const each of wrong.slice(0, 50)) console.error(each)
if (wrong.length > 50) console.error(`and ${wrong.length - 50} more`)
console.log(wrong.length === 0 ? 'Nothing was lost, stuck or recorded twice.' : `Failures: ${wrong.length}`)
process.exit(wrong.length === 0 ? 0 : 1)
