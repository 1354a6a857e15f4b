import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Arena, projectDir, startArena } from '../support/arena.ts'
import { agon as run } from './support.ts'

// Lenses and workflows from the command line, against a project that runs already.

let arena: Arena
let environment: Record<string, string>
const folder = mkdtempSync(join(tmpdir(), 'agon-workflows-'))
beforeAll(async () => {
  arena = await startArena()
  arena.provider.on({ model: 'quill' }, (request) => ({ content: `An answer to: ${request.messages.at(-1)?.content}` }))
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
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}
const pipeline = (lens = 'About [[topic]]') => `
format: agon.workflow/v1
title: Pipeline
inputs:
  topic: { type: string }
nodes:
  - { id: ask, type: lens, lens: { kind: text, model_key: "sparring:quill", template: "${lens}" } }
  - { id: wrap, type: prompt_template, config: { template: "<[[input]]>" } }
edges:
  - { source: ask, target: wrap }
`

describe('a lens', () => {
  test('is created, shown, compared, published, forked and run', async () => {
    const made = await agon('lens', 'create', file('haiku.yaml', 'kind: text\nmodel_key: sparring:quill\ntemplate: Haiku of [[topic]]\n'))
    expect(made.code, made.err).toBe(0)
    const id = made.out.trim()
    expect((await agon('lens', 'list', '--mine')).out).toMatch(new RegExp(`^${id}  v1  text  private  haiku$`, 'm'))
    expect((await agon('lens', 'show', id)).out).toContain('template: Haiku of [[topic]]')
    const ran = await agon('lens', 'run', id, '--input', 'topic=the sea')
    expect([ran.code, ran.out], ran.err).toEqual([0, 'An answer to: Haiku of the sea\n'])
    expect(ran.err).toContain('run.completed')
    expect((await agon('lens', 'publish', id)).out).toBe('Version 1 of haiku is published.\n')
    expect(JSON.parse((await agon('lens', 'fork', id, '--title', 'Mine', '--json')).out)).toMatchObject({ title: 'Mine', yours: true })
    expect((await agon('lens', 'diff', id, '1', '1')).out).toBe('They say the same.\n')
  })

  test('with an input it does not declare is told which, and nothing runs', async () => {
    const id = (
      await agon('lens', 'create', file('two.json', '{"kind":"text","model_key":"sparring:quill","template":"[[a]]"}'))
    ).out.trim()
    const refused = await agon('lens', 'run', id, '--input', 'b=1')
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('/inputs/a')])
  })
})

describe('a workflow', () => {
  test('is told all its faults before it is kept', async () => {
    const broken = file(
      'broken.yaml',
      'format: agon.workflow/v1\ntitle: Broken\nnodes:\n  - { id: a, type: lense }\nedges:\n  - { source: a, target: b }\n',
    )
    const told = await agon('workflow', 'validate', broken)
    expect(told.code).toBe(2)
    expect(told.out).toMatch(/error {4}unknown_node_type {2}a/)
    expect(told.out).toMatch(/error {4}orphan_target {2}edge 0/)
    const refused = await agon('workflow', 'create', broken)
    expect([refused.code, refused.out, refused.err]).toEqual([2, '', expect.stringContaining('unknown_node_type')])
  })

  test('is imported, run, watched, drawn, exported and saved again', async () => {
    const path = file('pipeline.yaml', pipeline())
    const id = (await agon('workflow', 'import', path)).out.trim()
    const ran = await agon('workflow', 'run', id, '--input', 'topic=the sea', '--json')
    const run = JSON.parse(ran.out) as { run_id: string; status: string; output: { output: string } }
    expect(run, ran.err).toMatchObject({ status: 'completed', output: { output: '<An answer to: About the sea>' } })
    const watched = await agon('workflow', 'watch', run.run_id)
    expect(watched.out).toMatch(/✓ ask +lens +completed/)
    expect(watched.out).toContain('<An answer to: About the sea>')
    expect(
      (await agon('workflow', 'watch', run.run_id, '--json')).out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).type)
        .at(-1),
    ).toBe('run.completed')
    expect((await agon('workflow', 'diagram', run.run_id, '--run')).out).toContain(':::completed')
    expect((await agon('workflow', 'runs', '--workflow', id)).out).toContain(run.run_id)
    const copy = join(folder, 'copy.yaml')
    await agon('workflow', 'export', id, '--output', copy)
    expect((await agon('workflow', 'save', id, copy, '--json')).out).toContain('"number":1')
    expect(
      (await agon('workflow', 'import', file('changed.yaml', pipeline('Of [[topic]]')))).out.trim(),
      'the same title is the same workflow',
    ).toBe(id)
    expect((await agon('workflow', 'diff', id, '1', '2')).out).toBe('/nodes/ask/lens/template\n- About [[topic]]\n+ Of [[topic]]\n')
    const replay = await agon('workflow', 'replay', run.run_id, '--json')
    expect(JSON.parse(replay.out)).toMatchObject({ status: 'completed', dry_run: true })
  })

  test('that failed is run again from there, and forked with another input', async () => {
    const path = file(
      'failing.yaml',
      pipeline('Fail on [[topic]]').replace('Pipeline', 'Failing').replace('sparring:quill', 'sparring:ember'),
    )
    const failed = await agon('workflow', 'run', path, '--input', 'topic=x', '--json')
    const { run_id, status } = JSON.parse(failed.out) as { run_id: string; status: string }
    expect([failed.code, status], failed.err).toEqual([1, 'failed'])
    arena.provider.on({ model: 'ember' }, { content: 'Ember answers' })
    const again = await agon('workflow', 'retry', run_id)
    expect([again.code, again.out], again.err).toEqual([0, '<Ember answers>\n'])
    const fork = await agon('workflow', 'fork', run_id, '--from', 'wrap', '--node-input', 'input=instead')
    expect(fork.out, fork.err).toBe('<instead>\n')
  })

  test('that waits is answered, and one that nobody wants is cancelled', async () => {
    const asking = file(
      'ask.yaml',
      'format: agon.workflow/v1\ntitle: Asking\nnodes:\n  - { id: ask, type: approval, config: { prompt: "Well?" } }\n  - { id: yes, type: prompt_template, config: { template: "Yes" } }\nedges:\n  - { source: ask, source_port: approved, target: yes }\n',
    )
    const runId = (await agon('workflow', 'run', asking, '--detach')).out.trim()
    await expect.poll(async () => (await agon('workflow', 'answer', runId, 'ask', '--approve')).code, { timeout: 20_000 }).toBe(0)
    expect((await agon('workflow', 'watch', runId)).out).toContain('Yes')
    const unwanted = (await agon('workflow', 'run', asking, '--detach', '--key', 'another')).out.trim()
    expect((await agon('workflow', 'cancel', unwanted)).out).toMatch(/^Asking {2}cancelled/)
  }, 60_000)
})

describe('the commands of the docs', () => {
  const blocks = ['lenses.md', 'workflows.md'].flatMap((page) => {
    const text = readFileSync(join(projectDir, 'docs', page), 'utf8')
    return [...text.matchAll(/<!-- runs: cli -->\n```sh\n([\s\S]*?)```/g)].map(([, code]) => ({ page, code: code! }))
  })

  test.each(blocks)(
    'of $page run as they stand',
    async ({ code }) => {
      const main = join(projectDir, 'apps/cli/src/main.ts')
      const script = code.replaceAll('npm run --silent agon --', `"${process.execPath}" "${main}"`)
      const home = mkdtempSync(join(folder, 'docs-'))
      const { stdout } = await promisify(execFile)('sh', ['-euc', script], { cwd: home, env: { ...process.env, ...environment } })
      expect(stdout).toContain('An answer to: Write a')
    },
    120_000,
  )

  test('are there', () => expect(blocks).toHaveLength(2))
})
