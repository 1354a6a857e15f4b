import { soak, soakTable } from '../tests/chaos/soak.ts'
import { failures } from '../tests/chaos/table.ts'
import { readOptions } from './options.ts'

// npm run soak: workers and functions together under a load that stays the same, while drivers are killed and replaced; memory, connections
// and the queue every ten seconds. See docs/chaos.md.
const { values } = readOptions({
  options: {
    seed: { type: 'string', default: String(Date.now()) },
    minutes: { type: 'string', default: '10' },
    'in-flight': { type: 'string', default: '10' },
  },
})
const number = (name: 'minutes' | 'in-flight'): number => {
  const parsed = Number(values[name])
  if (Number.isFinite(parsed) && parsed > 0) return parsed
  console.error(`--${name} takes a number above 0`)
  process.exit(2)
}
const options = { seed: values.seed, minutes: number('minutes'), inFlight: number('in-flight') }
console.log(`npm run soak -- --seed ${options.seed} --minutes ${options.minutes} --in-flight ${options.inFlight}`)
const report = await soak({ ...options, onProgress: (line) => console.log(line) })
console.log(`\n${soakTable(report)}\n`)
const wrong = failures(report)
for (const each of wrong.slice(0, 50)) console.error(each)
if (wrong.length > 50) console.error(`and ${wrong.length - 50} more`)
console.log(wrong.length === 0 ? 'Nothing was lost, stuck, recorded twice or paid twice.' : `Failures: ${wrong.length}`)
process.exit(wrong.length === 0 ? 0 : 1)
