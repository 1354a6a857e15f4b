import type { Battle } from '@agon/client'
import type { Style } from '../terminal/style.ts'
import { printable } from '../terminal/printable.ts'
import { competitorName, duration, judgeName } from './names.ts'

type BattleEvent = Battle['events'][number]

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
}

/** The story of a battle in lines: told a state, it says what is new since the last one it was told. */
export interface Story {
  next(battle: Battle): string[]
}

export function createStory(style: Style): Story {
  let lastEvent = 0
  const asking = new Set<string>()

  function startsOf(battle: Battle): string[] {
    const lines: string[] = []
    for (const contender of battle.contenders) {
      const { job, slot } = contender
      if (!job || contender.status !== 'pending' || (job.status !== 'claimed' && job.status !== 'running')) continue
      const attempt = `${slot}/${job.attempts}`
      if (asking.has(attempt)) continue
      asking.add(attempt)
      // The retry has told of its attempt already.
      if (job.attempts === 0) lines.push(`${style.name(slot)}  ${competitorName(contender)} is answering`)
    }
    return lines
  }

  function tell(event: BattleEvent, battle: Battle): string[] {
    const data = (event.data ?? {}) as EventData
    const slot = style.name(data.slot ?? 'judge')
    switch (event.type) {
      case 'battle.executing':
        return [`The battle begins: ${battle.contenders.length} contenders, one task.`]
      case 'contender.submitted': {
        const tokens = data.output_tokens == null ? '' : ` (${data.output_tokens} tokens)`
        return [`${slot}  submitted in ${duration(data.latency_ms ?? 0)}${tokens}`]
      }
      case 'contender.retried':
      case 'judging.retried':
        return [style.warn(`${data.slot ?? 'judge'}  attempt ${(data.attempts ?? 0) + 1}/${data.max_attempts ?? '?'} after ${why(data)}`)]
      case 'contender.failed':
      case 'contender.timed_out':
        return [style.bad(`${data.slot ?? '?'}  ${event.type === 'contender.failed' ? 'failed' : 'ran out of time'}: ${why(data)}`)]
      case 'battle.scoring':
        return battle.judging ? [`${judgeName(battle)} is judging, in two orders`] : []
      case 'verdict.recorded':
        return [`verdict ${(data.presentation ?? 0) + 1}/2, shown ${[...(data.slot_order ?? '')].join(' then ')}: ${verdictOf(data, battle)}`]
      case 'judging.failed':
        return [style.bad(`the judge gave up: ${why(data)}`)]
      case 'battle.void':
        return [style.bad(`The battle is void: ${data.reason ?? 'nobody answered'}.`)]
      case 'battle.cancelled':
        return [style.warn('The battle is cancelled.')]
      default:
        return []
    }
  }

  return {
    next(battle) {
      const fresh = battle.events.filter(({ event_id }) => event_id > lastEvent)
      lastEvent = fresh.at(-1)?.event_id ?? lastEvent
      const [begun, rest] = [fresh.filter(({ type }) => type === 'battle.executing'), fresh.filter(({ type }) => type !== 'battle.executing')]
      return [...begun.flatMap((event) => tell(event, battle)), ...startsOf(battle), ...rest.flatMap((event) => tell(event, battle))]
    },
  }
}

const why = ({ error }: EventData): string => (error ? `${error.code}: ${printable(error.message)}` : 'an unknown failure')

function verdictOf(data: EventData, battle: Battle): string {
  const winner = battle.verdicts.find(({ presentation }) => presentation === data.presentation)?.winner_slot
  if (data.outcome === 'winner') return winner ? `${winner} wins` : 'a winner'
  return { tie: 'a tie', both_bad: 'neither is acceptable', abstain: 'no readable verdict' }[data.outcome ?? ''] ?? 'a verdict'
}
