import type { ErrorEntry } from './error-entry.ts'

/** What keys and budgets refuse. */
export const fundingErrors = {
  byok_key_not_found: {
    status: 422,
    retryable: false,
    title: 'You have no such provider key',
    remedy: 'GET /api/keys lists your keys. A key serves one provider: name one that fits the model.',
  },
  byok_key_expired: {
    status: 422,
    retryable: false,
    title: 'The provider key has expired',
    remedy: 'Rotate it (POST /api/keys/{key_id}/rotate, or agon keys rotate), then redrive the dead letter.',
  },
  byok_key_revoked: {
    status: 422,
    retryable: false,
    title: 'The provider key was revoked',
    remedy: 'Add another key and create the battle with it. The platform key is never used in its place.',
  },
  byok_key_limit: {
    status: 409,
    retryable: false,
    title: 'You have as many provider keys as one owner may have',
    remedy: 'Revoke one of them first (DELETE /api/keys/{key_id}): 50 that are not revoked are the most.',
  },
  sealing_key_missing: {
    status: 503,
    retryable: false,
    title: 'A master key for sealed secrets is not configured',
    remedy: 'Set AGON_SEALING_KEYS for the functions and the worker alike (docs/operating.md), then redrive the dead letter.',
  },
  sealed_unreadable: {
    status: 500,
    retryable: false,
    title: 'A sealed secret cannot be opened',
    remedy: 'It was changed in the database, or sealed for something else: its owner has to give it again (agon keys rotate).',
  },
  budget_spent: {
    status: 402,
    retryable: false,
    title: 'The budget does not cover this call',
    remedy: 'Raise the budget the detail names, or wait for its next period, then redrive the dead letter.',
  },
  price_unknown: {
    status: 422,
    retryable: false,
    title: 'A budget cannot hold a model without a price',
    remedy: 'Choose a model with a price in the registry, or leave the budget out.',
  },
} as const satisfies Record<string, ErrorEntry>
