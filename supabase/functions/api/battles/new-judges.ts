import { chosenModel } from '@agon/runner-core/chosen-model'
import { type StepError, stepError } from '@agon/runner-core/errors'
import { kinOf } from '@agon/runner-core/judge/recusal'
import type { Model } from '@agon/runner-core/models'
import { fail, ok, type Result } from '@agon/runner-core/result'
import type { NewJudge } from '@agon/store/battle-store'
import type { z } from 'zod'
import type { FieldError } from '../../_shared/problem.ts'
import { judgePayment } from '../funding/payment.ts'
import type { createBattle } from '../requests.ts'

interface Seat {
  model: Model
  path: string
  weight: number | 'learned'
  byok_key_id?: string | undefined
}

/** The judges of a request, by where they stand in it. */
export const seatsOf = ({ judge, judges }: Pick<z.output<typeof createBattle>, 'judge' | 'judges'>) =>
  judge ? [{ ...judge, weight: 1, path: '/judge' }] : (judges ?? []).map((each, nth) => ({ ...each, path: `/judges/${nth}` }))

/**
 * The judges of a battle as they are stored. One whose family contends is recused, unless it may judge its own. Errors: `duplicate_judge`;
 * `judge_recused` when none is left.
 */
export function newJudges(
  seats: readonly Seat[],
  contenders: readonly { model: Model; path: string }[],
  body: z.output<typeof createBattle>,
): Result<NewJudge[], StepError & { errors: FieldError[] }> {
  const twins = seats.flatMap(({ model, path }, nth) =>
    seats.findIndex((other) => other.model.key === model.key) < nth ? [{ path, message: `${model.key} judges already` }] : [],
  )
  if (twins.length > 0) return fail({ ...stepError('duplicate_judge', 'A model judges a battle once.'), errors: twins })
  const judges = seats.map(({ model, path, weight, byok_key_id }) => {
    const kin = body.allow_own_family ? undefined : kinOf(model, contenders)
    const message = kin && `${model.key} is of the family ${model.family}, and so is ${kin.model.key}`
    return {
      path,
      row: {
        ...chosenModel(model),
        ...judgePayment(model, { byok_key_id }, body),
        weight,
        recused: message ? { code: 'judge_recused', message } : null,
      },
    }
  })
  const recused = judges.flatMap(({ path, row }) => (row.recused ? [{ path: `${path}/model`, message: row.recused.message }] : []))
  if (judges.length > 0 && !judges.some(({ row }) => row.recused === null && row.weight !== 0))
    return fail({ ...stepError('judge_recused', recused.map(({ message }) => `${message}.`).join(' ')), errors: recused })
  return ok(judges.map(({ row }) => row))
}
