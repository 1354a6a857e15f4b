import { spawn } from 'node:child_process'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from './root.ts'

// npm test: the check, then every test. Closes with a line that counts them. Arguments go to Vitest, and then the check is left out.
const startedAt = performance.now()
const report = join(root, '.agon/test-report.json')
const only = process.argv.slice(2)

function run(script: string, args: string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, script), ...args], { cwd: root, stdio: 'inherit' })
    child.on('exit', (code) => resolve(code ?? 1))
  })
}

const checked = only.length > 0 ? 0 : await run('scripts/check.ts', [])
await mkdir(join(root, '.agon'), { recursive: true })
await rm(report, { force: true })
const tested = await run('node_modules/vitest/vitest.mjs', [
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...only,
])

interface Report {
  numTotalTests: number
  numPassedTests: number
  numFailedTests: number
  testResults: { name: string; status: string; message: string; assertionResults: { fullName: string; status: string }[] }[]
}
const counted = JSON.parse(await readFile(report, 'utf8').catch(() => 'null')) as Report | null
const skipped =
  counted?.testResults.flatMap((file) =>
    file.assertionResults.filter((test) => ['skipped', 'pending', 'todo'].includes(test.status)).map((test) => test.fullName),
  ) ?? []
for (const name of skipped) console.log(`skipped: ${name}`)
const verdict = checked === 0 && tested === 0 && counted !== null && counted.numPassedTests > 0 ? 'passed' : 'FAILED'
const tally = counted
  ? `${counted.numPassedTests} of ${counted.numTotalTests} tests passed, ${counted.numFailedTests} failed, ${skipped.length} skipped`
  : 'the tests did not run'
const check = only.length > 0 ? 'check left out' : `check ${checked === 0 ? 'passed' : 'FAILED'}`
console.log(`${verdict}: ${check}; ${tally}; ${((performance.now() - startedAt) / 1000).toFixed(0)} s`)
process.exit(verdict === 'passed' ? 0 : 1)
