import type { ErrorEntry } from './error-entry.ts'

/** What the API can answer. */
export const apiErrors = {
  invalid_request: {
    status: 422,
    retryable: false,
    title: 'The request does not fit the schema',
    remedy: 'Correct the fields named in errors.',
  },
  invalid_json: {
    status: 400,
    retryable: false,
    title: 'The body is not JSON',
    remedy: 'Send a JSON object with Content-Type: application/json.',
  },
  unsupported_media_type: {
    status: 415,
    retryable: false,
    title: 'The body has the wrong content type',
    remedy: 'Send Content-Type: application/json.',
  },
  callback_refused: {
    status: 401,
    retryable: false,
    title: 'The signature of this callback does not hold',
    remedy: 'Check the signing secret or key set of the provider, see docs/operating.md. The task is polled all the same.',
  },
  idempotency_conflict: {
    status: 409,
    retryable: false,
    title: 'This idempotency key was used for something else',
    remedy: 'Send the same body again, or a new Idempotency-Key.',
  },
  unauthenticated: {
    status: 401,
    retryable: false,
    title: 'No valid credential',
    remedy: 'Send a user token as Authorization: Bearer, or a key as apikey, as the detail says.',
  },
  forbidden: { status: 403, retryable: false, title: 'This credential may not do that', remedy: 'Use the credential the detail names.' },
  not_found: {
    status: 404,
    retryable: false,
    title: 'There is no such thing here',
    remedy: 'Check the path and the id; a draft is visible to its owner alone.',
  },
  method_not_allowed: { status: 405, retryable: false, title: 'This path does not take that method', remedy: 'See GET /api/openapi.json.' },
  rate_limited: {
    status: 429,
    retryable: true,
    title: 'Too many requests',
    remedy: 'Wait as long as Retry-After says. Whoever runs the project sets AGON_WRITES_PER_MINUTE.',
  },
  payload_too_large: { status: 413, retryable: false, title: 'The body is too large', remedy: 'Send at most 512 KiB.' },
  no_such_switch: {
    status: 422,
    retryable: false,
    title: 'There is no such switch',
    remedy: 'Name a provider by its id, as GET /api/models lists them, or none for the whole system.',
  },
  store_refused: {
    status: 500,
    retryable: false,
    title: 'The database refused a call',
    remedy: 'The migrations and this release differ: run supabase db push, then deploy the functions again.',
  },
  store_unavailable: {
    status: 503,
    retryable: true,
    title: 'The database could not be reached',
    remedy: 'Try again; if it lasts, see npm run agon -- doctor.',
  },
} as const satisfies Record<string, ErrorEntry>
