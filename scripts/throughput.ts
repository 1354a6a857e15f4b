import { drainBacklog, startBacklogArena } from '../tests/worker/backlog.ts'
import { readOptions } from './options.ts'

// npm run throughput: one backlog after the other, drained by 1, 2 and 4 worker processes beside the functions. See docs/worker.md.
const { values } = readOptions({
  options: { battles: { type: 'string', default: '100' }, processes: { type: 'string', default: '1,2,4' } },
})
const battles = Number(values.battles)
const counts = values.processes.split(',').map(Number)
if (![battles, ...counts].every((n) => Number.isInteger(n) && n > 0)) {
  console.error('--battles takes a whole number above 0, --processes such numbers between commas')
  process.exit(2)
}
const arena = await startBacklogArena()
let wrong = 0
try {
  console.log('processes  jobs      s  jobs/s  by workers  by functions')
  for (const processes of counts) {
    const drained = await drainBacklog(arena, { battles, processes, name: `p${processes}` })
    const theirs = Object.values(drained.byWorker).reduce((sum, n) => sum + n, 0)
    const cells = [
      processes,
      drained.jobs,
      (drained.ms / 1000).toFixed(1),
      (drained.jobs / (drained.ms / 1000)).toFixed(0),
      theirs,
      drained.jobs - theirs,
    ]
    console.log(cells.map((cell, nth) => String(cell).padStart([9, 5, 6, 7, 11, 13][nth]!)).join(''))
    for (const each of drained.wrong) console.error(each)
    wrong += drained.wrong.length
  }
} finally {
  await arena.stop()
}
console.log(wrong === 0 ? 'No job ran twice, and none was lost.' : `${wrong} jobs are not as they should be.`)
process.exit(wrong === 0 ? 0 : 1)
