import { byokAad, hintOf, keyringOf, seal } from '@agon/providers/sealed-keys'
import type { StepError } from '@agon/runner-core/errors'
import { fail, ok, type Result } from '@agon/runner-core/result'
import type { FundingStore, NewSecret } from '@agon/store/funding-store'
import { environment } from '../../_shared/environment.ts'
import { problem } from '../../_shared/problem.ts'
import type { Handlers } from '../routes.ts'

/** Keys and budgets. A secret is sealed here, before anything else sees it, and no answer shows one. */
export function fundingHandlers(
  store: FundingStore,
): Handlers<'addKey' | 'listKeys' | 'rotateKey' | 'revokeKey' | 'budget' | 'getBudget' | 'setBudget'> {
  const keyring = keyringOf(environment)

  async function sealed(
    secret: { secret: string; expires_at?: string | undefined },
    key: { ownerId: string; provider: string; keyId: string },
  ): Promise<Result<NewSecret, StepError>> {
    if (!keyring.ok) return fail(keyring.error)
    return ok({
      sealed: await seal(secret.secret, byokAad(key), keyring.value),
      // The end of a mail server's JSON is the end of its password.
      hint: key.provider === 'smtp' ? '…' : hintOf(secret.secret),
      expires_at: secret.expires_at ?? null,
    })
  }

  const showBudget = async (found: ReturnType<FundingStore['budget']>) => {
    const budget = await found
    return budget.ok ? Response.json({ budget: budget.value }) : problem(budget.error.code, budget.error.message)
  }

  return {
    async addKey({ user, body }) {
      const keyId = crypto.randomUUID()
      const secret = await sealed(body, { ownerId: user, provider: body.provider, keyId })
      if (!secret.ok) return problem(secret.error.code, secret.error.message)
      const made = await store.addKey(user, { key_id: keyId, provider: body.provider, label: body.label, ...secret.value })
      if (!made.ok) return problem(made.error.code, made.error.message)
      return 'refused' in made.value ? problem(made.value.refused as 'byok_key_limit') : Response.json(made.value, { status: 201 })
    },

    async listKeys({ user }) {
      const found = await store.listKeys(user)
      return found.ok ? Response.json({ keys: found.value }) : problem(found.error.code, found.error.message)
    },

    async rotateKey({ user, params: { key_id }, body }) {
      const known = await store.getKey(user, key_id)
      if (!known.ok) return problem(known.error.code, known.error.message)
      if (known.value === null) return problem('not_found', `You have no key ${key_id}.`)
      const secret = await sealed(body, { ownerId: user, provider: known.value.provider, keyId: key_id })
      if (!secret.ok) return problem(secret.error.code, secret.error.message)
      const rotated = await store.rotateKey(user, key_id, secret.value)
      if (!rotated.ok) return problem(rotated.error.code, rotated.error.message)
      return 'refused' in rotated.value ? problem(rotated.value.refused as 'byok_key_revoked') : Response.json(rotated.value)
    },

    async revokeKey({ user, params: { key_id } }) {
      const revoked = await store.revokeKey(user, key_id)
      if (!revoked.ok) return problem(revoked.error.code, revoked.error.message)
      return revoked.value === null ? problem('not_found', `You have no key ${key_id}.`) : Response.json(revoked.value)
    },

    budget: ({ user }) => showBudget(store.budget(user)),
    getBudget: ({ params }) => showBudget(store.budget(params.owner_id)),
    setBudget: ({ params, body }) => showBudget(store.setBudget(params.owner_id, body.limit_usd, body.period)),
  }
}
