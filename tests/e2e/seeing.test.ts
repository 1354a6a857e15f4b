import { once } from 'node:events'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Arena, startArena } from '../support/arena.ts'
import { colourOf, film, picture } from '../support/films.ts'
import { startWireFal } from '../support/wire-fal.ts'
import { type RunningWorker, startWorkerOf } from '../support/worker.ts'

// Judges that look: images, and films by the pictures that a worker takes out of them, over the wire and blind.

let arena: Arena
let fal: Awaited<ReturnType<typeof startWireFal>>
const workers: RunningWorker[] = []
const made = new Map<string, Uint8Array>()

beforeAll(async () => {
  fal = await startWireFal({ made: (endpoint) => made.get(endpoint) })
  made.set('fal-ai/flux-2', await picture('red'))
  made.set('fal-ai/recraft/v4/text-to-image', await picture('blue'))
  made.set('fal-ai/veo3.1', await film({ colours: ['red', 'green'] }))
  made.set('fal-ai/kling-video/o3/standard/text-to-video', await film({ colours: ['red', 'blue'] }))
  arena = await startArena({ functionEnv: { FAL_BASE_URL: fal.url, FAL_KEY: 'fal-key' } })
}, 120_000)
afterEach(async () => {
  for (const { worker } of workers.splice(0)) {
    worker.kill('SIGTERM')
    if (worker.exitCode === null) await once(worker, 'exit')
  }
})
afterAll(async () => {
  await arena?.stop()
  await fal?.stop()
})

interface Look {
  label: string
  url: string
  colour: string
}

/** A judge that looks at what is attached, and prefers the answer with the most blue in it. Returns every look it took, call by call. */
function judgeOfBlue(): { looks: Look[][]; asked: string[] } {
  const looks: Look[][] = []
  const asked: string[] = []
  arena.provider.reset()
  arena.provider.on({ model: 'arbiter' }, async ({ messages }) => {
    asked.push(JSON.stringify(messages))
    const parts = messages.at(-1)!.content as { type: string; text?: string; image_url?: { url: string } }[]
    const seen: Look[] = []
    for (const [nth, { image_url }] of parts.entries()) {
      if (!image_url) continue
      const bytes = new Uint8Array(await (await fetch(image_url.url)).arrayBuffer())
      seen.push({ label: parts[nth - 1]!.text!, url: image_url.url, colour: await colourOf(bytes) })
    }
    looks.push(seen)
    const scores = [1, 2].map((label) => ({
      label: String(label),
      score: seen.some((look) => look.label.startsWith(`Answer ${label}`) && look.colour === 'blue') ? 9 : 3,
    }))
    const best = scores.find(({ score }) => score === 9)?.label ?? 'tie'
    return { content: JSON.stringify({ reasoning: 'I like blue.', scores, verdict: best }) }
  })
  return { looks, asked }
}

/** Nothing that tells who made an answer. */
const blind = (asked: string[]) => {
  for (const text of asked) expect(text).not.toMatch(/flux|recraft|veo|kling|fal-ai|fal:|slot|contender/i)
}

test('images are looked at, in both orders, by a judge who is told nothing of who made them', async () => {
  const { looks, asked } = judgeOfBlue()
  const id = await arena.create({ prompt: 'Something blue', contenders: [{ model: 'fal:flux-2' }, { model: 'fal:recraft-4' }] })
  const battle = await arena.settled(id)
  expect(battle).toMatchObject({ status: 'closed', outcome: 'winner', winner_slot: 'B', judge_outcome: 'winner' })
  expect(looks.map((call) => call.map(({ label, colour }) => `${label} ${colour}`).join(', ')).toSorted()).toEqual([
    'Answer 1: blue, Answer 2: red',
    'Answer 1: red, Answer 2: blue',
  ])
  blind(asked)
  expect(battle.verdicts.map(({ outcome, winner_slot }) => [outcome, winner_slot])).toEqual([
    ['winner', 'B'],
    ['winner', 'B'],
  ])
})

const films = {
  prompt: 'A film that ends blue',
  contenders: [{ model: 'fal:veo-3.1' }, { model: 'fal:kling-o3' }],
  judge: { model: 'sparring:arbiter' },
}

test('films are not judged where nothing can take them apart, and the refusal says what could', async () => {
  const refused = await arena.post('/battles', films)
  expect([refused.status, await refused.json()]).toMatchObject([409, { code: 'capability_missing', errors: [{ path: '/judge' }] }])
})

test('films are judged by pictures out of them, which a worker takes, with their places, in both orders', async () => {
  const { looks, asked } = judgeOfBlue()
  workers.push(startWorkerOf(arena, 'worker-of-films', { FAL_BASE_URL: fal.url, FAL_KEY: 'fal-key' }))
  await expect.poll(async () => (await arena.post('/battles', films)).status, { timeout: 30_000 }).toBe(201)
  const battle = await arena.settled(await arena.create(films))
  expect(battle).toMatchObject({ status: 'closed', outcome: 'winner', winner_slot: 'B' })
  expect(battle.events.filter(({ type }) => type === 'keyframes.extracted').map(({ data }) => data)).toEqual(
    expect.arrayContaining([
      { slot: 'A', count: 8 },
      { slot: 'B', count: 8 },
    ]),
  )
  expect(looks.map((call) => call.length)).toEqual([16, 16])
  // The second half of each film is what tells them apart.
  const colours = looks.map((call) => [0, 8].map((at) => [...new Set(call.slice(at, at + 8).map(({ colour }) => colour))].join()))
  expect(colours.map((call) => call.join(' | ')).toSorted()).toEqual(['red,blue | red,green', 'red,green | red,blue'])
  expect(looks[0]!.map(({ label }) => label).slice(0, 2)).toEqual(['Answer 1, frame at 0:00:', 'Answer 1, frame at 0:00:'])
  blind(asked)
  // Its pictures are kept beside it, as what they are.
  const { keyframes } = battle.contenders[1]!.submission as unknown as { keyframes: { url: string; at_ms: number }[] }
  expect(keyframes.map(({ at_ms }) => at_ms)).toEqual(keyframes.map(({ at_ms }) => at_ms).toSorted((a, b) => a - b))
  const served = await fetch(keyframes[7]!.url)
  expect([served.status, served.headers.get('content-type'), await colourOf(new Uint8Array(await served.arrayBuffer()))]).toEqual([
    200,
    'image/jpeg',
    'blue',
  ])
}, 90_000)

test('a film that is none is judged as one that could not be read, against one that could', async () => {
  const { looks, asked } = judgeOfBlue()
  const whole = made.get('fal-ai/veo3.1')!
  made.delete('fal-ai/veo3.1') // two boxes without a picture in them
  try {
    workers.push(startWorkerOf(arena, 'worker-of-broken-films', { FAL_BASE_URL: fal.url, FAL_KEY: 'fal-key' }))
    await expect.poll(async () => (await arena.post('/battles', films)).status, { timeout: 30_000 }).toBe(201)
    const battle = await arena.settled(await arena.create(films))
    expect(battle).toMatchObject({ status: 'closed', winner_slot: 'B' })
    expect(battle.events.find(({ type }) => type === 'keyframes.failed')?.data).toMatchObject({
      slot: 'A',
      error: { code: 'media_unreadable' },
    })
    expect(looks.map((call) => call.length)).toEqual([8, 8])
    for (const text of asked) expect(text).toContain('could not be read')
  } finally {
    made.set('fal-ai/veo3.1', whole)
  }
}, 90_000)
