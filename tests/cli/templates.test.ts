import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { agon, keepPlatform, type Running, temporaryHome } from './support.ts'

// Templates from the command line, with the simulated partners alone: without a platform, on one that it starts itself, and then on one that
// another process keeps.

const { home, remove } = await temporaryHome()
let host: Running | undefined
afterAll(async () => {
  host?.interrupt()
  await host?.ended
  remove()
})
const quick = { AGON_SPARRING_THINKS_MS: '1' }
const run = (...args: string[]) => agon(['--home', home, 'workflow', ...args], quick)

test('all 25 and those beyond are listed, and shown by slug, number or name, without a platform', async () => {
  const listed = await run('templates', '--json')
  expect(listed.code).toBe(0)
  expect((JSON.parse(listed.out) as { slug: string }[]).map(({ slug }) => slug).at(8)).toBe('09-media-router')
  expect((await run('templates')).out.match(/^\d\d-/gm)).toHaveLength(25)
  expect((await run('templates')).out).toMatch(/^battle [\s\S]*^debate /m)
  for (const name of ['15-fallback', '15', 'fallback']) {
    const { code, out } = await run('templates', 'show', name)
    expect([code, out]).toEqual([0, expect.stringMatching(/Fallback when[\s\S]*question[\s\S]*npm run agon -- workflow run 15-fallback/)])
  }
  const shown = JSON.parse((await run('templates', 'show', '9', '--json')).out) as { asks: string[]; document: { format: string } }
  expect(shown).toMatchObject({ asks: ['text', 'image', 'video'], document: { format: 'agon.workflow/v1' } })
  expect(await run('templates', 'show', 'nonsense')).toMatchObject({ code: 2, err: expect.stringContaining('workflow templates') })
})

test('a template runs by its slug with its sample, is told to be simulated, and runs again as the same workflow', async () => {
  const { code, out, err } = await run('run', 'merge-branches', '--json')
  expect([code, err]).toEqual([0, ''])
  const first = JSON.parse(out) as {
    status: string
    workflow_id: string
    output: { data: object }
    nodes: { simulated: boolean; model: string | null }[]
  }
  // From here on commands find a platform that runs, instead of starting one each.
  host = await keepPlatform({ ...quick, AGON_HOME: home })
  expect(first.status).toBe('completed')
  expect(Object.keys(first.output.data).sort()).toEqual(['as_text', 'chair', 'in_order', 'views'])
  expect(first.nodes.filter(({ model }) => model).map(({ simulated, model }) => [simulated, model])).toEqual(
    Array.from({ length: 4 }, () => [true, 'sparring:scribe']),
  )
  const again = await run('run', '22', '-i', 'decision=Whether to paint the door')
  expect(again.code).toBe(0)
  expect(again.err).toMatch(/SIMULATED/)
  const runs = JSON.parse((await run('runs', '--json')).out) as { workflow_id: string; inputs: object }[]
  expect(new Set(runs.map(({ workflow_id }) => workflow_id))).toEqual(new Set([first.workflow_id]))
  expect(runs[0]!.inputs).toEqual({ decision: 'Whether to paint the door' })
})

test('a node of a template asks the model that is named for it: the fallback is seen to be taken', async () => {
  const { code, out } = await run('run', 'fallback', '--model', 'primary=sparring:mute', '--json')
  expect(code).toBe(0)
  const nodes = (JSON.parse(out) as { nodes: { node_id: string; status: string }[] }).nodes
  expect(Object.fromEntries(nodes.map(({ node_id, status }) => [node_id, status]))).toMatchObject({
    primary: 'failed',
    backup: 'completed',
  })
  expect(await run('run', 'fallback', '--model', 'nobody=sparring:mute')).toMatchObject({
    code: 2,
    err: expect.stringContaining('no node nobody'),
  })
  expect(await run('run', 'fallback', '--model', 'gpt')).toMatchObject({ code: 2, err: expect.stringContaining('--model') })
})

test('a battle is made, answered, judged and rated by simulated partners', async () => {
  const { code, out } = await run('run', 'battle', '-i', 'task=Name a colour, and say why.', '--json')
  const { nodes, output } = JSON.parse(out) as {
    nodes: { node_id: string; status: string }[]
    output: { data: { outcome: string; ratings: { slot: string; identity: string; model: string }[] } }
  }
  expect([code, nodes.map(({ status }) => status)]).toEqual([0, Array.from({ length: 7 }, () => 'completed')])
  expect(output.data.outcome).toMatch(/^(winner|draw)$/)
  expect(output.data.ratings).toMatchObject([
    { slot: 'A', identity: 'plain', model: expect.stringMatching(/^workflow:.*\/answer_a$/) },
    { slot: 'B', identity: 'playful' },
  ])
})

test('without a key, a picture is painted and a film is shot by simulated partners, whichever the request is for', async () => {
  for (const [request, route, mime] of [
    ['A poster of a lighthouse', 'picture', 'image/png'],
    ['A film: something moves, a boat in a lock', 'film', 'video/mp4'],
  ] as const) {
    const { code, out } = await run('run', 'media-router', '-i', `request=${request}`, '--json')
    const { nodes, output } = JSON.parse(out) as {
      nodes: { node_id: string; status: string; simulated: boolean }[]
      output: { data: { mime: string } }
    }
    expect([code, output.data.mime]).toEqual([0, mime])
    expect(nodes.find(({ node_id }) => node_id === route)).toMatchObject({ status: 'completed', simulated: true })
    expect(nodes.filter(({ status }) => status === 'skipped')).toHaveLength(2)
  }
})

test('a fork is a file to change and run, or a workflow of one’s own', async () => {
  const file = join(home, 'mine.yaml')
  expect((await run('fork', 'text-to-scenes', '-o', file, '--model', 'sparring:scribe', '--title', 'Mine')).code).toBe(0)
  const yaml = readFileSync(file, 'utf8')
  expect(yaml).toMatch(/^format: agon\.workflow\/v1\ntitle: Mine\n/)
  expect(yaml).toContain('model_key: sparring:scribe')
  expect((await run('validate', file)).out).toContain('valid')
  writeFileSync(file, yaml.replace('title: Mine', 'title: Changed'))
  const ran = await run('run', file, '-i', 'text=A boat in a lock')
  expect([ran.code, JSON.parse(ran.out)]).toEqual([0, expect.objectContaining({ wanted: 30, scenes: expect.any(Array) })])
  const { code, out } = await run('fork', 'evaluate', '--json')
  expect([code, JSON.parse(out)]).toEqual([
    0,
    expect.objectContaining({ title: 'Evaluate against requirements', tags: ['template:21-evaluate'] }),
  ])
})
