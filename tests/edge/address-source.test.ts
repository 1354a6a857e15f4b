import { describe, expect, test } from 'vitest'
import { addressSource } from '../../supabase/functions/api/address-source.ts'

// What a vote's source is called: runs in Node as it does in Deno, on web standards alone.

const from = (forwarded?: string) =>
  new Request('http://agon.test', { headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded } })
const secret = 'a secret of the tests'
const of = (forwarded: string | undefined, day = '2026-11-20', key: string | undefined = secret) =>
  addressSource(key, () => day)(from(forwarded))

describe('the source of a vote', () => {
  test('is the same for one address on one day, and another for another', async () => {
    const name = await of('203.0.113.7')
    expect(name).toMatch(/^[0-9a-f]{32}$/)
    expect(await of('203.0.113.7, 198.51.100.1')).toBe(name)
    expect(await of('::ffff:203.0.113.7')).toBe(name)
    expect(await of('203.0.113.8')).not.toBe(name)
  })

  test('cannot be linked across days, nor between projects', async () => {
    const name = await of('203.0.113.7')
    expect(await of('203.0.113.7', '2026-11-21')).not.toBe(name)
    expect(await of('203.0.113.7', '2026-11-20', 'another secret of them')).not.toBe(name)
  })

  test('is a subscriber’s whole network, where an address is version 6', async () => {
    const name = await of('2001:db8:1:2::1')
    expect(await of('2001:0DB8:0001:0002:ffff:ffff:ffff:ffff')).toBe(name)
    expect(await of('2001:db8:1:3::1')).not.toBe(name)
    expect(await of('2001:db8::')).not.toBe(name)
  })

  test.each([
    undefined,
    '',
    '127.0.0.1',
    '::1',
    '::ffff:127.0.0.1',
    '10.1.2.3',
    '192.168.0.4',
    '172.20.0.1',
    '100.64.0.1',
    'fe80::1',
    'fd00::1',
  ])('is unknown for %s, which tells nobody apart', async (address) => expect(await of(address)).toBeNull())

  test('is not kept by a project without a secret: who reads the table could try every address', async () => {
    expect(await addressSource(undefined)(from('203.0.113.7'))).toBeNull()
  })
})
