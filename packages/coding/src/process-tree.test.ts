import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'

const module = (name: string) => new URL(name, import.meta.url).href

/** Runs a program with `runProgram` in a process of its own, behind these words of a command line. */
function ran(before: readonly string[], shell: string) {
  const script = `import { runProgram } from '${module('run-program.ts')}'
    const { how, durationMs, stdout } = await runProgram({ argv: ['/bin/sh', '-c', ${JSON.stringify(shell)}], cwd: '/', env: { PATH: process.env.PATH },
      runId: 'of-a-test-' + process.pid + '-' + Date.now(), timeoutMs: 60_000, maxOutputBytes: 4096, signal: new AbortController().signal })
    console.log(JSON.stringify({ pid: process.pid, how, durationMs, stdout }))`
  const [program, ...args] = [...before, process.execPath, '--input-type=module', '--eval', script]
  const { stdout, stderr } = spawnSync(program!, args, { cwd: tmpdir(), encoding: 'utf8' })
  return JSON.parse(stdout.trim() || JSON.stringify({ stderr })) as { pid: number; how: string; durationMs: number; stdout: string }
}

const asFirst = ['unshare', '--pid', '--fork', '--mount-proc']
const mayBeFirst = process.platform === 'linux' && spawnSync(asFirst[0]!, [...asFirst.slice(1), 'true']).status === 0

test.runIf(mayBeFirst)(
  'as the first process of a container, which orphans come to, a worker does not wait for those that have ended',
  () => {
    const { pid, how, durationMs, stdout } = ran(asFirst, 'sleep 100 & (setsid sleep 200 &); echo done')
    expect([pid, how, stdout]).toEqual([1, 'exited', 'done\n'])
    expect(durationMs).toBeLessThan(9_000) // ten seconds and the grace, of one that is never gone
  },
)

test('a program that is asked to end and does not is ended, with what it left in the background', () => {
  const { how, durationMs } = ran(
    [],
    `(trap '' TERM; while :; do sleep 1; done) & (trap '' TERM; setsid sh -c 'trap "" TERM; sleep 300' &) ; exit 0`,
  )
  expect(how).toBe('exited')
  expect(durationMs).toBeGreaterThan(1_900)
  expect(durationMs).toBeLessThan(9_000)
})
