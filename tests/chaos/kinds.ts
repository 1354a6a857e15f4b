import { setTimeout as delay } from 'node:timers/promises'
import type { Dice } from './dice.ts'
import type { Stage, User } from './stage.ts'

/** A battle as a client asks for it: the body of POST /battles. */
export type BattleRequest = Record<string, unknown> & { contenders: object[] }

/**
 * A kind of battle that the chaos plays. A room that brings a new kind adds it here: what to ask for, who takes part besides the models,
 * and what must be true of the database when all battles are over.
 */
export interface BattleKind {
  name: string
  /** How often it is played beside the others. */
  weight: number
  request(dice: Dice): BattleRequest
  /** People who act in the battle, once it exists: they submit, vote, call back. They go on when a call fails. */
  accompany?(battleId: string, user: User, stage: Stage, dice: Dice): Promise<void>
  /** What must be true at the end, each as a query that returns the rows for which it is not. */
  invariants?: { is: string; query: string }[]
}

const contender = (dice: Dice, providers: readonly string[], nth: number) => ({
  model: `${dice.pick(providers)}:${dice.chance(0.2) ? 'slow-' : ''}${dice.pick(['quill', 'ember', 'onyx', 'fern'])}`,
  identity: `voice ${nth}`,
})

const judge = { model: 'sparring:judge' }
const media = (models: readonly string[], dice: Dice) => [0, 1].map((nth) => ({ model: dice.pick(models), identity: `voice ${nth}` }))
const text = ['sparring', 'sparring-anthropic', 'compatible']

export const battleKinds: BattleKind[] = [
  {
    name: 'duel',
    weight: 5,
    request: (dice) => ({
      prompt: `Name a colour, and say why. (${dice.between(0, 1e9)})`,
      contenders: [0, 1].map((nth) => contender(dice, text, nth)),
      judge: { model: dice.pick(['sparring:judge', 'sparring-anthropic:judge']) },
    }),
  },
  {
    name: 'watched',
    weight: 2,
    request: (dice) => ({ prompt: 'Somebody looks on.', contenders: [0, 1].map((nth) => contender(dice, text, nth)), judge }),
    accompany: (battleId, user, { audience, platform }) => audience.watch(platform, user, battleId),
  },
  {
    // On the platform's keys, at list prices, under a budget: what is set aside for a call is counted once, whoever dies.
    name: 'panel',
    weight: 2,
    request: (dice) => ({
      prompt: 'Several decide.',
      contenders: [0, 1, 2].map((nth) => contender(dice, text, nth)),
      judges: [{ model: 'sparring:judge', weight: 2 }, { model: 'sparring-anthropic:judge' }],
      judge_mode: dice.pick(['listwise', 'pairwise']),
    }),
  },
  {
    name: 'priced',
    weight: 2,
    request: (dice) => ({
      prompt: 'What is it worth?',
      contenders: [0, 1].map((nth) => ({
        model: dice.pick(['anthropic:claude-haiku-4-5', 'mistral:mistral-medium-latest']),
        identity: `voice ${nth}`,
      })),
      judge: { model: 'anthropic:claude-haiku-4-5' },
      allow_own_family: true,
      max_tokens: 64,
      budget_usd: 1,
    }),
    invariants: [
      {
        is: 'nothing stays set aside for a job that ended',
        query: 'select reservation_id, job_id from lensers.reservations where settled_at is null',
      },
      {
        is: 'an answer that has a price was counted',
        query: `select s.contender_id from battles.submissions s join execution.jobs j on j.subject_id = s.contender_id
          where s.is_final and s.cost_usd > 0 and not exists (select from lensers.reservations r where r.job_id = j.job_id and r.spent_usd >= s.cost_usd)
            and exists (select from battles.battles b where b.battle_id = s.battle_id and b.budget_usd is not null)`,
      },
    ],
  },
  {
    // The others vote while the window is open, as often as it takes to be heard; a vote that was taken is counted once.
    name: 'voted',
    weight: 2,
    request: (dice) => ({
      prompt: 'The crowd decides.',
      contenders: [0, 1].map((nth) => contender(dice, text, nth)),
      scoring_mode: 'hybrid',
      voting_window_ms: 3000,
      judge,
    }),
    async accompany(battleId, user, { users, request, sql, voted }, dice) {
      for (const end = performance.now() + 120_000; performance.now() < end; await delay(200)) {
        const [battle] = await sql<{ status: string }>('select status::text from battles.battles where battle_id = $1', [battleId])
        if (battle && !['published', 'executing', 'voting'].includes(battle.status)) return
        if (battle?.status !== 'voting') continue
        for (const voter of users.filter((each) => each !== user)) {
          const { status } = await request(voter, `/battles/${battleId}/vote`, { body: { choice: dice.pick(['A', 'B']) } })
          if (status < 300) voted.push(`${battleId} ${voter.name}`)
        }
        return
      }
    },
  },
  {
    name: 'melee',
    weight: 2,
    request: (dice) => ({
      prompt: 'Say it shorter than the others.',
      contenders: Array.from({ length: dice.between(3, 6) }, (_, nth) => contender(dice, text, nth)),
      judge,
    }),
  },
  {
    name: 'painted',
    weight: 2,
    request: (dice) => ({ prompt: 'A harbour.', contenders: media(['openai:gpt-image-2', 'sparring:easel'], dice), judge }),
  },
  {
    // Tasks that their provider keeps, called back for and polled; judged by pictures that a worker takes out of them.
    name: 'filmed',
    weight: 2,
    request: (dice) => ({ prompt: 'Waves.', contenders: media(['openai:sora-2', 'sparring:reel'], dice), judge }),
    invariants: [
      {
        is: 'a film that was judged has its pictures, or a reason why not',
        query: `select s.contender_id from battles.submissions s join battles.battles b using (battle_id) join battles.contenders c using (contender_id)
          where s.is_final and s.output_modality = 'video' and s.keyframes is null and exists (select from battles.verdicts v where v.battle_id = s.battle_id)
            and not exists (select from battles.events e where e.battle_id = s.battle_id and e.type = 'keyframes.failed' and e.data ->> 'slot' = c.slot)`,
      },
      {
        is: 'no judge saw a film before its pictures were there',
        query: `select v.event_id from battles.events v join battles.events k on k.battle_id = v.battle_id and k.type = 'keyframes.extracted'
          where v.type = 'verdict.recorded' and v.event_id < k.event_id`,
      },
    ],
  },
  {
    name: 'one machine',
    weight: 1,
    request: (dice) => ({
      prompt: 'Two models that run on one machine, and take turns.',
      contenders: [0, 1].map((nth) => contender(dice, ['ollama'], nth)),
      judge,
    }),
  },
  {
    name: 'handicapped',
    weight: 1,
    request: (dice) => ({
      prompt: 'Quickly!',
      contenders: [0, 1].map((nth) => contender(dice, text, nth)),
      judge,
      handicap: { injected_delay_ms: dice.between(100, 1500), time_budget_ms: 20_000, max_context_tokens: 64 },
    }),
  },
]
