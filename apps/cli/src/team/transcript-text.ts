import type { RunEventData, Team, Turn } from '@agon/client'
import { printable } from '../terminal/printable.ts'
import type { Style } from '../terminal/style.ts'

const usd = (cost: number): string => (cost > 0 ? `  $${cost.toFixed(4)}` : '')

/** Who is at it from now on. */
export const begunText = ({ member, round, summary }: RunEventData['node.turn_begun']): string =>
  summary ? 'The summary begins …' : `${member} begins, round ${round} …`

/** A turn as it is read: who, when, on which model, and what they said. */
export function turnText({ round, member, model, status, text, error, cost_usd }: Turn, style: Style): string {
  const head = `${style.bold(printable(member))}  ${style.dim(`round ${round}${model ? `  ${model}` : ''}${usd(cost_usd)}`)}`
  if (status === 'completed') return `${head}\n${printable(text)}`
  if (status === 'queued' || status === 'running') return `${head}\n${style.dim(status)}`
  return `${head}\n${style.bad(printable(`lost this turn: ${error ? `${error.code}: ${error.message}` : status}`))}`
}

const why: Record<NonNullable<Team['ended']>, string> = {
  rounds: 'all rounds were had',
  stop: 'a member said that it is done',
  agreed: 'all agreed',
  budget: 'the budget is spent',
}

/** Why a team ended, and what it cost. */
export function endText({ ended, turns, cost_usd }: Team, style: Style): string {
  const lost = turns.filter(({ status }) => !['completed', 'queued', 'running'].includes(status)).length
  const facts = [`${turns.length} turns`, ...(lost > 0 ? [`${lost} lost`] : []), ...(cost_usd > 0 ? [`$${cost_usd.toFixed(4)}`] : [])]
  return style.dim(`${ended === null ? 'not ended' : why[ended]}: ${facts.join(', ')}`)
}

/** A team's transcript, whole. */
export const transcriptText = (team: Team, style: Style): string =>
  [
    ...team.turns.map((turn) => turnText(turn, style)),
    ...(team.summary ? [`${style.bold('Summary')}\n${printable(team.summary.text)}`] : []),
    endText(team, style),
  ].join('\n\n')
