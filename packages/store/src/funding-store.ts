import { z } from 'zod'
import type { Connection } from './connection.ts'
import { call } from './connection.ts'

/** Documents are built by the database; the shape that callers rely on is api's response schema. */
const document = z.record(z.string(), z.unknown())
const shown = z.object({ provider: z.string() }).loose()
const refused = z.object({ refused: z.enum(['byok_key_limit', 'byok_key_not_found', 'byok_key_revoked']) })
const changed = z.union([refused, document])

/** A key as it is stored: sealed by whoever was given it. */
export interface NewSecret {
  sealed: string
  hint: string
  expires_at: string | null
}

/** What the api needs of the lensers room, one method an RPC. Owners are users the api has authenticated. */
export function createFundingStore({ lensers }: Connection) {
  return {
    addKey: (owner_id: string, key: NewSecret & { key_id: string; provider: string; label: string }) =>
      call('fn_byok_add', lensers.rpc('fn_byok_add', { owner_id, ...key, expires_at: key.expires_at as string }), changed),
    getKey: (owner_id: string, key_id: string) => call('fn_byok_get', lensers.rpc('fn_byok_get', { owner_id, key_id }), shown.nullable()),
    listKeys: (owner_id: string) => call('fn_byok_list', lensers.rpc('fn_byok_list', { owner_id }), z.array(document)),
    rotateKey: (owner_id: string, key_id: string, secret: NewSecret) =>
      call(
        'fn_byok_rotate',
        lensers.rpc('fn_byok_rotate', { owner_id, key_id, ...secret, expires_at: secret.expires_at as string }),
        changed,
      ),
    revokeKey: (owner_id: string, key_id: string) =>
      call('fn_byok_revoke', lensers.rpc('fn_byok_revoke', { owner_id, key_id }), document.nullable()),
    budget: (owner_id: string) => call('fn_budgets_get', lensers.rpc('fn_budgets_get', { owner_id }), document.nullable()),
    setBudget: (owner_id: string, limit_usd: number | null, period: string) =>
      call('fn_budgets_set', lensers.rpc('fn_budgets_set', { owner_id, limit_usd: limit_usd as number, period }), document.nullable()),
  }
}

export type FundingStore = ReturnType<typeof createFundingStore>
