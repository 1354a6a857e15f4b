import { estimateAnalysisUsd, estimateCostUsd, estimateJudgingUsd } from '@agon/runner-core/cost-estimate'
import { defaultMode } from '@agon/runner-core/judge/plan'
import { findModel, type Model, platformFunding, providers } from '@agon/runner-core/models'
import type { ChosenModel } from '@agon/store/battle-store'
import type { z } from 'zod'
import type { createBattle } from '../requests.ts'

type Payment = Pick<ChosenModel, 'limit_key' | 'funding_source' | 'byok_key_id' | 'cost_estimate_usd'>
type Body = z.output<typeof createBattle>

/** Whether calls to a provider are paid for by key, so that a user can bring one. */
export const takesKey = (provider: keyof typeof providers): boolean => 'keyVariable' in providers[provider]

/** Who pays for the calls of one model, whose rate limit they draw on, and what they may cost. */
function payment(model: Model, byokKeyId: string | undefined, estimate: number | undefined): Payment {
  return {
    limit_key: byokKeyId === undefined ? model.provider : `byok:${byokKeyId}`,
    funding_source: byokKeyId === undefined ? platformFunding(model) : 'user_byok_cloud',
    byok_key_id: byokKeyId ?? null,
    cost_estimate_usd: estimate ?? null,
  }
}

/** All that may stand in a prompt made of this task: of a template, its inputs too. */
const task = (body: Body): string[] => [body.prompt, ...(body.inputs ? [JSON.stringify(body.inputs)] : [])]
const answerTokens = (body: Body): number => Math.min(body.max_tokens, body.handicap?.max_context_tokens ?? body.max_tokens)

export function contenderPayment(
  model: Model,
  contender: { byok_key_id?: string | undefined; system_prompt?: string | undefined; funding_source?: 'user_byok_local' | undefined },
  body: Body,
): Payment {
  const texts = [...task(body), contender.system_prompt ?? '']
  const paid = payment(model, contender.byok_key_id, estimateCostUsd(model, { texts, maxTokens: answerTokens(body) }))
  // The database names the line in which a page of the owner finds it (battles.local_row).
  return contender.funding_source ? { ...paid, funding_source: contender.funding_source } : paid
}

function makes(kind: Model['kind'], key: string | undefined): boolean {
  const model = key === undefined ? undefined : findModel(key)
  return model?.ok === true && model.value.kind === kind
}

/** Eight pictures out of a film, in tokens: no provider counts one of their size for more than fifteen hundred. */
const filmTokens = 12_000

export function judgePayment(model: Model, judge: { byok_key_id?: string | undefined }, body: Body): Payment {
  const texts = [...task(body), body.reference_answer ?? '', JSON.stringify(body.rubric ?? [])]
  // People are not held to max_tokens: of what they write the judge is shown 24,000 characters, hardly ever more than this many tokens.
  const longest = Math.max(
    answerTokens(body),
    body.contenders.some(({ human }) => human) ? 12_000 : 0,
    body.contenders.some(({ model: key }) => makes('video', key)) ? filmTokens : 0,
  )
  const contenders = body.contenders.length
  const mode = body.judge_mode ?? defaultMode(contenders)
  const estimate = estimateJudgingUsd(model, {
    texts,
    contenders,
    maxTokens: longest,
    mode,
    // A rubric that is still to be written has six criteria at most, and writing it is one more call.
    criteria: body.rubric === 'auto' ? 6 : (body.rubric?.length ?? 0),
    ...(body.rubric === 'auto' && { writesRubric: true }),
    recordings: body.contenders.filter(({ model: key }) => makes('audio', key)).length,
  })
  return payment(model, judge.byok_key_id, estimate)
}

/** Of an analysis, by the battle as its owner sees it. */
export function analysisPayment(
  model: Model,
  asked: { byok_key_id?: string | undefined },
  kind: 'digest_judge' | 'cross_examination',
  battle: Record<string, unknown>,
): Payment {
  const contenders = Array.isArray(battle.contenders) ? (battle.contenders as { submission?: { content_text?: string } | null }[]) : []
  const estimate = estimateAnalysisUsd(model, {
    kind,
    texts: [battle.task_prompt, battle.inputs, battle.rubric, battle.reference_answer].map((part) =>
      typeof part === 'string' ? part : JSON.stringify(part ?? ''),
    ),
    answers: contenders.map(({ submission }) => submission?.content_text ?? ''),
  })
  return payment(model, asked.byok_key_id, estimate)
}
