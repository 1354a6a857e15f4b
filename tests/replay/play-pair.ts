import type { Battle, Problem } from '@agon/client'
import { judgeModel, modelKey } from './fixtures.ts'
import { battleName, type RecordedBattle } from './record.ts'
import type { Stage } from './stage.ts'

/** A recorded battle and what became of it in Agon. */
export interface Replayed {
  recorded: RecordedBattle
  battle: Battle
}

export interface PlayOptions {
  /** Battles published and not yet over. */
  inFlight: number
  onFinished?: () => void
}

/** Nothing recorded takes longer: a battle that hangs must fail and not wait. */
const patienceMs = 60_000

/** Fights every battle again, over HTTP as any client would. A battle that is refused or does not end is a fault. */
export async function playPair(
  { agon }: Stage,
  recorded: readonly RecordedBattle[],
  { inFlight, onFinished }: PlayOptions,
): Promise<{ replayed: Replayed[]; faults: string[] }> {
  const replayed: Replayed[] = []
  const faults: string[] = []

  async function fight(each: RecordedBattle): Promise<void> {
    const fault = ({ code, detail }: Problem) => faults.push(`${battleName(each)}: ${code}: ${detail}`)
    const { question, answer_1, answer_2 } = each
    const models = [answer_1.model, answer_2.model].map((model) => ({ model: modelKey(model) }))
    const made = await agon.createBattle({
      prompt: question.text,
      // Every other battle the other way round, so that a slot tells no more than a label does.
      contenders: question.question_id % 2 === 0 ? models.reverse() : models,
      judge: { model: modelKey(judgeModel) },
      publish: true,
    })
    if (!made.ok) return void fault(made.problem)
    const signal = AbortSignal.timeout(patienceMs)
    const finished = await agon.waitForBattle(made.value.battle_id, { signal, intervalMs: 100 })
    if (finished.ok) replayed.push({ recorded: each, battle: finished.value })
    else if (signal.aborted) faults.push(`${battleName(each)}: not over after ${patienceMs} ms`)
    else fault(finished.problem)
  }

  const queue = recorded.values()
  const lane = async () => {
    for (const each of queue) {
      await fight(each)
      onFinished?.()
    }
  }
  await Promise.all(Array.from({ length: inFlight }, lane))
  return { replayed, faults }
}
