import { chosenModel } from '@agon/runner-core/chosen-model'
import { type StepError, stepError } from '@agon/runner-core/errors'
import { findModel, type Model } from '@agon/runner-core/models'
import { fail, ok, type Result } from '@agon/runner-core/result'
import type { WorkflowContender } from '@agon/runner-core/workflow'
import type { NewBattle, NewWorkflow } from '@agon/store/battle-store'
import type { z } from 'zod'
import type { FieldError } from '../../_shared/problem.ts'
import { contenderPayment, takesKey } from '../funding/payment.ts'
import { answersLocally } from '../local/local-requests.ts'
import type { createBattle } from '../requests.ts'
import { sha256 } from '../sha256.ts'
import { newJudges, seatsOf } from './new-judges.ts'
import { battleTypeOf, windowsOf } from './people-requests.ts'
import type { RetiredSince } from './retired.ts'

export interface Refusal extends StepError {
  errors: FieldError[]
}

/** Resolves every model of a request against the registry, and turns the request into the row the database stores. */
export async function newBattle(
  body: z.output<typeof createBattle>,
  idempotencyKey: string | undefined,
  retiredSince: RetiredSince,
  workflows: readonly (WorkflowContender | undefined)[] = [],
): Promise<Result<NewBattle, Refusal>> {
  const errors: FieldError[] = []
  const retired: FieldError[] = []
  const elsewhere: FieldError[] = []
  const resolve = ({ model: key, byok_key_id }: { model: string; byok_key_id?: string | undefined }, at: string) => {
    const path = `${at}/model`
    const model = findModel(key)
    if (!model.ok) {
      errors.push({ path, message: model.error.message })
      return null
    }
    const gone = retiredSince(model.value)
    if (gone !== undefined) retired.push({ path, message: `${model.value.key} was shut down by its maker on ${gone}` })
    if (byok_key_id !== undefined && !takesKey(model.value.provider)) {
      errors.push({ path: `${at}/byok_key_id`, message: `${model.value.provider} takes no key` })
      return null
    }
    return { model: model.value, chosen: chosenModel(model.value), path }
  }
  const seats = seatsOf(body).flatMap((seat) => {
    const resolved = resolve(seat, seat.path)
    return resolved ? [{ ...seat, model: resolved.model }] : []
  })
  const models: { model: Model; path: string }[] = []
  const contenders = body.contenders.map((contender, nth) => {
    const { model, human, command } = contender
    const workflow = workflows[nth]
    if (workflow) {
      const { byok_keys, identity = '' } = contender
      return { workflow: { ...workflow, ...(byok_keys && { byok_keys }) }, identity }
    }
    if (command !== undefined) return { command, model: model ?? null, identity: contender.identity ?? '' }
    if (human || model === undefined) return { user_id: human?.user_id ?? null, identity: human?.identity ?? '' }
    const resolved = resolve({ ...contender, model }, `/contenders/${nth}`)
    if (resolved) models.push(resolved)
    if (resolved && contender.funding_source && !(resolved.model.kind === 'text' && answersLocally(resolved.model.provider)))
      elsewhere.push({ path: `/contenders/${nth}/funding_source`, message: `${resolved.model.key} is not answered in a browser` })
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
  if (elsewhere.length > 0)
    return fail({ ...stepError('local_execution_unsupported', elsewhere.map(({ message }) => `${message}.`).join(' ')), errors: elsewhere })
  const kinds = kindRefusal(contenders, seats)
  if (kinds) return fail(kinds)
  if (retired.length > 0)
    return fail({ ...stepError('model_retired', retired.map(({ message }) => `${message}.`).join(' ')), errors: retired })

  const seen = new Map<string, number>()
  for (const [nth, contender] of contenders.entries()) {
    if (contender === null || ('user_id' in contender && contender.user_id === null)) continue // seats may be open side by side
    const isPerson = 'user_id' in contender
    const name = JSON.stringify(
      isPerson
        ? [contender.user_id]
        : 'workflow' in contender
          ? [contender.identity, 'workflow', contender.workflow?.workflow_id]
          : 'command' in contender
            ? [contender.identity, contender.command, contender.model]
            : [contender.identity, contender.model_key],
    )
    const twin = seen.get(name)
    if (twin === undefined) seen.set(name, nth)
    else
      errors.push({
        path: `/contenders/${nth}`,
        message: `the same ${isPerson ? 'person' : 'workflow' in contender ? 'workflow and identity' : 'model and identity'} as contenders[${twin}]`,
      })
  }
  if (errors.length > 0)
    return fail({
      ...stepError('duplicate_contender', 'A person contends once, and so does a model or a workflow under one identity.'),
      errors,
    })

  const judges = newJudges(seats, models, body)
  if (!judges.ok) return judges

  return ok({
    category: body.category ?? null,
    title: body.title ?? body.prompt.split('\n', 1)[0]!.slice(0, 200),
    task_prompt: body.prompt,
    inputs: body.inputs ?? null,
    max_tokens: body.max_tokens,
    temperature: body.temperature ?? null,
    handicap: body.handicap ?? {},
    rubric: body.rubric === 'auto' ? null : (body.rubric ?? null),
    generate_rubric: body.rubric === 'auto',
    reference_answer: body.reference_answer ?? null,
    judges: judges.value,
    judge_mode: body.judge_mode ?? null,
    allow_own_family: body.allow_own_family,
    auto_analyse: body.auto_analyse,
    budget_usd: body.budget_usd ?? null,
    contenders: contenders.map((contender) => contender!),
    battle_type: body.battle_type ?? battleTypeOf(body.contenders),
    scoring_mode: body.scoring_mode,
    ...windowsOf(body),
    voter_eligibility: body.voter_eligibility,
    vote_weighting: body.vote_weighting,
    min_account_age_ms: body.min_account_age_ms ?? null,
    invited_voters: body.invited_voters ?? null,
    repository: body.repository ?? null,
    checks: body.checks ?? [],
    promote_at: body.promote_at ?? null,
    auto_publish_results: body.auto_publish_results,
    priority: body.priority,
    idempotency_key: idempotencyKey ?? null,
    request_hash: idempotencyKey === undefined ? null : await sha256(JSON.stringify(body)),
  })
}

/** What is compared must be of one kind, and whoever judges must be able to take it in. */
function kindRefusal(contenders: (object | null)[], judges: { model: Model; path: string }[]): Refusal | undefined {
  // People hand in text.
  const made = contenders.map((contender) => {
    if (contender && 'workflow' in contender) return (contender as NewWorkflow).workflow.makes
    return contender && 'model_kind' in contender ? String(contender.model_kind) : 'text'
  })
  const kind = made[0]!
  const others = made.flatMap((other, nth) =>
    other === kind ? [] : [{ path: `/contenders/${nth}`, message: `makes ${other}, and contenders[0] makes ${kind}` }],
  )
  if (others.length > 0)
    return { ...stepError('mixed_kinds', others.map(({ path, message }) => `${path} ${message}.`).join(' ')), errors: others }
  const blind = judges.flatMap(({ model, path }) => {
    const why = cannotTakeIn(model, kind)
    return why === undefined ? [] : [{ path: `${path}/model`, message: why }]
  })
  return blind.length === 0
    ? undefined
    : { ...stepError('judge_cannot_see', blind.map(({ message }) => `${message}.`).join(' ')), errors: blind }
}

function cannotTakeIn(judge: Model, kind: string): string | undefined {
  if (judge.kind !== 'text') return `${judge.key} makes ${judge.kind}; a judge answers in text`
  // A film is judged by pictures out of it.
  if ((kind === 'image' || kind === 'video') && !judge.vision) return `${judge.key} does not look at images`
  // Speech is judged by its transcript.
  if (kind === 'music') return 'no judge takes in music so far: use community, with voting_window_ms and without a judge'
  return undefined
}
