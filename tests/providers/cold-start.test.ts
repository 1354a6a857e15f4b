import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const index = new URL('../../packages/providers/src/index.ts', import.meta.url).href

/** Imports the package, makes every adapter, then calls two of them; prints which SDKs were resolved before and after each call. */
const program = `
import { registerHooks } from 'node:module'
const sdks = new Set()
registerHooks({
  resolve(specifier, context, next) {
    if (['openai', '@anthropic-ai/sdk', '@fal-ai/client'].includes(specifier)) sdks.add(specifier)
    return next(specifier, context)
  },
})
const { createProviders, providerConfiguration } = await import(${JSON.stringify(index)})
const providers = createProviders(providerConfiguration({ OPENAI_API_KEY: 'key-1', OPENAI_BASE_URL: 'http://127.0.0.1:9/v1', ANTHROPIC_API_KEY: 'key-1', FAL_KEY: 'key-1', FAL_BASE_URL: 'http://127.0.0.1:9' }))
const [openai, anthropic, fal] = ['openai', 'anthropic', 'fal'].map((id) => providers(id))
const before = [...sdks]
await openai.value.generateText({ wireModel: 'm', prompt: 'p', maxTokens: 1 }, { signal: new AbortController().signal, timeoutMs: 5000, idempotencyKey: 'k' })
const after = [...sdks]
await fal.value.generateMedia({ wireModel: 'fal-ai/m', kind: 'video', prompt: 'p' }, { signal: new AbortController().signal, timeoutMs: 5000, idempotencyKey: 'k' })
console.log(JSON.stringify({ made: openai.ok && anthropic.ok && fal.ok, before, after, atLast: [...sdks] }))
`

test('an SDK is loaded by the first call to its wire, not by the import of the package', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program])
  expect(JSON.parse(stdout)).toEqual({ made: true, before: [], after: ['openai'], atLast: ['openai', '@fal-ai/client'] })
})
