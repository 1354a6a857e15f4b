import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { costUsd, findImageModel, findModel, laneOf, listModels, type Model, modelKind, parseModelKey, providers } from './models.ts'

const model = (key: string): Model => {
  const found = findModel(key)
  if (!found.ok) throw new Error(found.error.message)
  return found.value
}

describe('a model key', () => {
  it('is canonical as provider:model', () => {
    expect(parseModelKey('openai:gpt-5-mini')).toEqual({
      ok: true,
      value: { key: 'openai:gpt-5-mini', provider: 'openai', name: 'gpt-5-mini' },
    })
  })

  it('may be the bare name of a registered model, its alias or its wire name, and resolves to one key', () => {
    expect(model('gpt-5-mini').key).toBe('openai:gpt-5-mini')
    expect(model('claude-haiku-4-5-20251001').key).toBe('anthropic:claude-haiku-4-5')
    expect(model('anthropic:claude-haiku-4-5-20251001').key).toBe('anthropic:claude-haiku-4-5')
    expect(model('dall-e-4').key).toBe('openai:gpt-image-2')
  })

  it('keeps the colons behind the first in the name of an open model', () => {
    expect(model('ollama:llama3.2:3b')).toMatchObject({ key: 'ollama:llama3.2:3b', provider: 'ollama', wireModel: 'llama3.2:3b' })
  })

  it('of every open provider takes any sensible name', () => {
    const open = Object.entries(providers).filter(([, traits]) => 'open' in traits)
    expect(open.map(([id]) => id).sort()).toEqual(['compatible', 'llama-swap', 'lmstudio', 'ollama', 'sparring', 'sparring-anthropic'])
    for (const [id] of open) expect(model(`${id}:meta-llama/Llama-4-8B-Instruct`).wireModel).toBe('meta-llama/Llama-4-8B-Instruct')
  })

  it('with an unknown model is an error that names it and what is close', () => {
    const found = findModel('openai:gpt-5-minni')
    expect(found).toMatchObject({ ok: false, error: { code: 'model_unknown' } })
    expect(!found.ok && found.error.message).toContain('"openai:gpt-5-minni"')
    expect(!found.ok && found.error.message).toContain('openai:gpt-5-mini')
  })

  it('with an unknown provider is an error, whatever follows', () => {
    for (const key of ['', ':', 'acme:gpt-5-mini', 'constructor:x', '__proto__:x', 'toString', 'GPT-5-MINI']) {
      expect(findModel(key), key).toMatchObject({ ok: false, error: { code: 'model_unknown' } })
    }
  })

  it('of an open provider is refused when the name could break a lane, a log line or a URL', () => {
    for (const name of ['', ' ', 'a b', 'a\nb', '../x', '?x', 'x'.repeat(129), 'a\u0000']) {
      expect(findModel(`ollama:${name}`), name).toMatchObject({ ok: false, error: { code: 'model_unknown' } })
    }
  })

  it('never throws, and a key that is found is found again under its canonical spelling', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((name) => `ollama:${name}`),
        ),
        (key) => {
          const found = findModel(key)
          return !found.ok || findModel(found.value.key).ok
        },
      ),
    )
  })
})

describe('the registry', () => {
  it('has one row for each key, and each spelling means one model', () => {
    const keys = listModels().map(({ key }) => key)
    expect(new Set(keys).size).toBe(keys.length)
    for (const each of listModels().filter(({ callable }) => callable)) {
      expect(model(each.key)).toEqual(each)
      expect(model(each.key.slice(each.provider.length + 1)).key).toBe(each.key)
      expect(model(each.wireModel).key).toBe(each.key)
    }
  })

  it('tells what a model makes, and never takes an unknown one for text', () => {
    expect(modelKind('gpt-5-mini')).toEqual({ ok: true, value: 'text' })
    expect(modelKind('google:imagen-4')).toEqual({ ok: true, value: 'image' })
    expect(modelKind('openai:sora-2')).toEqual({ ok: true, value: 'video' })
    expect(modelKind('elevenlabs:eleven_multilingual_v2')).toEqual({ ok: true, value: 'audio' })
    expect(modelKind('google:lyria-2')).toEqual({ ok: true, value: 'music' })
    expect(modelKind('midjourney')).toMatchObject({ ok: false, error: { code: 'model_unknown' } })
  })

  it('can call every text model, and models of every other kind', () => {
    for (const each of listModels().filter(({ kind }) => kind === 'text')) expect(each.callable, each.key).toBe(true)
    const kinds = (provider: string) => new Set(listModels().flatMap((each) => (each.provider === provider ? [each.kind] : [])))
    expect(kinds('fal')).toEqual(new Set(['image', 'audio', 'video', 'music']))
    expect(kinds('openai')).toEqual(new Set(['text', 'image', 'audio', 'video']))
    for (const each of listModels().filter(({ provider, startsFrom }) => ['fal', 'openai'].includes(provider) && startsFrom !== 'upscale'))
      expect(each.callable, each.key).toBe(true)
  })

  it('keeps what only enlarges images from contending, and finds it where it is meant', () => {
    expect(findModel('fal:clarity-upscaler')).toMatchObject({ error: { code: 'adapter_missing' } })
    expect(findImageModel('fal:clarity-upscaler', 'upscale')).toMatchObject({ value: { wireModel: 'fal-ai/clarity-upscaler' } })
    expect(findImageModel('nano-banana-2', 'edit')).toMatchObject({ ok: true })
    expect(findImageModel('fal:flux-2', 'edit')).toMatchObject({ error: { message: expect.stringContaining('fal:nano-banana-2') } })
  })

  it('says of a model no adapter can call what could take its place', () => {
    const uncallable = listModels().filter(({ callable, startsFrom }) => !callable && startsFrom !== 'upscale')
    expect(new Set(uncallable.map(({ provider }) => provider))).toEqual(new Set(['google', 'stability', 'elevenlabs', 'kling', 'suno']))
    for (const each of uncallable)
      expect(findModel(each.wireModel), each.key).toMatchObject({ ok: false, error: { code: 'adapter_missing' } })
    const veo = findModel('google:veo-3')
    expect(!veo.ok && veo.error.message).toMatch(/^google:veo-3 is registered, but .* make video: fal:veo-3\.1, /)
    expect(parseModelKey('veo-3')).toMatchObject({ ok: true, value: { key: 'google:veo-3' } })
  })

  it('takes no unregistered fal endpoint, whose name would not tell what it makes', () => {
    expect(findModel('fal:fal-ai/some-endpoint')).toMatchObject({ ok: false, error: { code: 'model_unknown' } })
    expect(model('fal-ai/flux-2-pro').key).toBe('fal:flux-2-pro')
  })

  it('knows which answers their provider can keep in the background', () => {
    expect([model('gpt-5-mini').background, model('gpt-5.5').background]).toEqual([true, true])
    expect([model('gpt-4.1').background, model('claude-opus-5').background, model('ollama:gpt-5').background]).toEqual([
      false,
      false,
      false,
    ])
  })

  it('gives a tier where the price is known, and none where it is not', () => {
    expect(model('ollama:llama3.2').tier).toBe('free')
    expect(model('sparring:anyone').tier).toBe('free')
    expect(model('gpt-5-mini').tier).toBe('paid')
    expect(model('claude-opus-4-6').tier).toBe('enterprise')
    expect(model('compatible:anything').tier).toBeUndefined()
    expect(model('mistral:mistral-large-latest').tier).toBeUndefined()
  })

  it('knows families across names and providers', () => {
    expect(model('gpt-5-mini').family).toBe('gpt')
    expect(model('claude-haiku-4-5').family).toBe('claude')
    expect(model('gemini-2.5-flash').family).toBe('gemini')
    expect(model('mistral:ministral-8b-latest').family).toBe('mistral')
    expect(model('ollama:llama3.2').family).toBe('llama')
    expect(model('compatible:mistralai/Mixtral-8x7B').family).toBe('mistral')
  })

  it('marks simulated partners', () => {
    expect(new Set(listModels().flatMap(({ simulated, provider }) => (simulated ? [provider] : [])))).toEqual(new Set(['sparring']))
    expect([model('sparring:easel').kind, model('sparring:hum').kind, model('sparring:reel').kind, model('sparring:quill').kind]).toEqual([
      'image',
      'audio',
      'video',
      'text',
    ])
    expect(model('sparring:easel')).toMatchObject({ simulated: true, tier: 'free', callable: true, vision: false })
    expect(model('sparring:gpt').simulated).toBe(true)
    expect(model('sparring-anthropic:claude').simulated).toBe(true)
  })
})

describe('the cost of a call', () => {
  it('is its tokens at the list price', () => {
    expect(costUsd(model('gpt-5-mini'), 1_000_000, 500_000)).toBeCloseTo(0.25 + 1)
  })

  it('is nothing on your own machine and unknown where the price is', () => {
    expect(costUsd(model('ollama:llama3.2'), 10, 10)).toBe(0)
    expect(costUsd(model('compatible:x'), 10, 10)).toBeUndefined()
  })
})

describe('the lane of a model', () => {
  it('is one call at a time for each local server, and in the cloud a key that is counted where it has a limit', () => {
    expect(laneOf(model('ollama:llama3.2'))).toEqual({ concurrencyKey: 'local:ollama', concurrencyLimit: 1 })
    expect(laneOf(model('ollama:qwen3'))).toEqual(laneOf(model('ollama:llama3.2')))
    expect(laneOf(model('llama-swap:qwen3'))).toEqual({ concurrencyKey: 'local:llama-swap', concurrencyLimit: 1 })
    expect(laneOf(model('gpt-5-mini'))).toEqual({ concurrencyKey: 'openai:gpt-5-mini' })
    expect(laneOf(model('sparring:x'))).toEqual({ concurrencyKey: 'sparring:x' })
  })
})
