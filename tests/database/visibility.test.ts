import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  type Battle,
  cancel,
  claimJudging,
  claimOne,
  closeVoting,
  complete,
  createBattle,
  documentOf,
  finalize,
  judge,
  makeDue,
  publish,
  requeue,
  startBattle,
  startVoting,
  submit,
  vote,
} from '../support/battles.ts'
import { asRole, rows, useDatabase, value } from '../support/database.ts'

const database = useDatabase()
const person = randomUUID()
const [NAME, ANSWER] = ['SECRET', 'ANSWER-OF-THE-MODEL']
const model = { model_key: `${NAME}/model`, identity: `${NAME} persona` }

// ---------------------------------------------------------------- who sees what, as data

const viewers = ['anybody', 'a stranger', 'the person', 'the owner'] as const
type Viewer = (typeof viewers)[number]
type Sight = 'nothing' | 'that it is' | 'names' | 'answers' | 'all'

const kinds = {
  models: { contenders: [model, { model_key: `${NAME}/other` }] },
  'models, blind': { contenders: [model, { model_key: `${NAME}/other` }], vote: true },
  'a model and a person': { contenders: [model, { user_id: person, identity: `${NAME} person` }] },
  'a model and a person, blind': { contenders: [model, { user_id: person, identity: `${NAME} person` }], vote: true },
  'a model and an open seat': { contenders: [model, { identity: `${NAME} seat` }] },
  'a model and the owner': { contenders: [model, { user_id: 'owner', identity: `${NAME} owner` }] },
} as const
type Kind = keyof typeof kinds

type Row = readonly [anybody: Sight, stranger: Sight, person: Sight, owner: Sight]
const [draft, all, blind]: Row[] = [
  ['nothing', 'nothing', 'nothing', 'names'],
  ['all', 'all', 'all', 'all'],
  ['answers', 'answers', 'answers', 'all'],
] as [Row, Row, Row]

/** By the api's document. `that it is`: the battle and its task, and neither who contends nor what they say. */
const documents: Record<Kind, Partial<Record<Status, Row>>> = {
  models: { draft: draft!, executing: all!, scoring: all!, closed: all!, cancelled: all! },
  'models, blind': { draft: draft!, executing: blind!, voting: blind!, scoring: blind!, closed: all!, cancelled: all! },
  'a model and a person': { draft: draft!, executing: ['names', 'names', 'names', 'all'], scoring: all!, closed: all!, cancelled: all! },
  'a model and a person, blind': {
    draft: draft!,
    executing: ['that it is', 'that it is', 'that it is', 'all'],
    voting: blind!,
    scoring: blind!,
    closed: all!,
    cancelled: all!,
  },
  'a model and an open seat': { draft: draft!, executing: ['names', 'names', 'names', 'names'], cancelled: all! },
  'a model and the owner': { draft: draft!, executing: ['names', 'names', 'names', 'names'], scoring: all!, closed: all! },
}
const statuses = ['draft', 'executing', 'voting', 'scoring', 'closed', 'cancelled'] as const
type Status = (typeof statuses)[number]

const cells = (Object.keys(documents) as Kind[]).flatMap((kind) =>
  statuses.flatMap((status) => {
    const row = documents[kind][status]
    return row ? [{ kind, status, row }] : []
  }),
)

/** A battle of a kind, taken as far as the status, in which the model has failed once and then answered. */
async function battleOf(kind: Kind, status: Status): Promise<Battle> {
  const { sql } = database
  const ownerId = randomUUID()
  const { contenders, vote: hasVote } = { vote: false, ...kinds[kind] }
  const battle = await createBattle(sql, {
    ownerId,
    contenders: contenders.map((one) => ('user_id' in one && one.user_id === 'owner' ? { ...one, user_id: ownerId } : one)),
    with: hasVote ? { scoring_mode: 'hybrid', voting_window_ms: 3_600_000 } : {},
  })
  if (status === 'draft') return battle
  await publish(sql, battle)
  const people = contenders.some((one) => !('model_key' in one))
  await requeue(sql, await claimOne(sql), 0, { code: 'provider_unavailable', message: `${NAME} is down` })
  if (!people) await complete(sql, await claimOne(sql), { content_text: `${ANSWER} B`, wire_model: `${NAME}-wire` })
  if (status === 'executing' && !people) return battle
  await makeDue(sql)
  await complete(sql, await claimOne(sql), { content_text: ANSWER, wire_model: `${NAME}-wire` })
  if (status === 'executing') return battle
  if (status === 'cancelled') {
    await cancel(sql, battle)
    return battle
  }
  if (people) await submit(sql, battle, kind === 'a model and the owner' ? ownerId : person, 'What a person says.', true)
  if (status === 'voting') return battle
  if (hasVote) await closeVoting(sql, battle)
  if (status === 'scoring') return battle
  await judge(sql, [
    ['A', 'B'],
    ['A', 'B'],
  ])
  await finalize(sql, battle)
  return battle
}

const idOf = (viewer: Viewer, battle: Battle) =>
  ({ anybody: null, 'a stranger': randomUUID(), 'the person': person, 'the owner': battle.ownerId })[viewer]

const sightOf = (seen: string | null): Sight => {
  if (seen === null) return 'nothing'
  const [names, answers] = [seen.includes(NAME), seen.includes(ANSWER)]
  return names ? (answers ? 'all' : 'names') : answers ? 'answers' : 'that it is'
}

describe('the document', () => {
  test.each(cells)(
    'of $kind, $status, shows anybody, a stranger, the person and the owner what it should',
    async ({ kind, status, row }) => {
      const { sql } = database
      const battle = await battleOf(kind, status)
      expect(await value(sql, 'select status::text from battles.battles')).toBe(status)
      for (const [nth, viewer] of viewers.entries()) {
        const seen = await documentOf(sql, battle, idOf(viewer, battle))
        expect([viewer, sightOf(seen && JSON.stringify(seen))]).toEqual([viewer, row[nth]])
        const list = await value<{ battles: unknown[] }>(sql, 'select battles.fn_battles_list($1)', [idOf(viewer, battle)])
        const listed = sightOf(list.battles.length === 0 ? null : JSON.stringify(list))
        const named = row[nth] === 'all' || row[nth] === 'names'
        expect([viewer, listed]).toEqual([viewer, row[nth] === 'nothing' ? 'nothing' : named ? 'names' : 'that it is'])
      }
    },
  )

  test('the log of a blind battle tells anybody what happened, and not to whom who is a person', async () => {
    const { sql } = database
    const types = async (battle: Battle, viewer: string | null) =>
      ((await documentOf(sql, battle, viewer))!.events as { type: string }[]).map(({ type }) => type)
    const models = await battleOf('models, blind', 'voting')
    expect(await types(models, null)).toEqual(await types(models, models.ownerId))
    const people = await battleOf('a model and a person, blind', 'voting')
    expect(await types(people, null)).toEqual(['battle.draft', 'battle.published', 'battle.executing', 'battle.voting'])
    expect(await types(people, people.ownerId)).toContain('contender.submitted')
  })

  test('a blind answer carries nothing that tells a model from a person, or one model from another', async () => {
    const { sql } = database
    const battle = await battleOf('a model and a person, blind', 'voting')
    const [a, b] = (await documentOf(sql, battle, null))!.contenders as Record<string, unknown>[]
    const anonymous = ({ slot, contender_id, submission, ...rest }: Record<string, unknown>) => ({
      ...rest,
      submission: { ...(submission as object), content_text: '' },
    })
    expect(anonymous(a!)).toEqual(anonymous(b!))
  })

  test('a stand-in is labelled in a blind battle too, without telling which it is', async () => {
    const { sql } = database
    const battle = await startVoting(sql, 'community', { contenders: [{ model_key: 'a', simulated: true }, { model_key: 'b' }] })
    const simulated = async (viewer: string | null) =>
      ((await documentOf(sql, battle, viewer))!.contenders as { simulated: boolean }[]).map((contender) => contender.simulated)
    expect(await simulated(null)).toEqual([true, true])
    expect(await simulated(battle.ownerId)).toEqual([true, false])
  })

  test('a draft of an answer is its writer’s alone: not the owner’s, and not after a cancel', async () => {
    const { sql } = database
    const battle = await startBattle(sql, { contenders: [{ user_id: person }, { user_id: randomUUID() }] })
    await submit(sql, battle, person, 'unfinished words')
    const seenBy = async (viewer: string | null) => JSON.stringify(await documentOf(sql, battle, viewer)).includes('unfinished words')
    expect([await seenBy(person), await seenBy(battle.ownerId), await seenBy(null)]).toEqual([true, false, false])
    await cancel(sql, battle)
    expect([await seenBy(person), await seenBy(battle.ownerId), await seenBy(null)]).toEqual([true, false, false])
  })

  test('a voter sees their own vote, and how the others voted when it is closed; so does everybody then, and nobody before', async () => {
    const { sql } = database
    const voter = randomUUID()
    const battle = await startVoting(sql)
    await vote(sql, battle, voter, 'A')
    await vote(sql, battle, randomUUID(), 'both_bad')
    for (const viewer of [voter, battle.ownerId, null]) {
      const seen = (await documentOf(sql, battle, viewer))!
      expect(seen).toMatchObject({ your_vote: viewer === voter ? 'A' : null, votes: null })
      expect((seen.contenders as { votes: unknown; score: unknown }[]).map(({ votes, score }) => [votes, score])).toEqual([
        [null, null],
        [null, null],
      ])
    }
    await closeVoting(sql, battle)
    const seen = (await documentOf(sql, battle, null))!
    expect(seen.votes).toEqual({ given: 2, held: 0, rejected: 0, tie: 0, both_bad: 1, weight: 2 })
    expect((seen.contenders as { votes: unknown; vote_share: unknown }[]).map(({ votes, vote_share }) => [votes, vote_share])).toEqual([
      [1, 0.5],
      [0, 0],
    ])
  })

  test('who contends finds their own slot', async () => {
    const battle = await battleOf('a model and a person, blind', 'voting')
    expect(await documentOf(database.sql, battle, person)).toMatchObject({
      your_slot: 'B',
      contenders: [{ yours: false }, { yours: true }],
    })
    expect(await documentOf(database.sql, battle, null)).toMatchObject({
      your_slot: null,
      contenders: [{ yours: false }, { yours: false }],
    })
  })
})

// ---------------------------------------------------------------- rows

describe('a direct read of the tables', () => {
  /** A row is shown or hidden whole; an owner is no exception but for drafts. By kind and status, for every role. */
  const tables: Record<Kind, Partial<Record<Status, Sight>>> = {
    models: { executing: 'all', scoring: 'all', closed: 'all', cancelled: 'all' },
    'models, blind': { executing: 'that it is', voting: 'that it is', scoring: 'that it is', closed: 'all', cancelled: 'all' },
    'a model and a person': { executing: 'names', scoring: 'all', closed: 'all', cancelled: 'all' },
    'a model and a person, blind': {
      executing: 'that it is',
      voting: 'that it is',
      scoring: 'that it is',
      closed: 'all',
      cancelled: 'all',
    },
    'a model and an open seat': { executing: 'names', cancelled: 'all' },
    'a model and the owner': { executing: 'names', scoring: 'all', closed: 'all' },
  }
  const rowsSeen = async () => {
    const { sql } = database
    const battles = await rows(sql, 'select battle_id, status from battles.battles')
    const contenders = await rows(sql, 'select slot, model_key, identity from battles.contenders')
    const submissions = await rows(sql, 'select * from battles.submissions')
    return battles.length === 0 ? null : JSON.stringify([battles, contenders, submissions])
  }

  test.each(
    (Object.keys(tables) as Kind[]).flatMap((kind) =>
      statuses.flatMap((status) => (tables[kind][status] ? [{ kind, status, sight: tables[kind][status] }] : [])),
    ),
  )('of $kind, $status, shows everybody $sight', async ({ kind, status, sight }) => {
    const { sql } = database
    const battle = await battleOf(kind, status)
    for (const [role, user] of [
      ['anon', undefined],
      ['authenticated', randomUUID()],
      ['authenticated', person],
      ['authenticated', battle.ownerId],
    ] as const) {
      await asRole(sql, role, user)
      expect([role, sightOf(await rowsSeen())]).toEqual([role, sight])
    }
    await asRole(sql, 'postgres')
  })

  test('shows nobody a vote, or the log', async () => {
    const { sql } = database
    const battle = await startVoting(sql)
    await vote(sql, battle, person, 'A')
    for (const role of ['anon', 'authenticated'] as const) {
      await asRole(sql, role, person)
      for (const table of ['votes', 'vote_events', 'events'])
        await expect(sql.query(`select * from battles.${table}`), table).rejects.toMatchObject({ code: '42501' })
    }
  })
})

// ---------------------------------------------------------------- results that are kept

describe('a battle that keeps its results', () => {
  async function kept(): Promise<Battle> {
    const { sql } = database
    const battle = await startVoting(sql, 'hybrid', { with: { auto_publish_results: false } })
    await vote(sql, battle, randomUUID(), 'A')
    await closeVoting(sql, battle)
    await claimJudging(sql).then((job) => requeue(sql, job, 0))
    await makeDue(sql)
    await judge(sql, [
      ['A', 'B'],
      ['A', 'B'],
    ])
    await finalize(sql, battle)
    return battle
  }
  const publishResults = (battle: Battle, ownerId = battle.ownerId) =>
    value<string>(database.sql, 'select battles.fn_battles_publish_results($1, $2)', [battle.battleId, ownerId])
  const telling = /because|"winner"|judging\.|verdict\.recorded|battle\.rated|"rating": \{|"score": 0/

  test('shows how it ended to its owner alone, until the owner publishes it', async () => {
    const { sql } = database
    const battle = await kept()
    const seenBy = async (viewer: string | null) =>
      value<string>(sql, 'select battles.fn_battles_get($1, $2)::text', [battle.battleId, viewer])
    expect(await seenBy(battle.ownerId)).toMatch(telling)
    const hidden = await seenBy(null)
    expect(hidden).not.toMatch(telling)
    expect(JSON.parse(hidden)).toMatchObject({
      status: 'closed',
      outcome: null,
      winner_slot: null,
      votes: null,
      verdicts: [],
      results_published: false,
    })
    for (const [role, user] of [
      ['anon', undefined],
      ['authenticated', person],
    ] as const) {
      await asRole(sql, role, user)
      for (const table of ['battles', 'contenders', 'submissions', 'elo_changes'])
        expect(await value(sql, `select count(*) from battles.${table}`), table).toBe(0)
    }
    await asRole(sql, 'authenticated', battle.ownerId)
    expect(await rows(sql, 'select outcome from battles.battles')).toEqual([{ outcome: 'winner' }])
    await asRole(sql, 'postgres')

    expect(await publishResults(battle, person)).toBe('not_found')
    expect(await publishResults(battle)).toBe('published')
    expect(await seenBy(null)).toMatch(telling)
    expect(await documentOf(sql, battle, null)).toMatchObject({ outcome: 'winner', winner_slot: 'A', results_published: true })
    expect(await publishResults(battle)).toBe('already_published')
  })

  test('has none to publish before it is closed', async () => {
    expect(await publishResults(await startVoting(database.sql))).toBe('battle_voting')
  })
})
