import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { loadKeys } from './keys.ts'

it('a made secret is made once, by its pattern, and is another in another project', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'keys-test-'))
  try {
    const load = (name: string, toMake = { SEAL: '{"a":"{random}"}' }) => loadKeys(join(folder, name), ['default'], {}, toMake)
    const first = await load('one')
    const { a } = JSON.parse(first.madeSecrets.SEAL!) as { a: string }
    expect(Buffer.from(a, 'base64')).toHaveLength(32)
    expect((await load('one')).madeSecrets).toEqual(first.madeSecrets)
    expect((await load('two')).madeSecrets.SEAL).not.toBe(first.madeSecrets.SEAL)
    expect((await loadKeys(join(folder, 'one'), ['default'])).madeSecrets).toEqual(first.madeSecrets)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
