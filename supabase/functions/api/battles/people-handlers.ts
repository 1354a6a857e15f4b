import type { ErrorCode, StepError } from '@agon/runner-core/errors'
import type { Result } from '@agon/runner-core/result'
import type { BattleStore } from '@agon/store/battle-store'
import type { Refusal } from '@agon/store/people-store'
import { problem } from '../../_shared/problem.ts'
import type { VoteSource } from '../address-source.ts'
import type { Handlers } from '../routes.ts'
import type { peopleRoutes } from './people-routes.ts'
import { showBattle } from './show-battle.ts'

/** What a repeated request finds done already. */
const repeated = (headers: { 'idempotency-key'?: string | undefined }, ...outcomes: string[]) =>
  headers['idempotency-key'] === undefined ? [] : outcomes

const ended = (status: string | undefined) => `The battle is ${status ?? 'past that'}`

/** What each refusal of the database is to the caller. */
const refusals: Record<string, (refusal: Refusal) => readonly [ErrorCode, string?]> = {
  not_found: () => ['not_found'],
  not_executing: ({ status }) => ['battle_state', `${ended(status)}; people contend while it executes.`],
  held: () => ['battle_held'],
  submissions_ended: ({ submissions_end_at: end }) => ['submissions_ended', `They ended at ${end}.`],
  no_open_seat: () => ['no_open_seat'],
  not_contending: () => ['not_contending'],
  already_final: () => ['submission_final'],
  already_withdrawn: () => ['battle_state', 'You have withdrawn from this battle.'],
  already_timed_out: () => ['submissions_ended', 'Nothing was written when the submissions ended.'],
  already_cancelled: () => ['battle_state', 'The battle is cancelled.'],
  text_only: () => ['invalid_request', 'People submit text so far: send content_text.'],
  content_length: () => ['invalid_request', 'content_text takes 1 to 100,000 characters.'],
  not_eligible: ({ reason, eligible_at: at }) => [
    'not_eligible',
    {
      not_invited: 'Its owner has invited others.',
      no_account: 'It asks about its voters’ accounts, and this project has none of yours.',
      email_not_confirmed: 'Confirm your email address first.',
      account_too_young: `Your account is too young: it may vote from ${at} on.`,
    }[reason ?? ''],
  ],
  vote_rate: ({ most, window }) => ['vote_rate', `${most} votes a ${window} are yours.`],
  own_battle: () => ['own_battle'],
  is_contender: () => ['is_contender'],
  unknown_choice: ({ choices }) => ['unknown_choice', `Expected one of ${choices?.join(', ')}.`],
  not_voting: ({ status, held, voting_window_ms: window, voting_ends_at: end }) => [
    'not_voting',
    held
      ? 'An operator has stopped the battle; its window goes on when it does.'
      : window === 0
        ? 'This battle takes no votes.'
        : status === 'voting' || (end && status !== 'executing')
          ? `The window closed at ${end}.`
          : status === 'cancelled' || status === 'void'
            ? `${ended(status)}.`
            : `${ended(status)}; its window of ${window} ms opens when everyone has answered.`,
  ],
}

/** People who contend and vote, and who keep a battle's clock. The database decides; these turn refusals into problems. */
export function peopleHandlers(store: BattleStore, sourceOf: VoteSource): Handlers<keyof typeof peopleRoutes> {
  const show = showBattle(store)

  async function answer(id: string, user: string, asked: Promise<Result<Refusal | { outcome: string }, StepError>>) {
    const given = await asked
    if (!given.ok) return problem(given.error.code, given.error.message)
    if (!('refused' in given.value)) return show(id, user)
    const [code, detail] = refusals[given.value.refused]?.(given.value) ?? ['internal', `Refused: ${given.value.refused}`]
    const refused = problem(code, detail)
    const { retry_after_ms } = given.value
    if (retry_after_ms !== undefined) refused.headers.set('retry-after', String(Math.max(1, Math.ceil(retry_after_ms / 1000))))
    return refused
  }

  /** For an owner's act: what each outcome other than the wished ones is. A request that may be a repeat wishes for what is there already, too. */
  async function owned(id: string, user: string, asked: Promise<Result<string, StepError>>, wished: string[], otherwise: string) {
    const given = await asked
    if (!given.ok) return problem(given.error.code, given.error.message)
    if (wished.includes(given.value)) return show(id, user)
    if (given.value === 'not_found') return problem('not_found', `You own no battle ${id}.`)
    if (given.value === 'held') return problem('battle_held')
    if (given.value === 'not_by_invitation')
      return problem('battle_state', 'Its voters are not invited: its voter_eligibility says who may vote.')
    if (given.value === 'already_published') return problem('battle_state', 'Its results are published already.')
    return problem('battle_state', `${ended(given.value.startsWith('battle_') ? given.value.slice(7) : 'no draft')}; ${otherwise}`)
  }

  return {
    joinBattle: ({ user, params: { battle_id } }) => answer(battle_id, user, store.join(battle_id, user)),
    submit: ({ user, params: { battle_id }, body: { content_text, final } }) =>
      answer(battle_id, user, store.submit(battle_id, user, { content_text }, final)),
    withdraw: ({ user, params: { battle_id } }) => answer(battle_id, user, store.withdraw(battle_id, user)),
    vote: async ({ user, params: { battle_id }, body: { choice }, request }) =>
      answer(battle_id, user, store.vote(battle_id, user, choice, await sourceOf(request))),
    closeVoting: ({ user, params: { battle_id }, headers }) =>
      owned(
        battle_id,
        user,
        store.closeVoting(battle_id, user),
        ['ended', ...repeated(headers, 'battle_scoring', 'battle_closed')],
        'only a voting that is open can be closed.',
      ),
    setVoters: ({ user, params: { battle_id }, body: { invited_voters } }) =>
      owned(
        battle_id,
        user,
        store.setVoters(battle_id, user, invited_voters),
        ['invited'],
        'voters are invited where voter_eligibility is invited, until the voting is over.',
      ),
    setPromotion: ({ user, params: { battle_id }, body: { promote_at } }) =>
      owned(
        battle_id,
        user,
        store.setPromotion(battle_id, user, promote_at),
        ['scheduled', 'unscheduled'],
        'only a draft can be promoted.',
      ),
    publishResults: ({ user, params: { battle_id }, headers }) =>
      owned(
        battle_id,
        user,
        store.publishResults(battle_id, user),
        ['published', ...repeated(headers, 'already_published')],
        'only a closed battle has results.',
      ),
  }
}
