import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { LLMock } from '@copilotkit/aimock'
import { afterAll, beforeAll, expect, test } from 'vitest'
import providersPackage from '../../packages/providers/package.json' with { type: 'json' }
import corePackage from '../../packages/runner-core/package.json' with { type: 'json' }
import { startWireFal } from '../support/wire-fal.ts'
import { startWireOpenai } from '../support/wire-openai.ts'
import { startWireText } from '../support/wire-text.ts'

const root = new URL('../../', import.meta.url)
const mock = new LLMock({ port: 0 })
let directory: string

beforeAll(async () => {
  await mock.start()
  directory = await mkdtemp(join(tmpdir(), 'agon-providers-deno-'))
})
afterAll(async () => {
  await mock.stop()
  await rm(directory, { recursive: true, force: true })
})

/** Runs a program in Deno as an edge function runs: npm packages by the import map alone. What it prints as JSON comes back. */
async function inDeno(name: string, program: string, variables: Record<string, string>): Promise<unknown> {
  const versions = { ...corePackage.dependencies, ...providersPackage.dependencies }
  const npm = Object.fromEntries(
    (['openai', '@anthropic-ai/sdk', '@fal-ai/client', 'zod', 'liquidjs'] as const).map((name) => [name, `npm:${name}@${versions[name]}`]),
  )
  const imports = {
    ...npm,
    '@agon/runner-core': new URL('packages/runner-core/src/index.ts', root).href,
    '@agon/providers': new URL('packages/providers/src/index.ts', root).href,
  }
  await writeFile(join(directory, 'deno.json'), JSON.stringify({ imports }))
  await writeFile(join(directory, `${name}.ts`), program)
  const { stdout } = await promisify(execFile)(
    fileURLToPath(new URL('node_modules/.bin/deno', root)),
    ['run', '-A', '--no-lock', '--no-check', '--config', join(directory, 'deno.json'), join(directory, `${name}.ts`)],
    {
      cwd: directory,
      timeout: 110_000,
      env: { ...process.env, DENO_NO_PACKAGE_JSON: '1', DENO_TLS_CA_STORE: 'system,mozilla', ...variables },
    },
  )
  return JSON.parse(stdout)
}

test('both wires answer, are refused and time out in Deno, as in an edge function', async () => {
  mock.on({ model: 'poet', systemMessage: 'You are Basho.' }, { content: 'Old pond', usage: { prompt_tokens: 11, completion_tokens: 7 } })
  mock.on({ model: 'limited' }, { error: { message: 'Slow down' }, status: 429, retryAfter: 7 })
  mock.on({ model: 'slow' }, { content: 'Old pond' }, { chaos: { latencyMs: 3_000 } })

  const program = `
import { createProviders, providerConfiguration } from '@agon/providers'

const providers = createProviders(providerConfiguration(Deno.env.toObject()))
const answers = {}
for (const id of ['sparring', 'sparring-anthropic']) {
  const found = providers(id)
  if (!found.ok) throw new Error(found.error.message)
  const ask = (wireModel, timeoutMs) => found.value.generateText(
    { wireModel, prompt: 'Write a haiku.', system: 'You are Basho.', maxTokens: 64 },
    { signal: new AbortController().signal, timeoutMs, idempotencyKey: 'job-7' },
  )
  answers[id] = [await ask('poet', 10_000), await ask('limited', 10_000), await ask('slow', 200)]
}
console.log(JSON.stringify(answers))
`
  const expected = [
    { ok: true, value: { text: 'Old pond', finishReason: 'stop', wireModel: 'poet', inputTokens: 11, outputTokens: 7 } },
    { ok: false, error: { code: 'provider_rate_limited', retryAfterMs: 7_000 } },
    { ok: false, error: { code: 'provider_timeout' } },
  ]
  const variables = { SPARRING_BASE_URL: `${mock.url}/v1`, SPARRING_ANTHROPIC_BASE_URL: mock.url }
  expect(await inDeno('answers', program, variables)).toMatchObject({ sparring: expected, 'sparring-anthropic': expected })
})

test('streams pause and go on, answers are kept, and media come, in Deno', async () => {
  const saga = Array.from({ length: 150 }, (_, nth) => `wave${nth}`).join(' ')
  const text = await startWireText({ answer: saga, deltaMs: 1 })
  const openai = await startWireOpenai({ answer: () => saga, deltaMs: 1 })
  const fal = await startWireFal()
  const program = `
import { createProviders, providerConfiguration } from '@agon/providers'

const providers = createProviders(providerConfiguration(Deno.env.toObject()))
const call = { signal: new AbortController().signal, timeoutMs: 20_000, idempotencyKey: 'job-7' }
async function inChunks(id, wireModel) {
  let resume
  for (let characters = 300; ; characters += 300) {
    const pause = new AbortController()
    const onText = (checkpoint) => checkpoint.text.length >= characters && pause.abort()
    const outcome = await providers(id).value.streamText({ wireModel, prompt: 'Write a saga.', maxTokens: 9_000, resume }, { ...call, pause: pause.signal, onText })
    if (!outcome.ok || outcome.value.kind !== 'partial') return { outcome, chunks: resume?.chunks }
    resume = JSON.parse(JSON.stringify(outcome.value.checkpoint))
  }
}
const kind = async (id, wireModel, kind) => {
  const provider = providers(id).value
  const made = await provider.generateMedia({ wireModel, kind, prompt: 'A lighthouse.' }, call)
  if (!made.ok || made.value.kind === 'done') return made
  return provider.pollTask({ ...made.value.task, wireModel, kind }, call)
}
const done = {
  sparring: await inChunks('sparring', 'poet'),
  'sparring-anthropic': await inChunks('sparring-anthropic', 'poet'),
  openai: await inChunks('openai', 'gpt-5-mini'),
  image: await kind('openai', 'gpt-image-2', 'image'),
  speech: await kind('openai', 'tts-1', 'audio'),
  video: await kind('openai', 'sora-2', 'video'),
  falImage: await kind('fal', 'fal-ai/flux-2', 'image'),
  falMusic: await kind('fal', 'fal-ai/lyria2', 'music'),
}
console.log(JSON.stringify(done))
Deno.exit()
`
  try {
    const done = await inDeno('streams', program, {
      SPARRING_BASE_URL: `${text.url}/v1`,
      SPARRING_ANTHROPIC_BASE_URL: text.url,
      OPENAI_BASE_URL: openai.url,
      OPENAI_API_KEY: 'key-1',
      FAL_BASE_URL: fal.url,
      FAL_KEY: 'key-1',
    })
    const whole = { outcome: { ok: true, value: { kind: 'done', text: saga, finishReason: 'stop' } }, chunks: expect.any(Number) }
    const media = (mimeType: string) => ({ ok: true, value: { kind: 'done', media: { mimeType } } })
    expect(done).toMatchObject({
      sparring: whole,
      'sparring-anthropic': whole,
      openai: whole,
      image: media('image/png'),
      speech: media('audio/mpeg'),
      video: media('video/mp4'),
      falImage: media('image/png'),
      falMusic: media('audio/mpeg'),
    })
    expect(openai.responses).toHaveLength(1)
  } finally {
    await Promise.all([text.stop(), openai.stop(), fal.stop()])
  }
})
