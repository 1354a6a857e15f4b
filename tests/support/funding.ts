import { randomBytes, randomUUID } from 'node:crypto'
import { type Client, rows, value } from './database.ts'

// Keys and budgets in a test's database, by the functions the product calls.

/** Looks like a sealed key; nothing opens it. */
export const someSealed = (masterKeyId = 'k1') =>
  `v1.${masterKeyId}.${randomBytes(12).toString('base64url')}.${randomBytes(40).toString('base64url')}`

export interface KeyDocument {
  key_id: string
  provider: string
  label: string
  hint: string
  status: 'active' | 'expired' | 'revoked'
  expires_at: string | null
  revoked_at: string | null
  last_used_at: string | null
  refused?: string
}

export const addKey = (
  client: Client,
  ownerId: string,
  key: { keyId?: string; provider?: string; sealed?: string; expiresAt?: Date } = {},
) =>
  value<KeyDocument>(client, `select lensers.fn_byok_add($1, $2, $3, $4, '…abcd', 'mine', $5)`, [
    key.keyId ?? randomUUID(),
    ownerId,
    key.provider ?? 'openai',
    key.sealed ?? someSealed(),
    key.expiresAt ?? null,
  ])

export interface Budget {
  limit_usd: number
  period: string
  spent_usd: number
  reserved_usd: number
  left_usd: number
}

export const setBudget = (client: Client, ownerId: string, limitUsd: number | null, period = 'month') =>
  value<Budget | null>(client, 'select lensers.fn_budgets_set($1, $2, $3)', [ownerId, limitUsd, period])

export const budgetOf = (client: Client, ownerId: string) => value<Budget | null>(client, 'select lensers.fn_budgets_get($1)', [ownerId])

export interface PricedJob {
  job_id: number
  owner_id: string
  spender_id: string
  spender_limit_usd?: number
  amount_usd: number | null
  on_platform: boolean
}

/** What the claim does for jobs under a budget: why each of the refused cannot run, by job. */
export async function reserve(client: Client, ...jobs: PricedJob[]): Promise<Record<number, string>> {
  const refusals = await value<Record<string, { code: string }>>(
    client,
    'select lensers.reserve(array(select p::lensers.priced_job from jsonb_populate_recordset(null::lensers.priced_job, $1) p))',
    [JSON.stringify(jobs)],
  )
  return Object.fromEntries(Object.entries(refusals).map(([job, { code }]) => [Number(job), code]))
}

export const settle = (client: Client, jobId: number, costUsd: number | null) =>
  value<boolean>(client, 'select lensers.settle($1, $2)', [jobId, costUsd])

export const reservationsOf = (client: Client, jobId: number) =>
  rows<{ amount: number; spent: number; settled: boolean }>(
    client,
    `select amount_usd::float8 as amount, spent_usd::float8 as spent, settled_at is not null as settled from lensers.reservations
     where job_id = $1 order by reservation_id`,
    [jobId],
  )
