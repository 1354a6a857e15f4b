import { afterAll, describe, expect, it } from 'vitest'
import { ratingFaults } from './rating-faults.ts'
import { replayPair } from './replay-pair.ts'
import { type Stage, startStage } from './stage.ts'
import { tallyText } from './tally.ts'
import { loadVicuna80, missingData } from './vicuna80.ts'

const missing = missingData()
if (missing) console.log(missing)

describe.skipIf(missing !== undefined)('the 80 recorded battles of alpaca-13b and vicuna-13b', () => {
  let stage: Stage | undefined
  afterAll(() => stage?.stop())

  it('end through the whole system as GPT-4 decided them, although the judge is blind and sees both orders', async () => {
    const data = loadVicuna80()
    stage = await startStage(data)
    const pair = data.pairs.find(({ model_1, model_2 }) => model_1 === 'alpaca-13b' && model_2 === 'vicuna-13b')!
    const report = await replayPair(stage, data, pair, { inFlight: 12 })
    const board = await stage.agon.leaderboard()
    if (!board.ok) throw new Error(board.problem.detail)

    console.log(`replay: ${tallyText(report.tally)} in ${report.seconds.toFixed(1)} s, ${(80 / report.seconds).toFixed(1)} battles/s`)
    expect(report.faults).toEqual([])
    expect(report.tally).toEqual({ wins_1: 3, wins_2: 76, ties: 1 })
    expect(report.replayed).toHaveLength(80)
    expect(ratingFaults(report.replayed, board.value.leaderboard)).toEqual([])
  })
})
