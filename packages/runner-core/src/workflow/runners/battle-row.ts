import { z } from 'zod'
import { type StepError, stepError } from '../../errors.ts'
import { defaultMode } from '../../judge/plan.ts'
import { kinOf } from '../../judge/recusal.ts'
import { chosenModel } from '../../models/chosen-model.ts'
import { estimateCostUsd, estimateJudgingUsd } from '../../models/cost-estimate.ts'
import { findModel, type Model, platformFunding } from '../../models/models.ts'
import type { Store } from '../../ports/index.ts'
import { fail, ok, type Result } from '../../result.ts'
import { contendingError, contendingWorkflow, type WorkflowContender } from '../contending.ts'

const contender = z.looseObject({
  model: z.string().optional(),
  human: z.looseObject({ user_id: z.string().optional(), identity: z.string().optional() }).optional(),
  workflow: z.literal(true).optional(),
  node: z.string().optional(),
  workflow_id: z.string().optional(),
  workflow_version_id: z.string().optional(),
  inputs: z.record(z.string(), z.unknown()).optional(),
  byok_keys: z.record(z.string(), z.string()).optional(),
  identity: z.string().optional(),
  system_prompt: z.string().optional(),
  byok_key_id: z.string().optional(),
})
const judge = z.looseObject({ model: z.string(), weight: z.number().optional(), byok_key_id: z.string().optional() })

/** What battle_create was configured with, its templates rendered. */
export const battleWanted = z.looseObject({
  title: z.string().min(1),
  task_prompt: z.string().min(1),
  contenders: z.array(contender, 'expected 2 to 26 contenders, in config or as the input contenders').min(2).max(26),
  battle_type: z.string().optional(),
  scoring_mode: z.enum(['ai_judge', 'community', 'hybrid']).default('ai_judge'),
  judges: z.array(judge).max(9).optional(),
  rubric: z.array(z.looseObject({ title: z.string() })).optional(),
  reference_answer: z.string().optional(),
  category: z.string().optional(),
  automation_mode: z.enum(['manual', 'semi_auto', 'full_auto']).default('manual'),
  voting_duration_hours: z.number().min(0).optional(),
  voter_eligibility: z.string().default('anyone'),
  handicap: z.record(z.string(), z.unknown()).optional(),
  max_tokens: z.number().default(4096),
  temperature: z.number().optional(),
  budget_usd: z.number().optional(),
})
export type BattleWanted = z.output<typeof battleWanted>

/** Its slot is left to a contender_run of the run that makes the battle. */
export const isLeft = ({ workflow, node }: Pick<BattleWanted['contenders'][number], 'workflow' | 'node'>): boolean =>
  workflow !== undefined || node !== undefined

const answersItself = ({ workflow_id, workflow_version_id }: BattleWanted['contenders'][number]): boolean =>
  workflow_id !== undefined || workflow_version_id !== undefined

/** The contenders that are workflows of their own, pinned and checked, at their places. Errors: those of `contendingWorkflow`, all at once. */
export async function contendingOf(
  { contenders, task_prompt }: BattleWanted,
  ownerId: string,
  store: Pick<Store, 'contendingVersions'>,
): Promise<Result<(WorkflowContender | undefined)[], StepError>> {
  const wanted = contenders.filter(answersItself)
  if (wanted.length === 0) return ok([])
  const versions = await store.contendingVersions(
    ownerId,
    wanted.map(({ workflow_id, workflow_version_id }) =>
      workflow_version_id !== undefined ? { version_id: workflow_version_id } : { workflow_id: workflow_id! },
    ),
  )
  if (!versions.ok) return versions
  const read = contenders.map((each) => {
    const version = versions.value[wanted.indexOf(each)]
    return version && contendingWorkflow(version, each.inputs ?? {}, task_prompt)
  })
  const problems = read.flatMap((each, nth) =>
    each && 'problems' in each ? each.problems.map((one) => ({ ...one, at: `contenders/${nth}` })) : [],
  )
  if (problems.length > 0) return fail(contendingError(problems))
  return ok(read.map((each) => (each && 'contender' in each ? each.contender : undefined)))
}

const hourMs = 3_600_000

/** The same, and who pays. */
function chosen(model: Model, byokKeyId: string | undefined, estimate: number | undefined) {
  return {
    ...chosenModel(model),
    limit_key: byokKeyId === undefined ? model.provider : `byok:${byokKeyId}`,
    funding_source: byokKeyId === undefined ? platformFunding(model) : 'user_byok_cloud',
    byok_key_id: byokKeyId ?? null,
    cost_estimate_usd: estimate ?? null,
  }
}

/**
 * The battle as the database takes it. Errors: `model_unknown`, `adapter_missing`, `mixed_kinds`, `judge_recused`; `node_config` where
 * nobody would judge; `duplicate_contender` where two slots are left to one node.
 */
export function battleRow(
  wanted: BattleWanted,
  idempotencyKey: string,
  workflows: readonly (WorkflowContender | undefined)[] = [],
): Result<Record<string, unknown>, StepError> {
  const models: { model: Model }[] = []
  const contenders: Record<string, unknown>[] = []
  for (const [nth, each] of wanted.contenders.entries()) {
    if (workflows[nth]) {
      contenders.push({
        workflow: { ...workflows[nth], ...(each.byok_keys && { byok_keys: each.byok_keys }) },
        identity: each.identity ?? '',
      })
      continue
    }
    if (isLeft(each)) {
      const twin = wanted.contenders.findIndex(({ node }) => node !== undefined && node === each.node)
      if (twin !== -1 && twin < nth)
        return fail(stepError('duplicate_contender', `contenders/${nth} is left to the node ${each.node}, and so is contenders/${twin}.`))
      contenders.push({ workflow: { node_id: each.node ?? null }, identity: each.identity ?? '' })
      continue
    }
    if (each.model === undefined) {
      contenders.push({ user_id: each.human?.user_id ?? null, identity: each.human?.identity ?? each.identity ?? '' })
      continue
    }
    const model = findModel(each.model)
    if (!model.ok) return model
    models.push({ model: model.value })
    const texts = [wanted.task_prompt, each.system_prompt ?? '']
    contenders.push({
      ...chosen(model.value, each.byok_key_id, estimateCostUsd(model.value, { texts, maxTokens: wanted.max_tokens })),
      identity: each.identity ?? '',
      system_prompt: each.system_prompt ?? null,
    })
  }
  const kinds = [...new Set([...models.map(({ model }) => model.kind), ...workflows.flatMap((each) => each?.makes ?? [])])]
  if (kinds.length > 1) return fail(stepError('mixed_kinds', `The contenders make ${kinds.join(' and ')}.`))
  const judges = judgesOf(wanted, models)
  if (!judges.ok) return judges
  const votes = wanted.scoring_mode !== 'ai_judge'
  const windowMs =
    wanted.voting_duration_hours === undefined ? (votes ? 24 * hourMs : 0) : Math.round(wanted.voting_duration_hours * hourMs)
  return ok({
    title: wanted.title.slice(0, 200),
    task_prompt: wanted.task_prompt,
    inputs: null,
    category: wanted.category ?? null,
    max_tokens: wanted.max_tokens,
    temperature: wanted.temperature ?? null,
    handicap: wanted.handicap ?? {},
    rubric: wanted.rubric ?? null,
    generate_rubric: false,
    reference_answer: wanted.reference_answer ?? null,
    judges: judges.value,
    judge_mode: null,
    allow_own_family: false,
    auto_analyse: false,
    contenders,
    battle_type: wanted.battle_type ?? null,
    scoring_mode: wanted.scoring_mode,
    voting_window_ms: windowMs,
    voter_eligibility: wanted.voter_eligibility,
    min_account_age_ms: null,
    invited_voters: null,
    submission_window_ms: null,
    promote_at: null,
    auto_publish_results: wanted.automation_mode !== 'semi_auto',
    priority: 0,
    budget_usd: wanted.budget_usd ?? null,
    idempotency_key: idempotencyKey,
    // A node that is tried again finds the battle it made.
    request_hash: idempotencyKey,
  })
}

function judgesOf(wanted: BattleWanted, contenders: { model: Model }[]): Result<Record<string, unknown>[], StepError> {
  if (wanted.scoring_mode === 'community') return ok([])
  const named = wanted.judges ?? []
  if (named.length === 0) return fail(stepError('node_config', `scoring_mode ${wanted.scoring_mode} needs judges: [{"model": "…"}].`))
  const rows: (Record<string, unknown> & { recused: { code: string; message: string } | null })[] = []
  for (const { model: key, weight, byok_key_id } of named) {
    const model = findModel(key)
    if (!model.ok) return model
    if (model.value.kind !== 'text')
      return fail(stepError('judge_cannot_see', `${key} makes ${model.value.kind}; a judge answers in text.`))
    const kin = kinOf(model.value, contenders)
    const message = kin && `${model.value.key} is of the family ${model.value.family}, and so is ${kin.model.key}`
    const estimate = estimateJudgingUsd(model.value, {
      texts: [wanted.task_prompt, wanted.reference_answer ?? '', JSON.stringify(wanted.rubric ?? [])],
      contenders: wanted.contenders.length,
      maxTokens: wanted.max_tokens,
      mode: defaultMode(wanted.contenders.length),
      criteria: wanted.rubric?.length ?? 0,
    })
    rows.push({
      ...chosen(model.value, byok_key_id, estimate),
      weight: weight ?? 1,
      recused: message ? { code: 'judge_recused', message } : null,
    })
  }
  if (rows.every(({ recused }) => recused !== null)) return fail(stepError('judge_recused', `${rows[0]!.recused!.message}.`))
  return ok(rows)
}
