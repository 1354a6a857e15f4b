import { describe, expect, test } from 'vitest'
import { errorDetail, fromSdkError, fromStatus, type SdkErrors } from './provider-errors.ts'

class APIError extends Error {}
class APIConnectionError extends APIError {}
class APIConnectionTimeoutError extends APIConnectionError {}
const sdk: SdkErrors = { APIError, APIConnectionError, APIConnectionTimeoutError }
const provider = { id: 'acme', baseUrl: 'https://acme.test', apiKey: 'acme-key-0123', keyVariable: 'ACME_API_KEY' }
const now = Date.parse('2026-03-01T12:00:00Z')

describe('what a provider says of its refusal', () => {
  test.each([
    ['the inner object', { message: 'No', code: 'c', type: 't' }],
    ['the whole body', { type: 'error', error: { message: 'No', code: 'c', type: 't' } }],
  ])('is read from %s', (_name, body) => {
    expect(errorDetail(body)).toEqual({ message: 'No', codes: ['c', 't'], flagged: false })
  })

  test.each([[null], [undefined], ['text'], [[]], [{ error: 'text' }]])('is nothing in %j', (body) => {
    expect(errorDetail(body)).toEqual({ codes: [], flagged: false })
  })

  test('is read from the typed details of Google', () => {
    const details = [
      { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' },
      { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34.07s' },
    ]
    expect(errorDetail({ error: { message: 'No', code: 429, details } })).toMatchObject({
      codes: ['API_KEY_INVALID'],
      retryAfterMs: 34_070,
    })
  })
})

describe('a refusal by status', () => {
  const plain = { codes: [], flagged: false }

  test('a key Google does not know is an authentication failure, though it says 400', () => {
    expect(fromStatus(400, new Headers(), { ...plain, codes: ['API_KEY_INVALID'] }, provider, now).code).toBe('provider_auth')
  })

  test('a header says how long to wait before the body does', () => {
    const detail = { ...plain, retryAfterMs: 34_000 }
    expect(fromStatus(429, new Headers(), detail, provider, now).retryAfterMs).toBe(34_000)
    expect(fromStatus(429, new Headers({ 'retry-after': '2' }), detail, provider, now).retryAfterMs).toBe(2_000)
  })

  test('an overloaded provider may say how long to wait', () => {
    expect(fromStatus(503, new Headers({ 'retry-after': 'Sun, 01 Mar 2026 12:00:05 GMT' }), plain, provider, now)).toEqual({
      code: 'provider_unavailable',
      message: 'acme answered 503',
      retryAfterMs: 5_000,
    })
  })
})

describe('what an SDK threw', () => {
  test('a failed connection names its innermost cause and where it went', () => {
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })
    const thrown = new APIConnectionError('Connection error.', { cause: new TypeError('fetch failed', { cause: refused }) })
    expect(fromSdkError(thrown, sdk, provider, now)).toEqual({
      code: 'provider_unavailable',
      message: 'acme could not be reached at https://acme.test (ECONNREFUSED).',
    })
  })

  test('a timeout of the connection is a timeout', () => {
    expect(fromSdkError(new APIConnectionTimeoutError('Request timed out.'), sdk, provider, now).code).toBe('provider_timeout')
  })

  test('an error without a body keeps what the SDK says of it, once', () => {
    const thrown = Object.assign(new APIError('418 status code (no body)'), { status: 418, headers: new Headers() })
    expect(fromSdkError(thrown, sdk, provider, now)).toEqual({
      code: 'provider_rejected',
      message: 'acme answered 418: status code (no body)',
    })
  })

  test('the key is in no message', () => {
    for (const thrown of [new APIConnectionError('acme-key-0123'), new TypeError('acme-key-0123'), 'acme-key-0123']) {
      expect(fromSdkError(thrown, sdk, provider, now).message).not.toContain('0123')
    }
  })
})
