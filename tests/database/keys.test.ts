import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { asRole, rows, times, useDatabase, value } from '../support/database.ts'
import { addKey, type KeyDocument, someSealed } from '../support/funding.ts'

const database = useDatabase()
const owner = randomUUID()
const stranger = randomUUID()
const minutes = (count: number) => new Date(Date.now() + count * 60_000)

interface ForClaim {
  byok?: { key_id: string; owner_id: string; provider: string; sealed: string }
  refused?: { code: string; message: string }
}
const forClaim = (keyId: string, ownerId: string, provider = 'openai') =>
  value<ForClaim>(database.sql, 'select lensers.byok_for_claim($1, $2, $3)', [keyId, ownerId, provider])
const rotate = (ownerId: string, keyId: string, sealed = someSealed(), expiresAt: Date | null = null) =>
  value<KeyDocument>(database.sql, `select lensers.fn_byok_rotate($1, $2, $3, '…wxyz', $4)`, [ownerId, keyId, sealed, expiresAt])
const revoke = (ownerId: string, keyId: string) =>
  value<KeyDocument | null>(database.sql, 'select lensers.fn_byok_revoke($1, $2)', [ownerId, keyId])
const listOf = (ownerId: string) => value<KeyDocument[]>(database.sql, 'select lensers.fn_byok_list($1)', [ownerId])

describe('a provider key', () => {
  test('is shown to its owner without what is sealed, and to nobody else', async () => {
    const sealed = someSealed()
    const key = await addKey(database.sql, owner, { sealed })
    expect(key).toMatchObject({ provider: 'openai', label: 'mine', hint: '…abcd', status: 'active', revoked_at: null })
    expect(await listOf(owner)).toEqual([key])
    expect(await listOf(stranger)).toEqual([])
    expect(await value(database.sql, 'select lensers.fn_byok_get($1, $2)', [stranger, key.key_id])).toBeNull()
    expect(JSON.stringify([key, await listOf(owner)])).not.toContain(sealed.split('.')[3])
  })

  test('is read in its sealed column by no role', async () => {
    await addKey(database.sql, owner)
    for (const role of ['anon', 'authenticated', 'service_role'] as const) {
      await asRole(database.sql, role)
      await expect(database.sql.query('select sealed from lensers.byok_api_keys'), role).rejects.toMatchObject({ code: '42501' })
    }
    await asRole(database.sql, 'service_role')
    expect(await rows(database.sql, 'select hint, sealed_by from lensers.byok_api_keys')).toEqual([{ hint: '…abcd', sealed_by: 'k1' }])
  })

  test('cannot be stored unsealed', async () => {
    for (const plain of ['sk-proj-1234567890', 'v1.k1.short.ciphertext', '']) {
      await expect(addKey(database.sql, owner, { sealed: plain })).rejects.toMatchObject({ code: '23514' })
    }
  })

  test('goes to a claim for its own owner and provider alone', async () => {
    const sealed = someSealed()
    const { key_id } = await addKey(database.sql, owner, { sealed })
    expect(await forClaim(key_id, owner)).toEqual({ byok: { key_id, owner_id: owner, provider: 'openai', sealed } })
    expect(await forClaim(key_id, stranger)).toMatchObject({ refused: { code: 'byok_key_not_found' } })
    expect(await forClaim(key_id, owner, 'mistral')).toMatchObject({ refused: { code: 'byok_key_not_found' } })
    expect(await forClaim(randomUUID(), owner)).toMatchObject({ refused: { code: 'byok_key_not_found' } })
  })

  test('that has expired is refused at the claim, and shown as expired', async () => {
    const { key_id } = await addKey(database.sql, owner, { expiresAt: minutes(-1) })
    expect(await forClaim(key_id, owner)).toMatchObject({ refused: { code: 'byok_key_expired' } })
    expect(await listOf(owner)).toMatchObject([{ status: 'expired' }])
    expect(await rotate(owner, key_id, someSealed(), minutes(5))).toMatchObject({ status: 'active', hint: '…wxyz' })
    expect(await forClaim(key_id, owner)).toMatchObject({ byok: { key_id } })
  })

  test('that is rotated goes on under its id with the new secret, and the old one is gone', async () => {
    const [before, after] = [someSealed(), someSealed('k2')]
    const { key_id } = await addKey(database.sql, owner, { sealed: before })
    expect(await rotate(stranger, key_id, after)).toEqual({ refused: 'byok_key_not_found' })
    expect(await rotate(owner, key_id, after)).toMatchObject({ key_id, status: 'active' })
    expect(await forClaim(key_id, owner)).toMatchObject({ byok: { sealed: after } })
    expect(await value(database.sql, 'select count(*) from lensers.byok_api_keys where sealed = $1', [before])).toBe(0)
    expect(await value(database.sql, 'select sealed_by from lensers.byok_api_keys')).toBe('k2')
  })

  test('that is revoked is erased and stays in the history; it cannot come back', async () => {
    const { key_id } = await addKey(database.sql, owner)
    expect(await revoke(stranger, key_id)).toBeNull()
    const revoked = await revoke(owner, key_id)
    expect(revoked).toMatchObject({ status: 'revoked' })
    expect(await revoke(owner, key_id)).toEqual(revoked)
    expect(await value(database.sql, 'select sealed from lensers.byok_api_keys')).toBeNull()
    expect(await forClaim(key_id, owner)).toMatchObject({ refused: { code: 'byok_key_revoked' } })
    expect(await rotate(owner, key_id)).toEqual({ refused: 'byok_key_revoked' })
    expect(await listOf(owner)).toEqual([revoked])
  })

  test('is one of fifty at most, of which the revoked are not counted', async () => {
    const made = await times(50, () => addKey(database.sql, owner))
    expect(await addKey(database.sql, owner)).toEqual({ refused: 'byok_key_limit' })
    expect(await addKey(database.sql, stranger)).toMatchObject({ status: 'active' })
    await revoke(owner, made[0]!.key_id)
    expect(await addKey(database.sql, owner)).toMatchObject({ status: 'active' })
  })

  test('is one of fifty at most when two connections add the fiftieth at once', async () => {
    await times(49, () => addKey(database.sql, owner))
    const two = await database.connectMany(2)
    const added = await Promise.all(two.map((client) => addKey(client, owner)))
    expect(added.map((key) => key.refused ?? key.status).toSorted()).toEqual(['active', 'byok_key_limit'])
  })

  test('says when it was used last, written once a minute at most', async () => {
    const { key_id } = await addKey(database.sql, owner)
    const lastUsed = async () => (await listOf(owner))[0]!.last_used_at
    expect(await lastUsed()).toBeNull()
    await forClaim(key_id, owner)
    const first = await lastUsed()
    expect(first).not.toBeNull()
    await forClaim(key_id, owner)
    expect(await lastUsed()).toBe(first)
    await database.sql.query(`update lensers.byok_api_keys set last_used_at = now() - interval '2 minutes'`)
    await forClaim(key_id, owner)
    expect((await lastUsed())! > first!).toBe(true)
  })
})

describe('a change of the master key', () => {
  const toReseal = (most = 100) =>
    value<{ key_id: string; owner_id: string; provider: string; sealed: string }[]>(
      database.sql,
      `select lensers.fn_byok_to_reseal('k2', $1)`,
      [most],
    )
  const resealed = (keyId: string, before: string, after: string) =>
    value<boolean>(database.sql, 'select lensers.fn_byok_resealed($1, $2, $3)', [keyId, before, after])

  test('finds what another master key sealed, in batches, until nothing is left', async () => {
    await times(3, () => addKey(database.sql, owner))
    await addKey(database.sql, stranger, { sealed: someSealed('k2') })
    const { key_id: gone } = await addKey(database.sql, owner)
    await revoke(owner, gone)
    let found = 0
    for (let batch = await toReseal(2); batch.length > 0; batch = await toReseal(2)) {
      for (const key of batch) expect(await resealed(key.key_id, key.sealed, someSealed('k2'))).toBe(true)
      found += batch.length
    }
    expect(found).toBe(3)
  })

  test('overwrites no secret that its owner rotated or revoked meanwhile', async () => {
    const { key_id: rotated } = await addKey(database.sql, owner)
    const { key_id: revoked } = await addKey(database.sql, owner)
    const sealedOf = new Map((await toReseal()).map((key) => [key.key_id, key.sealed]))
    const fresh = someSealed()
    await rotate(owner, rotated, fresh)
    await revoke(owner, revoked)
    expect(await resealed(rotated, sealedOf.get(rotated)!, someSealed('k2'))).toBe(false)
    expect(await resealed(revoked, sealedOf.get(revoked)!, someSealed('k2'))).toBe(false)
    expect(await forClaim(rotated, owner)).toMatchObject({ byok: { sealed: fresh } })
    expect(await value(database.sql, 'select sealed from lensers.byok_api_keys where key_id = $1', [revoked])).toBeNull()
  })
})
