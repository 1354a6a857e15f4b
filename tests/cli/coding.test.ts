import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { codingMachine, mends } from '../support/coding.ts'
import { agon, temporaryHome } from './support.ts'

// Coding battles from the command line, on the platform of this machine, without any agent.

const { home, remove } = await temporaryHome()
const machine = codingMachine()
afterAll(() => {
  remove()
  machine.remove()
})
const environment = { AGON_HOME: home, AGON_SPARRING_THINKS_MS: '50' }

test('two simulated coders contend in a repository, a check decides, and the folder of results is named', async () => {
  const { code, out, err } = await agon(
    [
      'battle',
      '--coding',
      '--repo',
      machine.repository,
      '--check',
      `written=${process.execPath} -e fs.accessSync('TASKS.md')`,
      'Mend the price',
    ],
    environment,
  )
  expect(code, err).toBe(0)
  expect(err).toContain('SIMULATED')
  expect(out).toContain('wins: more of its checks passed')
  expect(out).toContain('1 file changed, written') // and how, on the next line of its column
  const results = join(home, 'results')
  const [folder] = readdirSync(results)
  expect(err).toContain(`Results: ${join(results, folder!)}\n`)
  expect(readdirSync(join(results, folder!)).sort()).toEqual(['manifest.json', 'sparring-coder-hasty', 'sparring-coder-steady'])
  const manifest = JSON.parse(readFileSync(join(results, folder!, 'manifest.json'), 'utf8'))
  expect(manifest).toMatchObject({
    status: 'closed',
    winner: { folder: 'sparring-coder-steady' },
    contenders: [{ simulated: true }, { simulated: true }],
  })
  expect(readFileSync(join(results, folder!, 'sparring-coder-steady/diff.patch'), 'utf8')).toContain('+> Mend the price')
}, 120_000)

test('backends come from the file of the environment, and a judge beside checks makes it a hybrid', async () => {
  machine.configure({ mender: { script: mends }, idler: { script: "console.log('I looked.')\n" } })
  const { code, out } = await agon(
    [
      'battle',
      '--coding',
      '--repo',
      machine.repository,
      '--backend',
      'mender',
      '--backend',
      'idler',
      '--check',
      'test',
      '--judge',
      'sparring:arbiter',
      '--json',
      'Mend it',
    ],
    { ...environment, AGON_BACKENDS: machine.settings.AGON_BACKENDS! },
  )
  expect(code).toBe(0)
  expect(JSON.parse(out)).toMatchObject({
    battle_type: 'coding',
    scoring_mode: 'hybrid',
    status: 'closed',
    contenders: [{ checks_share: 1 }, { checks_share: 0 }],
  })
}, 120_000)

test.each([
  ['without a repository', ['--coding', 'x'], '--repo'],
  ['with a folder that is not there', ['--coding', '--repo', '/no/where', 'x'], 'no such folder'],
  ['with a backend that nobody configured', ['--coding', '--repo', '.', '--backend', 'nobody', 'x'], 'sparring-coder is always there'],
  ['with a check that nobody configured', ['--coding', '--repo', '.', '--check', 'lint', 'x'], '--check "test=npm test"'],
  ['without its word', ['--check', 'test', 'x'], 'Add --coding'],
])('a coding battle %s is refused with what to do', async (_what, args, remedy) => {
  mkdirSync(home, { recursive: true })
  const { code, err } = await agon(['battle', ...args], environment)
  expect([code, err]).toEqual([2, expect.stringContaining(remedy)])
})
