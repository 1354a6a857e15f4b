import { neutralise } from '@agon/runner-core'
import { userText } from './fixtures.ts'
import { readJudgePrompt } from './judge-prompt-reader.ts'
import type { Replayed } from './play-pair.ts'
import type { ProviderCall } from './provider-calls.ts'
import type { RecordedBattle } from './record.ts'

/** The calls a battle has to cost, by their idempotency keys: one a contender and two verdicts, each once. */
function expectedCalls({ battle }: Replayed): string[] {
  const answers = battle.contenders.map(({ job }) => `agon-job-${job?.job_id}`)
  return [...answers, ...[0, 1].map((presentation) => `agon-judging-${battle.judging?.job_id}-all-${presentation}`)]
}

/** What is wrong with the calls that the models received for one battle: too few, too many, or a judge that could tell who is who. */
export function callFaults(replayed: Replayed, callsByKey: ReadonlyMap<string, readonly ProviderCall[]>): string[] {
  return expectedCalls(replayed).flatMap((key) => {
    const calls = callsByKey.get(key) ?? []
    const count = calls.length === 1 ? [] : [`${key} was called ${calls.length} times and should be once`]
    const told = key.startsWith('agon-judging-') ? calls.flatMap((call) => tellsOf(call, replayed)) : []
    return [...count, ...told]
  })
}

/** How many calls a battle has to cost. */
export const callCount = (replayed: Replayed): number => expectedCalls(replayed).length

/** What in a judge's request names a contender: everything in it counts but the recorded question and answers. */
function tellsOf({ idempotencyKey, body }: ProviderCall, { recorded, battle }: Replayed): string[] {
  const shown = readJudgePrompt(userText(body) ?? '')
  if (!shown) return [`${idempotencyKey} is no judge's prompt`]
  const texts = [recorded.answer_1.text, recorded.answer_2.text].map((text) => neutralise(text))
  const faults: string[] = []
  if (shown.task !== recorded.question.text) faults.push(`${idempotencyKey} shows another question`)
  if (JSON.stringify([...shown.answers].sort()) !== JSON.stringify(texts.sort())) faults.push(`${idempotencyKey} shows other answers`)
  const system = body.messages.filter(({ role }) => role !== 'user').map(({ content }) => content)
  const rest = JSON.stringify({ ...body, model: '', messages: [...system, shown.frame] }).toLowerCase()
  for (const name of [...namesOf(recorded), battle.battle_id, ...battle.contenders.map(({ contender_id }) => contender_id)])
    if (rest.includes(name.toLowerCase())) faults.push(`${idempotencyKey} tells the judge ${name}`)
  return faults
}

/** The models' names, and what they share with their family: `alpaca-13b` and `alpaca`. */
const namesOf = ({ answer_1, answer_2 }: RecordedBattle): string[] =>
  [answer_1.model, answer_2.model].flatMap((model) => [model, model.split('-', 1)[0]!])
