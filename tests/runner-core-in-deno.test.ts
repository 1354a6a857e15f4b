import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * The edge functions are Deno, the worker is Node, and both decide with runner-core: its tests run in both. Vitest itself runs inside
 * Deno here, and AGON_TEST_RUNTIME makes runtime.test.ts fail should a test file ever land in Node.
 */
it('the tests of runner-core pass in Deno as they do in Node', () => {
  const folder = mkdtempSync(join(tmpdir(), 'agon-deno-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const report = join(folder, 'report.json')
  const vitest = [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--project',
    'unit',
    '--pool',
    'forks',
    '--reporter',
    'json',
    '--outputFile',
    report,
  ]
  const run = spawnSync('node_modules/.bin/deno', ['run', '-A', ...vitest, 'packages/runner-core'], {
    cwd: root,
    // Here Deno is to read the workspace's package.json, which the edge functions must not.
    env: { ...process.env, DENO_NO_PACKAGE_JSON: undefined, AGON_TEST_RUNTIME: 'deno', DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8')) as {
    numPassedTests: number
    numFailedTests: number
    testResults: { name: string; assertionResults: { title: string; status: string; failureMessages: string[] }[] }[]
  }
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults)
  expect(tests.filter(({ status }) => status === 'failed').map(({ title, failureMessages }) => [title, ...failureMessages])).toEqual([])
  expect(numFailedTests).toBe(0)
  expect(tests).toContainEqual(expect.objectContaining({ title: 'these tests run in the runtime that was asked for', status: 'passed' }))
  expect(run.status, run.stderr).toBe(0)
  console.log(`runner-core in Deno: ${numPassedTests} tests in ${testResults.length} files passed`)
})
