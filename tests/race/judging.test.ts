import { expect, test } from 'vitest'
import {
  autoFinalize,
  claimJudging,
  claimJudgings,
  completeJudging,
  expireLease,
  finalize,
  recordVerdict,
  startJudging,
  sweep,
  verdictOf,
} from '../support/battles.ts'
import { rows, useDatabase, value } from '../support/database.ts'

const database = useDatabase()
const panel = (count: number) => ({
  with: { judge: null, judges: Array.from({ length: count }, (_, nth) => ({ model_key: `house/judge-${nth}` })) },
})

test('three judges end at once, with the schedule among them: the battle closes once and is rated once', async () => {
  const connections = await database.connectMany(4)
  for (let round = 0; round < 15; round++) {
    const battle = await startJudging(database.sql, panel(3))
    const held = await claimJudgings(database.sql, 9)
    expect(held).toHaveLength(3)
    const outcomes = await Promise.all([
      ...held.map(async (job, nth) => {
        const client = connections[nth]!
        for (const presentation of [0, 1] as const) await recordVerdict(client, job, verdictOf(job, presentation, ['A', 'B']))
        await completeJudging(client, job)
        return finalize(client, battle)
      }),
      autoFinalize(connections[3]!),
    ])
    await autoFinalize(database.sql)
    expect(outcomes.filter((outcome) => outcome === 'closed').length).toBeLessThanOrEqual(1)
    expect(await value(database.sql, 'select outcome from battles.battles where battle_id = $1', [battle.battleId])).toBe('winner')
    expect(
      await value(database.sql, `select count(*) from battles.events where battle_id = $1 and type = 'battle.closed'`, [battle.battleId]),
    ).toBe(1)
    expect(await value(database.sql, 'select count(*) from battles.elo_battle_log where battle_id = $1', [battle.battleId])).toBe(1)
  }
})

test('a judge that lost its lease writes nothing: its successor has the calls that were recorded, and makes the others', async () => {
  const [late, successor] = await database.connectMany(2)
  await startJudging(database.sql, { with: { judge_mode: 'pairwise' }, contenders: 3 })
  const first = await claimJudging(late!)
  await recordVerdict(late!, first, verdictOf(first, 0, 'abstain', 'A-B'))
  await expireLease(database.sql, first.lease_token)
  await sweep(database.sql)
  const second = await claimJudging(successor!)
  expect(second.recorded).toEqual([{ part: 'A-B', presentation: 0 }])
  const [lost, recorded] = await Promise.all([
    recordVerdict(late!, first, verdictOf(first, 1, 'abstain', 'A-B')),
    recordVerdict(successor!, second, verdictOf(second, 1, 'abstain', 'A-B')),
  ])
  expect([lost, recorded]).toEqual(['lost', 'recorded'])
  expect(await completeJudging(late!, first)).toBe(false)
  expect(await rows(database.sql, 'select status from battles.judges')).toEqual([{ status: 'pending' }])
})
