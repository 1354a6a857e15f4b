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

/** What an edge function does on its first request, with what it had loaded by then and what it loaded for it. */
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

test('both wires answer, are refused and time out in Deno, as in an edge function', async () => {
  mock.on({ model: 'poet', systemMessage: 'You are Basho.' }, { content: 'Old pond', usage: { prompt_tokens: 11, completion_tokens: 7 } })
  mock.on({ model: 'limited' }, { error: { message: 'Slow down' }, status: 429, retryAfter: 7 })
  mock.on({ model: 'slow' }, { content: 'Old pond' }, { chaos: { latencyMs: 3_000 } })

  const versions = { ...corePackage.dependencies, ...providersPackage.dependencies }
  const npm = (name: 'openai' | '@anthropic-ai/sdk' | 'zod' | 'liquidjs') => ({ [name]: `npm:${name}@${versions[name]}` })
  const imports = {
    ...npm('openai'),
    ...npm('@anthropic-ai/sdk'),
    ...npm('zod'),
    ...npm('liquidjs'),
    '@agon/runner-core': new URL('packages/runner-core/src/index.ts', root).href,
    '@agon/providers': new URL('packages/providers/src/index.ts', root).href,
  }
  await writeFile(join(directory, 'deno.json'), JSON.stringify({ imports }))
  await writeFile(join(directory, 'main.ts'), program)

  const { stdout } = await promisify(execFile)(
    fileURLToPath(new URL('node_modules/.bin/deno', root)),
    ['run', '-A', '--no-lock', '--no-check', '--config', join(directory, 'deno.json'), join(directory, 'main.ts')],
    {
      cwd: directory,
      timeout: 110_000,
      env: {
        ...process.env,
        DENO_NO_PACKAGE_JSON: '1',
        DENO_TLS_CA_STORE: 'system,mozilla',
        SPARRING_BASE_URL: `${mock.url}/v1`,
        SPARRING_ANTHROPIC_BASE_URL: mock.url,
      },
    },
  )
  const expected = [
    { ok: true, value: { text: 'Old pond', finishReason: 'stop', wireModel: 'poet', inputTokens: 11, outputTokens: 7 } },
    { ok: false, error: { code: 'provider_rate_limited', retryAfterMs: 7_000 } },
    { ok: false, error: { code: 'provider_timeout' } },
  ]
  expect(JSON.parse(stdout)).toMatchObject({ sparring: expected, 'sparring-anthropic': expected })
})
