import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Arena, projectDir, startArena } from '../support/arena.ts'
import { agon as run } from './support.ts'

// Teams from the command line, against a project that runs already.

let arena: Arena
let environment: Record<string, string>
const folder = mkdtempSync(join(tmpdir(), 'agon-teams-'))
beforeAll(async () => {
  arena = await startArena()
  const said = (name: string) => (request: { messages: { content?: unknown }[] }) => {
    const round = /This is round (\d+)/.exec(String(request.messages.at(-1)?.content))?.[1]
    return { content: round === undefined ? `${name} sums it up.` : `${name} in round ${round}.${round === '2' ? '\nDONE' : ''}` }
  }
  arena.provider.on({ model: 'quill' }, said('Quill') as never)
  arena.provider.on({ model: 'ember' }, said('Ember') as never)
  environment = {
    AGON_URL: arena.platform.url,
    AGON_PUBLISHABLE_KEY: arena.platform.publishableKey,
    AGON_ACCESS_TOKEN: arena.asOwner.authorization.slice('Bearer '.length),
  }
})
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await arena.stop()
})
const agon = (...args: string[]) => run(args, environment)
const pair = ['--member', 'Ada=sparring:quill', '--member', 'Bo=sparring-anthropic:ember']

test('a team is read as it talks, and again by its transcript', async () => {
  const ran = await agon('team', 'run', 'Name', 'a', 'bakery.', ...pair, '--rounds', '3', '--stop', 'DONE', '--summary', 'sparring:quill')
  expect(ran.code, ran.err).toBe(0)
  expect(ran.out).toMatch(
    /^Ada {2}round 1 {2}sparring:quill\nQuill in round 1\.\n\nBo {2}round 1[\s\S]*Ada {2}round 2[\s\S]*DONE\n\nSummary\nQuill sums it up\.\n/,
  )
  expect(ran.err).toMatch(/Ada begins, round 1 …\nBo begins, round 1 …\nAda begins, round 2 …\nThe summary begins …\n/)
  expect(ran.err).toContain('a member said that it is done: 3 turns')
  const id = /Run (\S+)/.exec(ran.err)![1]!
  const watched = await agon('workflow', 'watch', id)
  expect(watched.err).toMatch(/turn begun {2}team {2}Ada, round 1\n.*turn {2}team {2}Ada, round 1: completed\n/)
  const again = await agon('team', 'transcript', id)
  expect(again.out).toContain('Ember in round 1.')
  expect(again.out).toContain('a member said that it is done')
  expect(JSON.parse((await agon('team', 'transcript', id, '--json')).out)).toMatchObject({
    teams: [{ ended: 'stop', turns: { length: 3 } }],
  })
}, 60_000)

test('a team comes from a file, with options over it; as JSON, the run alone', async () => {
  const file = join(folder, 'team.yaml')
  writeFileSync(
    file,
    'task: Name a bakery.\nrounds: 5\nmode: parallel\nmembers:\n  - { name: Ada, model_key: "sparring:quill" }\n  - { name: Bo, model_key: "sparring:quill" }\n',
  )
  const ran = await agon('team', 'run', '--file', file, '--rounds', '1', '--json')
  expect(ran.code, ran.err).toBe(0)
  expect(JSON.parse(ran.out)).toMatchObject({
    status: 'completed',
    output: { data: { ended: 'rounds', rounds: 1, transcript: { length: 2 } } },
  })
}, 60_000)

test('what cannot be is refused before anything begins', async () => {
  const { code, err } = await agon('team', 'run', 'x', '--member', 'Ada=openai:gpt-5-mimi', '--member', 'Bo')
  expect([code, err]).toEqual([2, expect.stringContaining('Did you mean openai:gpt-5-mini')])
})

test('the command of docs/team-runs.md runs as it stands', async () => {
  const page = readFileSync(join(projectDir, 'docs/team-runs.md'), 'utf8')
  const [, code] = /<!-- runs: cli -->\n```sh\n([\s\S]*?)```/.exec(page) ?? []
  const main = join(projectDir, 'apps/cli/src/main.ts')
  const script = code!.replaceAll('npm run --silent agon --', `"${process.execPath}" "${main}"`)
  const { stdout } = await promisify(execFile)('sh', ['-euc', script], { cwd: folder, env: { ...process.env, ...environment } })
  expect(stdout).toContain('Ember in round 1.')
  expect(stdout).toContain('Summary')
}, 60_000)
