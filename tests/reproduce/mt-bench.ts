import { eloUpdate } from '@agon/runner-core'
import { agreement, board, type Comparison, type Judgement } from '@agon/runner-core/rating'
import { type Reproduced, readCsv, readJson, row } from './data.ts'

export const mtBenchFiles = ['human_votes.csv', 'gpt4_pair.csv', 'expected.json', 'expected_cluster.json'].map((name) => `mtbench/${name}`)

interface Vote {
  turn: string
  judgement: Judgement
  /** In the order of the file, with the models as it has them. */
  comparison: Comparison & { cluster: string }
  judge: string
}

function readVotes(file: string): Vote[] {
  return readCsv(file).map(({ question_id, turn, model_a, model_b, winner, judge }, nth) => {
    const result = winner === 'model_a' ? 1 : winner === 'model_b' ? 0 : 0.5
    const [first] = [model_a!, model_b!].sort()
    // An inconsistent judge counts as a tie, as in the paper; and each vote as a rater, for the published counts take the one vote that an
    // author cast twice for two.
    const choice = result === 0.5 ? 'tie' : (result === 1) === (model_a === first) ? 'a' : 'b'
    return {
      turn: turn!,
      judge: judge!,
      judgement: { item: [question_id, turn, ...[model_a, model_b].sort()].join(' '), rater: `${judge} ${nth}`, choice },
      comparison: { a: model_a!, b: model_b!, result, cluster: question_id! },
    }
  })
}

interface Standing {
  model: string
  bt: number
  bt_lower: number
  bt_upper: number
  online_elo: number
  rank_ci: number
  wins: number
  losses: number
  ties: number
}

/** MT-Bench: how far GPT-4 and people agree (Zheng et al. 2023, table 5), and the boards of both. */
export function reproduceMtBench(): Reproduced[] {
  const people = readVotes('mtbench/human_votes.csv')
  const gpt4 = readVotes('mtbench/gpt4_pair.csv')
  const expected = readJson<{
    agreement: Record<string, { agree: number; total: number }>
    leaderboard_human: { rows: Standing[] }
    leaderboard_gpt4_pair: { rows: Standing[] }
  }>('mtbench/expected.json')
  return [
    ...agreementRows(people, gpt4, expected.agreement),
    ...boardRows('people', people, expected.leaderboard_human.rows),
    ...boardRows('GPT-4', gpt4, expected.leaderboard_gpt4_pair.rows),
    ...clusterRows(people),
  ]
}

function agreementRows(people: Vote[], gpt4: Vote[], expected: Record<string, { agree: number; total: number }>): Reproduced[] {
  const groups: Record<string, Vote[]> = {
    gpt4pair: gpt4,
    expert: people.filter(({ judge }) => judge.startsWith('expert')),
    author: people.filter(({ judge }) => judge.startsWith('author')),
    all: people,
  }
  return Object.entries(expected).flatMap(([name, { agree, total }]) => {
    const [, turn, left, right, setup] = /^turn(\d) (\w+)-vs-(\w+) (S\d)/.exec(name)!
    const of = (group: string) => groups[group]!.filter((vote) => vote.turn === turn).map(({ judgement }) => judgement)
    const ours = agreement(of(left!), left === right ? undefined : of(right!), { withoutTies: setup === 'S2' })
    return [row('MT-Bench table 5', `${name}: agree`, agree, ours.agree), row('MT-Bench table 5', `${name}: total`, total, ours.total)]
  })
}

function boardRows(who: string, votes: Vote[], expected: Standing[]): Reproduced[] {
  const table = `MT-Bench, board of ${who}`
  // The published board takes every vote for independent: no clusters.
  const ours = board(votes.map(({ comparison: { cluster: _, ...comparison } }) => comparison)).rows
  let elo = new Map(expected.map(({ model }) => [model, 1000]))
  for (const { comparison } of votes) {
    const pair = new Map([comparison.a, comparison.b].map((model) => [model, elo.get(model)!]))
    elo = new Map([...elo, ...eloUpdate(pair, [comparison], 4)])
  }
  return expected.flatMap((standing) => {
    const mine = ours.find(({ competitor }) => competitor === standing.model)!
    return [
      row(table, `${standing.model}: Bradley–Terry`, standing.bt, mine.rating, 1e-3),
      row(table, `${standing.model}: lower`, standing.bt_lower, mine.lower!, 1e-2),
      row(table, `${standing.model}: upper`, standing.bt_upper, mine.upper!, 1e-2),
      row(table, `${standing.model}: rank`, standing.rank_ci, mine.rank!),
      row(table, `${standing.model}: wins`, standing.wins, mine.wins),
      row(table, `${standing.model}: losses`, standing.losses, mine.losses),
      row(table, `${standing.model}: ties`, standing.ties, mine.ties),
      row(table, `${standing.model}: online Elo`, standing.online_elo, elo.get(standing.model)!, 1e-9),
    ]
  })
}

function clusterRows(people: Vote[]): Reproduced[] {
  const expected =
    readJson<Record<string, { clusters: number; mean_ratio: number; rows: { model: string; half_cluster: number }[] }>>(
      'mtbench/expected_cluster.json',
    )
  return Object.entries(expected).flatMap(([by, { clusters, mean_ratio, rows }]) => {
    const table = `MT-Bench, intervals clustered ${by.replace('_', ' ')}`
    const ours = board(people.map(({ comparison, judge }) => ({ ...comparison, cluster: by === 'by_judge' ? judge : comparison.cluster })))
    return [
      row(table, 'clusters', clusters, ours.clusters),
      row(table, 'clustered / naive width', mean_ratio, ours.clusterRatio!, 1e-3),
      ...rows.map(({ model, half_cluster }) => {
        const mine = ours.rows.find(({ competitor }) => competitor === model)!
        return row(table, `${model}: half width`, half_cluster, (mine.upper! - mine.lower!) / 2, 1e-2)
      }),
    ]
  })
}
