import type { Battle } from '@agon/client'
import { printable } from '../terminal/printable.ts'
import type { Style } from '../terminal/style.ts'
import { competitorName, duration, judgeName } from './names.ts'

type BattleEvent = Battle['events'][number]
type Contender = Battle['contenders'][number]

interface EventData {
  slot?: string
  latency_ms?: number
  output_tokens?: number
  attempts?: number
  max_attempts?: number
  error?: { code: string; message: string }
  presentation?: number
  slot_order?: string
  outcome?: string
  reason?: string
  window_ms?: number
}

/** The story of a battle in lines: told a state, it says what is new since the last one it was told. */
export interface Story {
  next(battle: Battle): string[]
}

export function createStory(style: Style): Story {
  let lastEvent = 0
  const asked = new Set<string>()

  function startsOf(battle: Battle): string[] {
    // An attempt after the first is told of by the retry before it.
    const begun = battle.contenders.filter(
      ({ slot, status, job }) =>
        status === 'pending' && job?.attempts === 0 && (job.status === 'claimed' || job.status === 'running') && !asked.has(slot),
    )
    for (const { slot } of begun) asked.add(slot)
    return begun.map((contender) => `${named(contender, style)} is answering`)
  }

  return {
    next(battle) {
      const fresh = battle.events.filter(({ event_id }) => event_id > lastEvent)
      lastEvent = fresh.at(-1)?.event_id ?? lastEvent
      const start = fresh.findIndex(({ type }) => type === 'battle.executing') + 1
      const lines = (events: BattleEvent[]) => events.flatMap((event) => tellEvent(event, battle, style))
      // Who is being asked is read from the jobs, and belongs between the start and what came of it.
      return [...lines(fresh.slice(0, start)), ...startsOf(battle), ...lines(fresh.slice(start))]
    },
  }
}

const named = (contender: Contender | undefined, style: Style) =>
  contender ? `${style.name(contender.slot)}  ${competitorName(contender)}` : ''

/** What an event means, in lines for a person; none for steps that speak for themselves. */
export function tellEvent(event: BattleEvent, battle: Battle, style: Style): string[] {
  const data = (event.data ?? {}) as EventData
  const contender = battle.contenders.find(({ slot }) => slot === data.slot)
  const who = contender ? `${contender.slot}  ${competitorName(contender)}` : judgeName(battle)
  switch (event.type) {
    case 'battle.executing':
      return [`The battle begins: ${battle.contenders.length} contenders, one task.`]
    case 'contender.submitted': {
      const tokens = data.output_tokens == null ? '' : ` (${data.output_tokens} tokens)`
      return [`${named(contender, style)} submitted${data.latency_ms == null ? '' : ` in ${duration(data.latency_ms)}`}${tokens}`]
    }
    case 'contender.task_opened':
      return [`${named(contender, style)} is being waited for at its provider`]
    case 'contender.retried':
    case 'judging.retried':
      return [style.warn(`${who}: attempt ${(data.attempts ?? 0) + 1}/${data.max_attempts ?? '?'} after ${why(data)}`)]
    case 'contender.failed':
    case 'contender.timed_out':
      return [style.bad(`${who} ${event.type === 'contender.failed' ? 'failed' : 'ran out of time'}${data.error ? `: ${why(data)}` : ''}`)]
    case 'contender.joined':
      return [`${named(contender, style)} takes a seat`]
    case 'contender.withdrawn':
      return [style.warn(`${who} has withdrawn`)]
    case 'battle.voting':
      return data.window_ms ? [`Votes count until ${battle.voting_ends_at}`] : []
    case 'battle.scoring':
      return battle.judging ? [`${judgeName(battle)} is judging, in two orders`] : []
    case 'verdict.recorded':
      return [
        `${judgeName(battle)}, verdict ${(data.presentation ?? 0) + 1}/2, shown ${[...(data.slot_order ?? '')].join(' then ')}: ${verdictOf(data, battle)}`,
      ]
    case 'judging.failed':
      return [style.bad(`${judgeName(battle)} gave up: ${why(data)}`)]
    case 'battle.void':
      return [style.bad(`The battle is void: ${data.reason ?? 'nobody answered'}.`)]
    case 'battle.cancelled':
      return [style.warn('The battle is cancelled.')]
    default:
      return []
  }
}

const why = ({ error }: EventData): string => (error ? `${error.code}: ${printable(error.message)}` : 'an unknown failure')

function verdictOf(data: EventData, battle: Battle): string {
  const winner = battle.verdicts.find(({ presentation }) => presentation === data.presentation)?.winner_slot
  if (data.outcome === 'winner') return winner ? `${winner} wins` : 'a winner'
  return { tie: 'a tie', both_bad: 'neither is acceptable', abstain: 'no readable verdict' }[data.outcome ?? ''] ?? 'a verdict'
}
