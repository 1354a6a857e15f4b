import { ok } from '@agon/runner-core'
import { describe, expect, test } from 'vitest'
import { underDeadline } from './deadline.ts'

const never = () => new Promise<never>(() => {})
const live = () => new AbortController().signal

describe('a call under its deadline', () => {
  test('hands back what it got', async () => {
    expect(await underDeadline({ signal: live(), timeoutMs: 1_000 }, 'openai', async () => ok(1))).toEqual({ ok: true, value: 1 })
  })

  test('ends at its deadline even when what it called does not heed the abort', async () => {
    let heard: AbortSignal | undefined
    const result = await underDeadline({ signal: live(), timeoutMs: 20 }, 'openai', (signal) => {
      heard = signal
      return never()
    })
    expect(result).toMatchObject({ ok: false, error: { code: 'provider_timeout' } })
    expect(heard?.aborted).toBe(true)
  })

  test('ends with the lease even when what it called does not heed the abort', async () => {
    const lease = new AbortController()
    const result = underDeadline({ signal: lease.signal, timeoutMs: 10_000 }, 'openai', never)
    lease.abort()
    expect(await result).toMatchObject({ ok: false, error: { code: 'lease_lost' } })
  })

  test.each([0, -1, Number.NaN])('is not begun with %d ms left', async (timeoutMs) => {
    let begun = false
    const result = await underDeadline({ signal: live(), timeoutMs }, 'openai', async () => {
      begun = true
      return ok(1)
    })
    expect(result).toMatchObject({ ok: false, error: { code: 'provider_timeout' } })
    expect(begun).toBe(false)
  })

  test('may have longer than a timer can count', async () => {
    const slow = () => new Promise<{ ok: true; value: number }>((resolve) => setTimeout(() => resolve(ok(1)), 20))
    expect(await underDeadline({ signal: live(), timeoutMs: Number.POSITIVE_INFINITY }, 'openai', slow)).toMatchObject({ ok: true })
  })

  test('turns a bug into an internal error without its message, which may quote anything', async () => {
    const result = await underDeadline({ signal: live(), timeoutMs: 1_000 }, 'openai', () => Promise.reject(new RangeError('secret text')))
    expect(result).toMatchObject({ ok: false, error: { code: 'internal' } })
    expect(JSON.stringify(result)).not.toContain('secret text')
  })

  test('leaves no listener on a signal that lives longer', async () => {
    const signal = live()
    let listeners = 0
    const { addEventListener, removeEventListener } = signal
    signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      listeners += 1
      addEventListener.apply(signal, args)
    }
    signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      listeners -= 1
      removeEventListener.apply(signal, args)
    }
    let during = 0
    await underDeadline({ signal, timeoutMs: 1_000 }, 'openai', async () => {
      during = listeners
      return ok(1)
    })
    expect([during, listeners]).toEqual([1, 0])
  })
})
