import { battleFaults } from './battle-faults.ts'
import { callCount, callFaults } from './call-faults.ts'
import { type PlayOptions, playPair, type Replayed } from './play-pair.ts'
import { battleName, recordedBattles } from './record.ts'
import type { Stage } from './stage.ts'
import { type Tally, tally, tallyText } from './tally.ts'
import type { ExpectedPair, Vicuna80 } from './vicuna80.ts'

/** How a pair went. */
export interface PairReport {
  pair: ExpectedPair
  tally: Tally
  replayed: Replayed[]
  seconds: number
  /** What departs from the record, as sentences; empty when nothing does. */
  faults: string[]
}

/** Fights all battles of a pair again and compares everything with the record. Only one pair at a time may be on the stage. */
export async function replayPair(stage: Stage, data: Vicuna80, pair: ExpectedPair, options: PlayOptions): Promise<PairReport> {
  const recorded = recordedBattles(data, pair)
  const callsBefore = stage.calls().length
  const began = performance.now()
  const { replayed, faults } = await playPair(stage, recorded, options)
  const seconds = (performance.now() - began) / 1000

  const calls = stage.calls().slice(callsBefore)
  const callsByKey = Map.groupBy(calls, ({ idempotencyKey }) => idempotencyKey)
  for (const each of replayed)
    for (const fault of [...battleFaults(each), ...callFaults(each, callsByKey)]) faults.push(`${battleName(each.recorded)}: ${fault}`)
  const wantedCalls = replayed.reduce((sum, each) => sum + callCount(each), 0)
  if (calls.length !== wantedCalls) faults.push(`the models received ${calls.length} calls and should have received ${wantedCalls}`)

  const ours = tally(pair, replayed)
  if (tallyText(ours) !== tallyText(pair)) faults.push(`wins, losses and ties are ${tallyText(ours)} and should be ${tallyText(pair)}`)
  return { pair, tally: ours, replayed, seconds, faults }
}
