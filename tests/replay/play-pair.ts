import type { Battle, Problem } from '@agon/client'
import { judgeModel, modelKey } from './fixtures.ts'
import type { RecordedBattle } from './record.ts'
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

/** Fights every battle again, over HTTP as any client would. Throws when a battle is refused or does not end. */
export async function playPair(stage: Stage, recorded: readonly RecordedBattle[], { inFlight, onFinished }: PlayOptions): Promise<Replayed[]> {
  const replayed: Replayed[] = []
  const next = recorded.values()
  const lane = async () => {
    for (const each of next) {
      replayed.push({ recorded: each, battle: await fight(stage, each) })
      onFinished?.()
    }
  }
  await Promise.all(Array.from({ length: inFlight }, lane))
  return replayed
}

async function fight({ agon }: Stage, { question, answer_1, answer_2 }: RecordedBattle): Promise<Battle> {
  const named = (problem: Problem) => new Error(`question ${question.question_id}: ${problem.code}: ${problem.detail}`)
  // Every other battle the other way round, so that a slot tells no more than a label.
  const models = [answer_1.model, answer_2.model].map((model) => ({ model: modelKey(model) }))
  const made = await agon.createBattle({
    prompt: question.text,
    contenders: question.question_id % 2 === 0 ? models.reverse() : models,
    judge: { model: modelKey(judgeModel) },
    publish: true,
  })
  if (!made.ok) throw named(made.problem)
  const signal = AbortSignal.timeout(patienceMs)
  const finished = await agon.waitForBattle(made.value.battle_id, { signal, intervalMs: 100 })
  if (finished.ok) return finished.value
  throw signal.aborted ? new Error(`question ${question.question_id}: battle ${made.value.battle_id} was not over after ${patienceMs} ms`) : named(finished.problem)
}
