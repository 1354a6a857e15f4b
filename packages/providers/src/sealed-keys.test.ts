import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { byokAad, hintOf, type Keyring, keyringOf, open, seal, sealedBy } from './sealed-keys.ts'

const masterKey = () => randomBytes(32).toString('base64')
const keys = { k1: masterKey(), k2: masterKey() }

function keyring(given: Record<string, string>): Keyring {
  const made = keyringOf({ AGON_SEALING_KEYS: JSON.stringify(given) })
  if (!made.ok) throw new Error(made.error.message)
  return made.value
}
const first = keyring({ k1: keys.k1 })
const both = keyring(keys)
const owner = { ownerId: '00000000-0000-4000-8000-000000000001', provider: 'openai', keyId: '00000000-0000-4000-8000-0000000000aa' }
const aad = byokAad(owner)
const codeOf = async (opened: ReturnType<typeof open>) => {
  const result = await opened
  return result.ok ? 'opened' : result.error.code
}

describe('a sealed secret', () => {
  it('opens to the letter, and never looks the same twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (secret) => {
        const wellFormed = secret.toWellFormed()
        const [one, other] = [await seal(wellFormed, aad, first), await seal(wellFormed, aad, first)]
        expect(one).toMatch(/^v1\.k1\.[\w-]{16}\.[\w-]+$/)
        expect(one).not.toBe(other)
        expect(await open(one, aad, first)).toEqual({ ok: true, value: wellFormed })
      }),
    )
  })

  it('shows nothing of the secret', async () => {
    expect(await seal('sk-very-secret', aad, first)).not.toContain('secret')
  })

  it.each([
    ['another owner', { ...owner, ownerId: '00000000-0000-4000-8000-000000000002' }],
    ['another provider', { ...owner, provider: 'mistral' }],
    ['another key of the same owner', { ...owner, keyId: '00000000-0000-4000-8000-0000000000bb' }],
  ])('does not open for %s', async (_whom, other) => {
    expect(await codeOf(open(await seal('sk-1', aad, first), byokAad(other), first))).toBe('sealed_unreadable')
  })

  it('does not open when any character of it was changed', async () => {
    const sealed = await seal('sk-1234567890', aad, both)
    for (let at = 0; at < sealed.length; at++) {
      const changed = `${sealed.slice(0, at)}${sealed[at] === 'A' ? 'B' : 'A'}${sealed.slice(at + 1)}`
      expect(await codeOf(open(changed, aad, both)), `character ${at}`).not.toBe('opened')
    }
  })

  it.each(['', 'v1', 'v1.k1', 'v1.k1..', 'v2.k1.AAAAAAAAAAAAAAAA.AAAA', 'v1.k1.AAAA.AAAA', 'v1.k1.AAAAAAAAAAAAAAAA.!', 'sk-plain'])(
    'that is none is told so: %j',
    async (text) => {
      expect(await codeOf(open(text, aad, first))).toBe('sealed_unreadable')
    },
  )

  it('does not open under another key of the same id', async () => {
    expect(await codeOf(open(await seal('sk-1', aad, first), aad, keyring({ k1: masterKey() })))).toBe('sealed_unreadable')
  })

  it('does not open under another master key that is given its id', async () => {
    const sealed = await seal('sk-1', aad, keyring({ k1: keys.k1 }))
    expect(await codeOf(open(sealed.replace('v1.k1.', 'v1.k2.'), aad, keyring({ k2: keys.k1 })))).toBe('sealed_unreadable')
  })

  it('names the master key that a process lacks', async () => {
    const result = await open(await seal('sk-1', aad, both), aad, first)
    expect(result).toMatchObject({ error: { code: 'sealing_key_missing', message: expect.stringContaining('k2') } })
  })
})

describe('a keyring', () => {
  it('seals with its last key and opens with all of them, so that a master key can be changed', async () => {
    const before = await seal('sk-1', aad, first)
    const after = await seal('sk-1', aad, both)
    expect([sealedBy(before), sealedBy(after)]).toEqual(['k1', 'k2'])
    for (const sealed of [before, after]) expect(await open(sealed, aad, both)).toEqual({ ok: true, value: 'sk-1' })
  })

  it.each([
    ['nothing', undefined, 'is not set'],
    ['an empty variable', ' ', 'is not set'],
    ['no JSON', 'SECRET', 'is not JSON'],
    ['a list', '["SECRET"]', 'is not an object'],
    ['no key', '{}', 'is empty'],
    ['a short key', '{"k1": "U0VDUkVU"}', 'k1 is not 32 bytes'],
    ['a key that is no text', '{"k1": 5}', 'k1 is not 32 bytes'],
    ['an id that JSON would reorder', `{"1": "${keys.k1}"}`, 'id of master key 1'],
    ['an id with a dot', `{"k.1": "${keys.k1}"}`, 'id of master key 1'],
  ])('of %s is refused, and says why without quoting it', (_what, text, why) => {
    const result = keyringOf(text === undefined ? {} : { AGON_SEALING_KEYS: text })
    expect(result).toMatchObject({ ok: false, error: { code: 'sealing_key_missing', message: expect.stringContaining(why) } })
    expect(JSON.stringify(result)).not.toMatch(/SECRET|U0VDUkVU/)
    expect(JSON.stringify(result)).not.toContain(keys.k1)
  })
})

it('of a secret its last four characters are shown, and of a short one none', () => {
  expect([hintOf('sk-proj-1234567890abcd'), hintOf('short-key'), hintOf('')]).toEqual(['…abcd', '…', '…'])
})
