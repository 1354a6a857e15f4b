import { chosenModel } from '@agon/runner-core/chosen-model'
import { type ErrorCode, stepError } from '@agon/runner-core/errors'
import { findModel } from '@agon/runner-core/models'
import type { BattleStore } from '@agon/store/battle-store'
import { problem } from '../../_shared/problem.ts'
import { analysisPayment, takesKey } from '../funding/payment.ts'
import type { Handlers } from '../routes.ts'
import type { judgeRoutes } from './judge-routes.ts'
import { showBattle } from './show-battle.ts'

/** What comes after a verdict: what the owner thinks of it, and what models make of the answers. */
export function judgeHandlers(store: BattleStore): Handlers<keyof typeof judgeRoutes> {
  const show = showBattle(store)

  async function showAnalyses(id: string, viewer: string | null, status: 200 | 202): Promise<Response> {
    const found = await store.analyses(id, viewer)
    if (!found.ok) return problem(found.error.code, found.error.message)
    if (found.value === null) return problem('not_found', `No battle ${id} is visible to you.`)
    return Response.json({ analyses: found.value }, { status })
  }

  const showWeights = async (kept: ReturnType<BattleStore['judgeWeights']>) => {
    const weights = await kept
    return weights.ok ? Response.json({ weights: weights.value }) : problem(weights.error.code, weights.error.message)
  }

  return {
    async overrideWinner({ user, params: { battle_id }, body: { winner_slot, note } }) {
      const outcome = await store.overrideWinner(battle_id, user, winner_slot, note)
      if (!outcome.ok) return problem(outcome.error.code, outcome.error.message)
      if (outcome.value === 'overridden') return show(battle_id, user)
      if (outcome.value === 'not_found') return problem('not_found', `You own no battle ${battle_id}.`)
      if (outcome.value === 'unknown_slot')
        return problem('unknown_choice', `No contender ${winner_slot} gave an answer.`, [
          { path: '/winner_slot', message: 'expected the slot of a contender that answered, or null' },
        ])
      return problem('battle_state', `The battle is ${outcome.value.slice(7)}; only how a closed battle ended can be overridden.`)
    },

    async analyse({ user, params: { battle_id }, body: { kind, model: key, byok_key_id } }) {
      const model = findModel(key)
      if (!model.ok) return problem('model_unknown', model.error.message, [{ path: '/model', message: model.error.message }])
      if (model.value.kind !== 'text') {
        const { message } = stepError('judge_cannot_see', `${key} makes ${model.value.kind}; what analyses a battle answers in text`)
        return problem('judge_cannot_see', message, [{ path: '/model', message }])
      }
      if (byok_key_id !== undefined && !takesKey(model.value.provider)) {
        const message = `${model.value.provider} takes no key`
        return problem('invalid_request', message, [{ path: '/byok_key_id', message }])
      }
      const battle = await store.get(battle_id, user)
      if (!battle.ok) return problem(battle.error.code, battle.error.message)
      if (battle.value === null) return problem('not_found', `You own no battle ${battle_id}.`)
      const made = await store.analyse(battle_id, user, {
        kind,
        ...chosenModel(model.value),
        ...analysisPayment(model.value, { byok_key_id }, kind, battle.value),
      })
      if (!made.ok) return problem(made.error.code, made.error.message)
      if (!('refused' in made.value)) return showAnalyses(battle_id, user, 202)
      const { refused, status, path, message } = made.value
      if (refused === 'not_found') return problem('not_found', `You own no battle ${battle_id}.`)
      if (refused === 'battle_state') return problem('battle_state', `The battle is ${status}; only one that is closed is analysed.`)
      return problem(
        refused === 'held' ? 'battle_held' : (refused as ErrorCode),
        message,
        path && message ? [{ path, message }] : undefined,
      )
    },

    analyses: ({ user, params: { battle_id } }) => showAnalyses(battle_id, user, 200),

    judgeWeights: ({ user }) => showWeights(store.judgeWeights(user)),

    setJudgeWeights({ user, body: { weights } }) {
      const models = weights.map(({ model }) => findModel(model))
      const errors = models.flatMap((model, nth) => (model.ok ? [] : [{ path: `/weights/${nth}/model`, message: model.error.message }]))
      if (errors.length > 0) return problem('model_unknown', errors.map(({ message }) => message).join(' '), errors)
      const learned = models.flatMap((model, nth) => (model.ok ? [{ ...weights[nth]!, model: model.value.key }] : []))
      const twins = learned.flatMap(({ model }, nth) =>
        learned.findIndex((other) => other.model === model) < nth
          ? [{ path: `/weights/${nth}/model`, message: `${model} is weighed already` }]
          : [],
      )
      if (twins.length > 0) return problem('invalid_request', 'A judge has one weight.', twins)
      return showWeights(store.setJudgeWeights(user, learned))
    },
  }
}
