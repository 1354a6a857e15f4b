import { allTemplates, templates } from '@agon/templates'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { faults, openStage, type Stage } from './stage.ts'

// Every template, forked over the API and run by the functions as they are deployed. Models are scripted where the test is about what
// they say, and answer whatever fits the schema where it is about what the workflow makes of it.

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage?.close())

const ran = (...nodes: string[]) => Object.fromEntries(nodes.map((node) => [node, 'completed']))
const json = (value: unknown) => ({ json: value })
/** A validation that finds everything met, but for what it is told. */
const verdict = (names: string[], failing: string[] = [], report = 'Looked at.') =>
  json({ criteria: names.map((name) => ({ name, reason: 'It is so.', pass: !failing.includes(name) })), report })

const tested = new Set<string>()
const playing = (slug: string, ...rest: [Parameters<Stage['play']>[1]?, Parameters<Stage['play']>[2]?, Parameters<Stage['play']>[3]?]) => {
  tested.add(slug)
  return stage.play(slug, rest[0], rest[1], rest[2])
}

test('01: the article is what the model wrote to the whole brief', async () => {
  const played = await playing('01-article', undefined, () => '# Salt\n\nRivers bring it.')
  expect(faults(played)).toEqual([])
  expect(played).toMatchObject({
    run: { status: 'completed', output: { kind: 'text', output: '# Salt\n\nRivers bring it.' } },
    nodes: ran('write'),
  })
  for (const part of ['Why the sea is salty', 'Aim for 400 words', '- evaporation', 'Its tone is plain', 'an article'])
    expect(played.asked[0]?.prompt).toContain(part)
})

test('02: the picture is made of the brief, and kept', async () => {
  const played = await playing('02-image-brief')
  expect(faults(played)).toEqual([])
  expect(played.run).toMatchObject({ status: 'completed', output: { kind: 'image', artifact_kind: 'image', media: { mime: 'image/png' } } })
  const prompt = String(stage.fal.requests.findLast(({ endpoint }) => endpoint.includes('flux'))?.input.prompt)
  expect(prompt).toMatch(/^Photograph for the head of an article\. a lighthouse keeper mending a net, on the gallery/)
  expect(prompt).toContain('Colours: slate, amber.\nNo text')
  expect((await fetch(played.run.output!.media!.url)).headers.get('content-type')).toBe('image/png')
})

test('03: the film is made of the script and every shot of the storyboard', async () => {
  const played = await playing('03-video-storyboard')
  expect(faults(played)).toEqual([])
  expect(played.run).toMatchObject({ status: 'completed', output: { kind: 'video', artifact_kind: 'video', media: { mime: 'video/mp4' } } })
  const prompt = String(stage.fal.requests.findLast(({ endpoint }) => endpoint.includes('veo'))?.input.prompt)
  for (const shot of ['1. boots on iron stairs (2 s), camera: follows from behind', '2. the lamp catches fire (3 s)', '3. far out'])
    expect(prompt).toContain(shot)
})

test('04: notes become an outline, a draft, and a package that two lenses were begun for', async () => {
  const played = await playing('04-lens-chain', undefined, ({ prompt, system }) => {
    if (prompt.startsWith('Make an outline'))
      return json({ thesis: 'Light is work.', sections: [{ claim: 'Keepers left.', notes: ['1986'] }] })
    if (prompt.startsWith('Write the piece')) return 'The keepers left in 1986.'
    if (prompt.startsWith('Write one headline')) return 'When the keepers left'
    if (prompt.startsWith('Write two sentences')) return 'A lamp stayed. The people did not.'
    if (system.includes('Plan at most'))
      return json({
        steps: ['headline', 'teaser'].map((lens) => ({
          id: lens,
          lens,
          inputs: [{ label: 'piece', value: 'The keepers left in 1986.' }],
          depends_on: [],
        })),
      })
    return prompt.includes('When the keepers left') && prompt.includes('A lamp stayed') ? '# When the keepers left' : 'Nothing came back.'
  })
  expect(faults(played)).toEqual([])
  expect(played).toMatchObject({
    run: { status: 'completed', output: { output: '# When the keepers left' } },
    nodes: ran('outline', 'draft', 'package'),
  })
  expect(played.asked.find(({ prompt }) => prompt.startsWith('Write the piece'))?.prompt).toContain('1. Keepers left. (notes: 1986)')
  expect(played.run.children.map(({ node_id, status }) => [node_id, status])).toEqual([
    ['package', 'completed'],
    ['package', 'completed'],
  ])
})

test('05: three texts are written between the facts and the editor, never beside them', async () => {
  const played = await playing('05-press-kit', undefined, ({ prompt }) => {
    if (prompt.startsWith('List what')) return json({ facts: ['It costs 480 USD.'], claims: ['the best'] })
    if (prompt.startsWith('Write the press release')) return 'RELEASE'
    if (prompt.startsWith('Write the six')) return 'QUESTIONS'
    return prompt.startsWith('Write three posts') ? 'POSTS' : 'THE KIT'
  })
  expect(faults(played)).toEqual([])
  expect(played).toMatchObject({
    run: { status: 'completed', output: { output: 'THE KIT' } },
    nodes: ran('facts', 'release', 'questions', 'posts', 'edit'),
  })
  const time = (node: string, at: 'started_at' | 'finished_at') =>
    Date.parse(played.run.nodes.find(({ node_id }) => node_id === node)![at]!)
  for (const text of ['release', 'questions', 'posts']) {
    expect(time(text, 'started_at')).toBeGreaterThanOrEqual(time('facts', 'finished_at'))
    expect(time('edit', 'started_at')).toBeGreaterThanOrEqual(time(text, 'finished_at'))
  }
  const edited = played.asked.at(-1)!.prompt
  expect(JSON.parse(/Texts:\n(\{.*\})/.exec(edited)![1]!)).toEqual({
    'Press release': 'RELEASE',
    'Questions and answers': 'QUESTIONS',
    Posts: 'POSTS',
  })
})

const raceCriteria = ['no lost update', 'no stale read', 'order is possible']

test('06: a plan without races is told to be safe', async () => {
  const played = await playing('06-race-check', undefined, () => verdict(raceCriteria))
  expect(faults(played)).toEqual([])
  expect(played.output('pairs').data).toEqual({ steps: 4, concurrent_pairs: 1, conflicts: [], cycles: [], unknown: [] })
  expect(played.nodes).toEqual({ ...ran('pairs', 'keep', 'verdict', 'safe', 'result'), order: 'skipped (branch)' })
  expect(played.run.output?.output).toMatch(/^The plan is safe: 1 pairs of its 4 steps/)
})

test('06: a plan with a race names the two steps and what they both touch, and an order comes back', async () => {
  const steps = templates[5]!.samples[1]!
  const played = await playing('06-race-check', steps, ({ prompt }) =>
    prompt.startsWith('These steps are not safe')
      ? 'Let correct come after shorten.'
      : verdict(raceCriteria, ['no lost update'], 'Two write text.'),
  )
  expect(faults(played)).toEqual([])
  expect(played.output('pairs').data).toMatchObject({ conflicts: [{ steps: ['shorten', 'correct'], thing: 'text', kind: 'write_write' }] })
  expect(played.nodes).toMatchObject({ safe: 'skipped (branch)', order: 'completed', result: 'completed' })
  expect(played.asked.at(-1)!.prompt).toContain('Two write text.')
  expect(played.run.output?.output).toBe('Let correct come after shorten.')
})

test('07: every part is researched in a run of its own, and the answer sees the sources', async () => {
  const played = await playing('07-deep-research', undefined, ({ prompt, system }) => {
    if (prompt.includes('Take this apart'))
      return json({ questions: ['Do people finish more?', 'Do they stay longer?', 'What speaks against it?'] })
    if (system.includes('JSON Schema') && prompt.includes('SOURCE 1'))
      return json({
        findings: [
          { claim: 'They finish as much.', sources: [1] },
          { claim: 'Nobody says so.', sources: [99] },
        ],
        summary: 'As much in less time.',
      })
    if (prompt.startsWith('Question:')) return json({ answer: 'As much, it seems.', confidence: 'medium', not_known: ['For how long'] })
    return undefined
  })
  expect(faults(played)).toEqual([])
  expect(played).toMatchObject({
    run: { status: 'completed', output: { data: { answer: 'As much, it seems.', confidence: 'medium', not_known: ['For how long'] } } },
    nodes: ran('parts', 'research', 'answer'),
  })
  expect(played.run.children).toHaveLength(3)
  const found = (played.output('research').data as { results: { findings: unknown[]; sources: { url: string }[] }[] }).results
  expect(found).toHaveLength(3)
  // What no source says is left out.
  expect(found[0]!.findings).toEqual([
    { claim: 'They finish as much.', source_urls: [expect.stringMatching(/^https:\/\/simulated\.example\.com\//)] },
  ])
  expect(played.asked.at(-1)!.prompt).toContain('https://simulated.example.com/')
})

test('08: the research is printed as a PDF with its sources, and the file is kept', async () => {
  const played = await playing('08-research-pdf', undefined, ({ prompt }) =>
    prompt.startsWith('Write a paper') ? '## In short\n\nA float in a tube.' : undefined,
  )
  expect(faults(played)).toEqual([])
  expect(played).toMatchObject({
    run: {
      status: 'completed',
      output: { kind: 'pdf', artifact_kind: 'json', data: { output_type: 'pdf', pages: 1 }, media: { mime: 'application/pdf' } },
    },
    nodes: ran('research', 'paper', 'print'),
  })
  const file = await fetch(played.run.output!.media!.url)
  expect(new TextDecoder().decode((await file.arrayBuffer()).slice(0, 5))).toBe('%PDF-')
  expect(JSON.stringify(played.run.nodes.find(({ node_id }) => node_id === 'print')!.resolved_input)).toContain(
    'https://simulated.example.com/',
  )
})

test.each([
  ['picture', { request: 'A poster of a lighthouse in fog' }, 'image/png'],
  ['film', { request: 'Show how a lock lifts a boat' }, 'video/mp4'],
])('09: a request for a %s goes there, and the other branch does nothing', async (route, inputs, mime) => {
  const other = route === 'picture' ? 'film' : 'picture'
  const played = await playing('09-media-router', inputs, ({ prompt }) =>
    prompt.includes('Where does it go?') ? json({ reason: 'It says so.', route, confidence: 0.9 }) : `A prompt for a ${route}`,
  )
  expect(faults(played)).toEqual([])
  expect(played.nodes).toEqual({
    ...ran('route', `${route}_prompt`, route, 'made'),
    [`${other}_prompt`]: 'skipped (branch)',
    [other]: 'skipped (branch)',
  })
  expect(played.run).toMatchObject({ status: 'completed', output: { data: { url: expect.any(String), mime } } })
  expect(stage.fal.requests.at(-1)!.input.prompt).toBe(`A prompt for a ${route}`)
})

test('09: a route that does not exist falls back to the picture', async () => {
  const played = await playing('09-media-router', undefined, ({ prompt }) =>
    prompt.includes('Where does it go?') ? json({ reason: '?', route: 'opera', confidence: 1 }) : undefined,
  )
  expect(played.output('route').data).toMatchObject({ route: 'picture', fallback: true })
  expect(played.run.status).toBe('completed')
})

test('10: an intent becomes steps that use what came before, and one answer', async () => {
  const played = await playing('10-prompt-planner', undefined, ({ prompt, system }) => {
    if (system.includes('Plan at most'))
      return json({
        steps: [
          { id: 'facts', lens: 'answer', inputs: [{ label: 'prompt', value: 'What are tides?' }], depends_on: [] },
          { id: 'talk', lens: 'answer', inputs: [{ label: 'prompt', value: 'A talk from: [[facts]]' }], depends_on: ['facts'] },
        ],
      })
    if (prompt === 'What are tides?') return 'The moon pulls.'
    return prompt === 'A talk from: The moon pulls.' ? 'Children, the moon pulls!' : 'A talk of ten minutes.'
  })
  expect(faults(played)).toEqual([])
  expect(played.run).toMatchObject({
    status: 'completed',
    output: {
      output: 'A talk of ten minutes.',
      data: {
        steps: [
          { id: 'facts', status: 'completed' },
          { id: 'talk', status: 'completed', output: 'Children, the moon pulls!' },
        ],
      },
    },
  })
})

const sameMeaning = ['nothing added', 'nothing lost', 'better']
const refined = json({ text: 'Gauges measure tides. Most hang on quays.', changes: [{ before: 'In order to', after: '', why: 'padding' }] })

test('11: a text that means the same gets through', async () => {
  const played = await playing('11-refine', undefined, ({ prompt }) =>
    prompt.startsWith('Rewrite') ? refined : prompt.startsWith('Before:') ? verdict(sameMeaning) : undefined,
  )
  expect(faults(played)).toEqual([])
  expect(played.run).toMatchObject({ status: 'completed', output: { output: 'Gauges measure tides. Most hang on quays.' } })
  expect(played.nodes).toMatchObject({ refined: 'completed', refused: 'skipped (branch)' })
})

test('11: a text that lost a claim does not: the draft comes back as it was', async () => {
  const played = await playing('11-refine', undefined, ({ prompt }) =>
    prompt.startsWith('Rewrite') ? refined : prompt.startsWith('Before:') ? verdict(sameMeaning, ['nothing lost']) : undefined,
  )
  expect(played.run).toMatchObject({ status: 'completed', output: { output: templates[10]!.samples[0]!.draft } })
  expect(played.nodes).toMatchObject({ refused: 'completed' })
  expect(played.nodes.refined).not.toBe('completed')
})

const outputCriteria = ['format', 'complete', 'consistent', 'requirements']

test('12: what fits the schema is read for the rest', async () => {
  const played = await playing('12-validate-output', undefined, () => verdict(outputCriteria, ['format'], 'A placeholder is left.'))
  expect(faults(played)).toEqual([])
  expect(played.nodes).toEqual({ ...ran('schema', 'read', 'result'), malformed: 'skipped (branch)' })
  expect(played.run.output?.data).toMatchObject({ pass: true, score: 0.8333, report: 'A placeholder is left.' })
})

test('12: what does not is refused with its places, no model is asked, and the run completes', async () => {
  const played = await playing('12-validate-output', templates[11]!.samples[1])
  expect(played.asked).toEqual([])
  expect(played.nodes).toEqual({ ...ran('malformed', 'result'), schema: 'failed', read: 'skipped (upstream_failure)' })
  expect(played.run.status).toBe('completed')
  expect(JSON.parse(played.run.output!.output)).toMatchObject({
    pass: false,
    checked: 'schema',
    report: expect.stringContaining('summary'),
  })
})

test('13: named lenses run as runs of their own, in layers, and the gate says whether the task was done', async () => {
  const played = await playing('13-orchestrator', undefined, ({ prompt, system }) =>
    system.includes('Decide each of these criteria')
      ? verdict(['does the task', 'no scaffolding', 'honest'])
      : prompt.startsWith('Make this shorter')
        ? 'Short.'
        : undefined,
  )
  expect(faults(played)).toEqual([])
  expect(played).toMatchObject({
    run: { status: 'completed', output: { data: { gate: { pass: true, score: 1 } } } },
    nodes: ran('conduct', 'gate', 'report'),
  })
  const { steps, answer } = played.run.output!.data as { steps: { lens: string; status: string; depends_on: string[] }[]; answer: string }
  expect(steps.map(({ lens, status }) => [lens, status])).toEqual([
    ['questions', 'completed'],
    ['write', 'completed'],
    ['edit', 'completed'],
  ])
  expect(steps.map(({ depends_on }) => depends_on)).toEqual([[], ['step_1'], ['step_2']])
  expect(answer).toMatch(/\w/)
  expect(played.run.children).toHaveLength(3)
})

test('14: one lens runs for every channel, in the voice that was set once, and one that fails keeps to itself', async () => {
  const played = await playing('14-reusable-patterns', undefined, ({ prompt }) => {
    const channel = /channel "([^"]+)"/.exec(prompt)![1]!
    return channel === 'post' ? { status: 400 } : json({ channel, draft: 'd', criticism: 'c', text: `Said in the ${channel}` })
  })
  expect(faults(played)).toEqual([])
  expect(played.run.status).toBe('completed')
  expect(played.run.output?.output).toBe(
    `## newsletter\n\nSaid in the newsletter\n\n## release notes\n\nSaid in the release notes\n\n- not written: ${played.run.output?.output.split('not written: ')[1]}`,
  )
  expect(played.output('each_channel').data).toMatchObject({ items: 3, failed: 1 })
  for (const { prompt } of played.asked) expect(prompt).toMatch(/^You write for a small company/)
})

const question = 'Why does the tide come twice a day, and not once?'

test('15: while the first model answers, no other is asked', async () => {
  const played = await playing('15-fallback', undefined, () => json({ answer: 'Two hills of water.', complete: true }))
  expect(faults(played)).toEqual([])
  expect(played.run).toMatchObject({ status: 'completed', output: { output: 'Two hills of water.' } })
  expect(played.nodes).toEqual({
    ...ran('primary', 'reply'),
    backup: 'skipped (branch)',
    caught: 'skipped (branch)',
    apology: 'skipped (branch)',
  })
})

test('15: a provider that fails is handled by the backup, and the run completes', async () => {
  const played = await playing('15-fallback', undefined, () => `Briefly: ${question}`, { primary: () => ({ status: 400 }) })
  expect(played.run).toMatchObject({ status: 'completed', output: { output: `Briefly: ${question}` } })
  expect(played.nodes).toMatchObject({
    primary: 'failed',
    backup: 'completed',
    caught: 'skipped (branch)',
    apology: 'skipped (branch)',
    reply: 'completed',
  })
  expect(faults(played)).toEqual([expect.stringMatching(/^primary: provider_rejected/)])
})

test('15: an answer that stays incomplete is asked for once more, then the backup has it', async () => {
  const parts: number[] = []
  const played = await playing('15-fallback', undefined, () => 'Briefly.', {
    primary: (_asked, nth) => {
      parts.push(nth)
      return json({ answer: 'Because', complete: false })
    },
  })
  expect(parts).toEqual([0, 1])
  expect(played.run).toMatchObject({ status: 'completed', output: { output: 'Briefly.' } })
  expect(faults(played)).toEqual([expect.stringMatching(/^primary: output_contract_violation/)])
})

test('15: when the backup fails too, the run ends with an answer that says so', async () => {
  const down = () => ({ status: 400 })
  const played = await playing('15-fallback', undefined, down, { primary: down })
  expect(played.run).toMatchObject({
    status: 'completed',
    output: { output: expect.stringMatching(/cannot be answered at the moment: provider_rejected/) },
  })
  expect(played.nodes).toMatchObject({ primary: 'failed', backup: 'failed', caught: 'completed', apology: 'completed', reply: 'completed' })
})

test('16: a long text is cut at its paragraphs, summarised in parts, and joined', async () => {
  const played = await playing('16-summarise-long', undefined, ({ prompt }) => {
    const part = /^Part (\d+) of/.exec(prompt)?.[1]
    return part ? json({ points: [`Point of part ${part}`] }) : 'All of it, shortly.'
  })
  expect(faults(played)).toEqual([])
  const { parts, count } = played.output('cut').data as { parts: string[]; count: number }
  expect(count).toBeGreaterThan(1)
  for (const part of parts) expect(part.length).toBeLessThanOrEqual(6000)
  const words = (text: unknown) => String(text).split(/\s+/).filter(Boolean)
  expect(words(parts.join('\n\n'))).toEqual(words(allTemplates[15]!.samples[0]!.text))
  expect(played.run).toMatchObject({ status: 'completed', output: { output: 'All of it, shortly.' } })
  const joined = played.asked.at(-1)!.prompt
  for (let nth = 1; nth <= count; nth++) expect(joined).toContain(`Part ${nth}\n- Point of part ${nth}`)
})

test('17: the prompt has what an image model takes, in its bounds', async () => {
  const prompt = { prompt: 'A gauge on a quay, linocut in two colours', avoid: ['people'], aspect_ratio: '3:2', alt_text: 'A tide gauge' }
  const played = await playing('17-text-to-image-prompt', undefined, () => json(prompt))
  expect(played.run).toMatchObject({ status: 'completed', output: { kind: 'transform', data: prompt }, nodes: [{ attempts: 1 }] })
})

test('17: what breaks the schema is asked again, and not handed on', async () => {
  const played = await playing('17-text-to-image-prompt', undefined, (_asked, nth) =>
    nth === 0 ? json({ prompt: 'short', avoid: [], aspect_ratio: '4:3', alt_text: 'A tide gauge' }) : undefined,
  )
  expect(played.asked).toHaveLength(2)
  expect(played.run).toMatchObject({ status: 'completed', output: { data: { aspect_ratio: expect.stringMatching(/^\d+:\d+$/) } } })
})

test('18: scenes are numbered, begin where the one before ends, and are held against the time', async () => {
  const scene = (seconds: number) => ({ seconds, visual: 'A boat before a lock', camera: 'still', narration: '' })
  const played = await playing('18-text-to-scenes', undefined, () => json({ title: 'The lock', scenes: [scene(8), scene(6), scene(5)] }))
  expect(faults(played)).toEqual([])
  expect(played.run).toMatchObject({
    status: 'completed',
    output: {
      data: {
        title: 'The lock',
        seconds: 19,
        wanted: 20,
        fits: true,
        scenes: [
          { number: 1, begins: 0 },
          { number: 2, begins: 8 },
          { number: 3, begins: 14 },
        ],
      },
    },
  })
})

test('19: sections come out as one document, with the sources at its end', async () => {
  const played = await playing('19-research-to-sections', undefined, () =>
    json({ abstract: 'Salt comes and stays.', sections: [{ heading: 'Rivers', markdown: 'They carry it [1].', sources: [1] }] }),
  )
  expect(faults(played)).toEqual([])
  expect(played.run).toMatchObject({ status: 'completed', nodes: [{ output: { data: { sections: [{ sources: [1] }] } } }, {}] })
  const markdown = played.run.output!.output
  expect(markdown).toMatch(/^# Why the sea is salty\n\n\*Salt comes and stays\.\*\n\n## Rivers\n\nThey carry it \[1\]\./)
  expect(markdown).toContain('3. [Salinity of the seas](https://example.com/salinity)')
})

const styleCriteria = ['voice', 'banned words', 'spelling']

test('20: what kept to the rules is taken', async () => {
  const played = await playing('20-style-control', undefined, ({ prompt }) =>
    prompt.startsWith('Put this') ? json({ text: 'A gauge. It measures to 2 mm.', changes: [] }) : verdict(styleCriteria),
  )
  expect(faults(played)).toEqual([])
  expect(played.run).toMatchObject({ status: 'completed', output: { output: 'A gauge. It measures to 2 mm.' } })
  expect(played.nodes).toMatchObject({ accepted: 'completed', again: 'skipped (branch)' })
  expect(played.asked[0]!.prompt).toContain('Never: thrilled, revolutionary, delight')
})

test('20: what did not is written once more, with the report in hand', async () => {
  const played = await playing('20-style-control', undefined, ({ prompt }) => {
    if (prompt.startsWith('Put this')) return json({ text: 'A revolutionary gauge.', changes: [] })
    if (prompt.startsWith('This text was to be put')) return json({ text: 'A gauge.', changes: ['no "revolutionary"'] })
    return verdict(styleCriteria, ['banned words'], 'It says revolutionary.')
  })
  expect(faults(played)).toEqual([])
  expect(played.run).toMatchObject({ status: 'completed', output: { output: 'A gauge.' } })
  expect(played.nodes).toMatchObject({ accepted: 'skipped (branch)', again: 'completed' })
  expect(played.asked.at(-1)!.prompt).toMatch(/did not pass: It says revolutionary\.[\s\S]*"""\nA revolutionary gauge\.\n"""/)
})

test.each([
  ['excellent', [], 1, 'passed'],
  ['good', ['complete'], 0.8, 'passed'],
  ['poor', ['requirements', 'correct'], 0.3, 'not passed'],
])('21: work is graded %s by the weights of what it meets', async (grade, failing, score, passed) => {
  const played = await playing('21-evaluate', undefined, () =>
    verdict(['requirements', 'correct', 'complete', 'clear'], failing, 'As told.'),
  )
  expect(faults(played)).toEqual([])
  expect(played.output('evaluate').data).toMatchObject({ score })
  const cards = Object.entries(played.nodes).filter(([node, status]) => node.startsWith('card_') && status === 'completed')
  expect(cards).toEqual([[`card_${grade}`, 'completed']])
  expect(played.run.output?.output).toMatch(new RegExp(`^# ${grade}: ${score * 100} of 100, ${passed}\\n\\n\\| Criterion`, 'i'))
})

test('22: what three branches say is merged in the workflow’s order, whoever is first', async () => {
  const played = await playing('22-merge-branches', undefined, ({ prompt }) => {
    if (prompt.startsWith('You speak for')) return 'Do it.'
    if (prompt.startsWith('You speak against')) return 'Do not.'
    if (prompt.startsWith('You would have to')) return 'Ten days.'
    return json({ decision: 'We move.', because: 'Twenty minutes a day.', overruled: 'The cost.', look_again: 'In a year.' })
  })
  expect(faults(played)).toEqual([])
  const views = { advocate: 'Do it.', sceptic: 'Do not.', operator: 'Ten days.' }
  expect(played.output('by_name').data).toEqual(views)
  expect(played.output('in_order').data).toEqual(['Do it.', 'Do not.', 'Ten days.'])
  expect(played.output('as_text').output).toBe('Do it.\n\nDo not.\n\nTen days.')
  expect(played.run).toMatchObject({
    status: 'completed',
    output: { data: { views, in_order: Object.values(views), as_text: 'Do it.\n\nDo not.\n\nTen days.', chair: { decision: 'We move.' } } },
  })
  const shown = /by who said it: (\{.*\})/.exec(played.asked.at(-1)!.prompt)![1]!
  expect(JSON.parse(shown)).toEqual({ Advocate: 'Do it.', Sceptic: 'Do not.', Operator: 'Ten days.' })
})

test('23: all nine kinds keep their contracts, and a page that may go out is printed', async () => {
  const played = await playing('23-typed-contracts', undefined, ({ system, prompt }) => {
    if (system.includes('Choose exactly one of these routes'))
      return json({ reason: 'Nothing speaks against it.', route: 'publish', confidence: 1 })
    return prompt.startsWith('Write the page')
      ? json({ headline: 'The water at your quay', body: 'To 2 mm.', call: 'Order one' })
      : undefined
  })
  expect(faults(played)).toEqual([])
  expect(played.nodes).toEqual({
    ...ran('market', 'copy', 'scene', 'picture', 'film', 'plan', 'check', 'release', 'keep', 'sheet', 'kit'),
    held: 'skipped (branch)',
  })
  const kinds = new Set(played.run.nodes.flatMap(({ output }) => (output ? [output.kind] : [])))
  for (const kind of ['research', 'text', 'transform', 'image', 'video', 'orchestration', 'validation', 'routing', 'pdf'])
    expect(kinds).toContain(kind)
  expect(played.run).toMatchObject({
    status: 'completed',
    output: {
      data: {
        page: { headline: 'The water at your quay' },
        picture: { mime: 'image/png' },
        film: { mime: 'video/mp4' },
        sheet: { mime: 'application/pdf' },
      },
    },
  })
})

test('23: what breaks a contract does not get to the next, however often it is asked', async () => {
  const played = await playing('23-typed-contracts', undefined, ({ prompt }) =>
    prompt.startsWith('Write the page') ? json({ headline: '', body: 'x' }) : undefined,
  )
  expect(played.run).toMatchObject({ status: 'failed', error: { code: 'output_contract_violation', node_id: 'copy' } })
  expect(played.run.nodes.find(({ node_id }) => node_id === 'copy')!.attempts).toBe(3)
  expect(played.nodes).toMatchObject({ market: 'completed', scene: 'skipped (upstream_failure)', kit: 'skipped (upstream_failure)' })
})

test('24: three testers look at once, and their cases become one plan that is reviewed', async () => {
  const of = (name: string) => json({ cases: [{ name: `${name} is survived`, given: 'a run', when: name, expected: 'it ends once' }] })
  const played = await playing('24-test-plan', undefined, ({ prompt, system }) => {
    if (system.includes('Decide each of these criteria')) return verdict(['every node', 'can fail', 'races'])
    if (prompt.startsWith('Which inputs')) return of('An empty text')
    return prompt.startsWith('What can go wrong') ? of('A late event') : of('A killed driver')
  })
  expect(faults(played)).toEqual([])
  expect(played).toMatchObject({
    run: { status: 'completed', output: { data: { review: { pass: true } } } },
    nodes: ran('edges', 'races', 'faults', 'cases', 'plan', 'review', 'reviewed'),
  })
  const { plan } = played.run.output!.data as { plan: string }
  expect(plan.match(/^##+ .*$/gm)).toEqual([
    '## Edge cases',
    '### An empty text is survived',
    '## Concurrency',
    '### A late event is survived',
    '## Faults',
    '### A killed driver is survived',
  ])
})

test('25: chains run side by side for each subject, in its order, and one that fails leaves the others alone', async () => {
  const subjects = Array.from({ length: 12 }, (_, nth) => `subject ${nth + 1}`)
  const played = await playing('25-parallel-chains', { subjects, language: 'French' }, ({ prompt }) => {
    const subject = /subject \d+/.exec(prompt)?.[0]
    if (prompt.startsWith('Describe')) return subject === 'subject 7' ? { status: 400 } : `About ${subject}`
    return prompt.startsWith('Say this') ? `Short ${subject}` : `FR ${subject}`
  })
  expect(played.run.status).toBe('completed')
  const { entries, complete } = played.run.output!.data as { entries: Record<string, string | null>[]; complete: number }
  expect(complete).toBe(11)
  expect(entries.map(({ subject }) => subject)).toEqual(subjects)
  expect(entries[11]).toEqual({
    subject: 'subject 12',
    description: 'About subject 12',
    sentence: 'Short subject 12',
    translation: 'FR subject 12',
  })
  expect(entries[6]).toMatchObject({ subject: 'subject 7', description: null, sentence: null, translation: null })
})

/** What the judge's prompt shows first and second, by whether the plain answer is before the playful one. */
const plainIsFirst = (prompt: string) => prompt.indexOf('The moon pulls.') < prompt.indexOf('A giant breathes.')

test('battle: two manners of one model answer in a battle of the run’s own, which is judged blind, decided and rated', async () => {
  const judged: string[] = []
  const played = await playing(
    'battle',
    undefined,
    ({ system }) => (system.includes('plainly') ? 'The moon pulls.' : 'A giant breathes.'),
    {
      create: ({ prompt }) => {
        judged.push(prompt)
        const [plain, playful] = plainIsFirst(prompt) ? ['1', '2'] : ['2', '1']
        const scores = [
          { label: plain, score: 9 },
          { label: playful, score: 4 },
        ]
        return json({ reasoning: 'It says why.', scores, verdict: plain })
      },
    },
  )
  expect(faults(played)).toEqual([])
  expect(played.nodes).toEqual(ran('create', 'answer_a', 'answer_b', 'execute', 'judge', 'score', 'ratings'))
  const { workflow_id } = played.run
  expect(played.output('execute').data).toMatchObject({ slot_A: { output: 'The moon pulls.' }, slot_B: { output: 'A giant breathes.' } })
  expect(played.run).toMatchObject({
    status: 'completed',
    output: {
      data: {
        outcome: 'winner',
        winner_slot: 'A',
        ratings: [
          { slot: 'A', identity: 'plain', model: `workflow:${workflow_id}/answer_a`, rating: { before: 1000, after: 1016 } },
          { slot: 'B', identity: 'playful', rating: { after: 984 } },
        ],
      },
    },
  })
  expect(judged.map(plainIsFirst).sort()).toEqual([false, true]) // both orders
  expect(judged.join()).not.toMatch(/playful|plainly|answer_[ab]|workflow/)
})

test('debate: three voices debate until all agree, and what they decided stands above what they said', async () => {
  const played = await playing('debate', undefined, ({ prompt }) => {
    const [, round, name] = /This is round (\d) of[\s\S]*It is your turn, (\w+):/.exec(prompt) ?? []
    if (name === undefined) return 'Move, before the lease ends.'
    if (name === 'Referee' || round === '2') return `${name} would move.\nAGREED`
    return `${name} looks at the lease.`
  })
  expect(faults(played)).toEqual([])
  expect(played).toMatchObject({ run: { status: 'completed' }, nodes: ran('debate', 'answer') })
  expect(played.run.output!.output).toBe(
    [
      '# Shall the harbour office move to the new quay?\n\nMove, before the lease ends.\n\n## The debate\n\nAll agreed in the end.\n',
      ...[
        ['Advocate, round 1', 'Advocate looks at the lease.'],
        ['Sceptic, round 1', 'Sceptic looks at the lease.'],
        ['Referee, round 1', 'Referee would move.\nAGREED'],
        ['Advocate, round 2', 'Advocate would move.\nAGREED'],
        ['Sceptic, round 2', 'Sceptic would move.\nAGREED'],
      ].map(([who, said]) => `\n### ${who}\n\n${said}\n`),
    ]
      .join('')
      .trimEnd(),
  )
  expect(played.asked).toHaveLength(6)
  expect(played.asked[0]?.prompt).toContain('It saves each of the six people there twenty minutes a day.')
  expect(played.asked[1]).toMatchObject({
    system: expect.stringContaining('You look for what is wrong'),
    prompt: expect.stringContaining('Advocate looks'),
  })
  expect(played.run.children.filter(({ node_id }) => node_id === 'debate')).toHaveLength(6)
})

test('every template was run', () => {
  expect([...tested].sort()).toEqual(allTemplates.map(({ slug }) => slug))
})
