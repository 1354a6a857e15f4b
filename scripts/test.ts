import { spawn } from 'node:child_process'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { root } from './root.ts'

/*
 * npm test: the check, then every test. Closes with what was skipped, what failed and why, and a line that counts. Arguments go to Vitest, and
 * then the check is left out.
 *
 * Three files share two cores, and a test that waits for the world may have waited too little there. So a file that failed is run again, alone,
 * and what passes then is named as such: it is the test that needs mending. Never where a failure is a finding that may not come twice: a file
 * that draws its histories (fast-check), races or chaos. And never more than a few: that is no accident.
 */
const startedAt = performance.now()
const only = process.argv.slice(2)
const mostSecondLooks = 5

interface Report {
  testResults: {
    name: string
    status: string
    message: string
    assertionResults: { fullName: string; status: string; failureMessages: string[] }[]
  }[]
}
interface Failure {
  file: string
  test: string
  why: string
}
interface Outcome {
  passed: number
  total: number
  skipped: string[]
  failures: Failure[]
}

function run(script: string, args: string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, script), ...args], { cwd: root, stdio: 'inherit' })
    child.on('exit', (code) => resolve(code ?? 1))
  })
}

/** Undefined where Vitest told of no test at all. */
async function vitest(name: string, args: string[]): Promise<Outcome | undefined> {
  const report = join(root, `.agon/${name}.json`)
  await mkdir(join(root, '.agon'), { recursive: true })
  await rm(report, { force: true })
  const code = await run('node_modules/vitest/vitest.mjs', [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...args,
  ])
  const told = JSON.parse(await readFile(report, 'utf8').catch(() => 'null')) as Report | null
  if (!told) return undefined
  const tests = told.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map((test) => ({ ...test, file: relative(root, name) })),
  )
  const failures: Failure[] = tests
    .filter(({ status }) => status === 'failed')
    .map(({ file, fullName, failureMessages }) => ({ file, test: fullName, why: failureMessages[0] ?? '' }))
  // A file that cannot be read, or whose beforeAll fails, fails without a failed test.
  for (const { name, status, message } of told.testResults)
    if (status === 'failed' && !failures.some(({ file }) => file === relative(root, name)))
      failures.push({ file: relative(root, name), test: 'the file itself', why: message })
  if (code !== 0 && failures.length === 0) failures.push({ file: 'vitest', test: 'itself', why: `ended with exit code ${code}` })
  return {
    passed: tests.filter(({ status }) => status === 'passed').length,
    total: tests.length,
    skipped: tests.filter(({ status }) => ['skipped', 'pending', 'todo'].includes(status)).map(({ fullName }) => fullName),
    failures,
  }
}

async function draws(file: string): Promise<boolean> {
  if (/^tests\/(race|chaos)\//.test(file)) return true
  const source = await readFile(join(root, file), 'utf8').catch(() => undefined)
  return source === undefined || source.includes('fast-check')
}

function tell(heading: string, failures: Failure[]): void {
  for (const { file, test, why } of failures)
    console.log(`${heading}: ${file} > ${test}\n    ${why.split('\n').slice(0, 3).join('\n    ')}`)
}

const checked = only.length > 0 ? 0 : await run('scripts/check.ts', [])
const first = await vitest('test-report', only)

let failures = first?.failures ?? []
let mended: Failure[] = []
const files = [...new Set(failures.map(({ file }) => file))]
const drawing = await Promise.all(files.map(draws))
if (only.length === 0 && files.length > 0 && files.length <= mostSecondLooks && !drawing.includes(true)) {
  tell('failed', failures)
  console.log(`\nA second look at ${files.length === 1 ? 'that file' : `those ${files.length} files`}, alone:`)
  const second = await vitest('second-look', ['--maxWorkers=1', ...files])
  const still = second?.failures ?? failures
  mended = failures.filter(
    ({ file, test }) => !still.some((failure) => failure.file === file && [test, 'the file itself'].includes(failure.test)),
  )
  failures = still
}

for (const name of first?.skipped ?? []) console.log(`skipped: ${name}`)
tell('passed at a second look, alone', mended)
tell('failed', failures)
const passed = checked === 0 && first !== undefined && first.passed > 0 && failures.length === 0
const tally = first
  ? `${first.passed} of ${first.total} tests passed, ${mended.length > 0 ? `${mended.length} more at a second look, ` : ''}${failures.length} failed, ${first.skipped.length} skipped`
  : 'the tests did not run'
const check = only.length > 0 ? 'check left out' : `check ${checked === 0 ? 'passed' : 'FAILED'}`
console.log(`${passed ? 'passed' : 'FAILED'}: ${check}; ${tally}; ${((performance.now() - startedAt) / 1000).toFixed(0)} s`)
process.exit(passed ? 0 : 1)
