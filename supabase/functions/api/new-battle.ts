import { type StepError, stepError } from '@agon/runner-core/errors'
import { findModel, laneOf } from '@agon/runner-core/models'
import { fail, ok, type Result } from '@agon/runner-core/result'
import type { NewBattle } from '@agon/store/battle-store'
import type { z } from 'zod'
import type { FieldError } from '../_shared/problem.ts'
import { contenderPayment, judgePayment, takesKey } from './payment.ts'
import { battleTypeOf, windowsOf } from './people-requests.ts'
import type { createBattle } from './requests.ts'

export interface Refusal extends StepError {
  errors: FieldError[]
}

/** Resolves every model of a request against the registry, and turns the request into the row the database stores. */
export async function newBattle(
  body: z.output<typeof createBattle>,
  idempotencyKey: string | undefined,
): Promise<Result<NewBattle, Refusal>> {
  const errors: FieldError[] = []
  const resolve = ({ model: key, byok_key_id }: { model: string; byok_key_id?: string | undefined }, at: string) => {
    const path = `${at}/model`
    const model = findModel(key)
    if (!model.ok) {
      errors.push({ path, message: model.error.message })
      return null
    }
    if (byok_key_id !== undefined && !takesKey(model.value.provider)) {
      errors.push({ path: `${at}/byok_key_id`, message: `${model.value.provider} takes no key` })
      return null
    }
    const lane = laneOf(model.value)
    const chosen = {
      model_key: model.value.key,
      model_kind: model.value.kind,
      simulated: model.value.simulated,
      provider: model.value.provider,
      concurrency_key: lane.concurrencyKey,
      concurrency_limit: lane.concurrencyLimit ?? null,
    }
    return { model: model.value, chosen }
  }
  const judge = body.judge ? resolve(body.judge, '/judge') : null
  const contenders = body.contenders.map((contender, nth) => {
    const { model, human } = contender
    if (human || model === undefined) return { user_id: human?.user_id ?? null, identity: human?.identity ?? '' }
    const resolved = resolve({ ...contender, model }, `/contenders/${nth}`)
    return (
      resolved && {
        ...resolved.chosen,
        ...contenderPayment(resolved.model, contender, body),
        identity: contender.identity ?? '',
        system_prompt: contender.system_prompt ?? null,
      }
    )
  })
  if (errors.length > 0) return fail({ ...stepError('model_unknown', errors.map((error) => error.message).join(' ')), errors })
  const kinds = kindRefusal(contenders, judge?.chosen ?? null, body.scoring_mode)
  if (kinds) return fail(kinds)

  const seen = new Map<string, number>()
  for (const [nth, contender] of contenders.entries()) {
    if (contender === null || ('user_id' in contender && contender.user_id === null)) continue // seats may be open side by side
    const isPerson = 'user_id' in contender
    const name = JSON.stringify(isPerson ? [contender.user_id] : [contender.identity, contender.model_key])
    const twin = seen.get(name)
    if (twin === undefined) seen.set(name, nth)
    else
      errors.push({ path: `/contenders/${nth}`, message: `the same ${isPerson ? 'person' : 'model and identity'} as contenders[${twin}]` })
  }
  if (errors.length > 0)
    return fail({ ...stepError('duplicate_contender', 'A person contends once, and so does a model under one identity.'), errors })

  return ok({
    category: body.category ?? null,
    title: body.title ?? body.prompt.split('\n', 1)[0]!.slice(0, 200),
    task_prompt: body.prompt,
    inputs: body.inputs ?? null,
    max_tokens: body.max_tokens,
    temperature: body.temperature ?? null,
    handicap: body.handicap ?? {},
    rubric: body.rubric ?? null,
    reference_answer: body.reference_answer ?? null,
    judge: judge && { ...judge.chosen, ...judgePayment(judge.model, body.judge ?? {}, body) },
    budget_usd: body.budget_usd ?? null,
    contenders: contenders.map((contender) => contender!),
    battle_type: body.battle_type ?? battleTypeOf(body.contenders),
    scoring_mode: body.scoring_mode,
    ...windowsOf(body),
    voter_eligibility: body.voter_eligibility,
    min_account_age_ms: body.min_account_age_ms ?? null,
    invited_voters: body.invited_voters ?? null,
    promote_at: body.promote_at ?? null,
    auto_publish_results: body.auto_publish_results,
    priority: body.priority,
    idempotency_key: idempotencyKey ?? null,
    request_hash: idempotencyKey === undefined ? null : await sha256(JSON.stringify(body)),
  })
}

/** What is compared must be of one kind, and whoever judges must be able to take it in. */
function kindRefusal(
  contenders: (object | null)[],
  judge: { model_key: string; model_kind: string } | null,
  scoringMode: 'ai_judge' | 'community' | 'hybrid',
): Refusal | undefined {
  // People hand in text.
  const made = contenders.map((contender) => (contender && 'model_kind' in contender ? String(contender.model_kind) : 'text'))
  const kind = made[0]!
  const others = made.flatMap((other, nth) =>
    other === kind ? [] : [{ path: `/contenders/${nth}`, message: `makes ${other}, and contenders[0] makes ${kind}` }],
  )
  if (others.length > 0)
    return { ...stepError('mixed_kinds', others.map(({ path, message }) => `${path} ${message}.`).join(' ')), errors: others }
  if (judge && judge.model_kind !== 'text') {
    const message = `${judge.model_key} makes ${judge.model_kind}; a judge answers in text`
    return { ...stepError('judge_cannot_see', message), errors: [{ path: '/judge/model', message }] }
  }
  if (kind !== 'text' && scoringMode !== 'community') {
    const message = `a battle of ${kind} is decided by votes alone: use community, with voting_window_ms and without a judge`
    return { ...stepError('judge_cannot_see', message), errors: [{ path: '/scoring_mode', message }] }
  }
  return undefined
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
