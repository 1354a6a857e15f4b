import type { ChildResult } from '../../ports/index.ts'
import type { TeamConfig } from '../node-types/index.ts'

/** Why a team ended. */
export type TeamEnd = 'rounds' | 'stop' | 'agreed' | 'budget'

/** A turn that was had, or lost. */
export interface Turn {
  round: number
  member: string
  status: 'completed' | 'failed' | 'timed_out' | 'cancelled'
  /** Empty: the turn was lost. */
  text: string
  error?: { code: string; message: string }
  costUsd: number
  runId: string
}

/** A turn's place among the runs that the team begins: round by round, in the order of its members. */
export const placeOf = (nth: number, members: number) => ({ round: Math.floor(nth / members) + 1, member: nth % members })

/** The turns that are over, in their order. A team's summary, which comes after the last possible turn, is none. */
export const turnsOf = (children: readonly ChildResult[], { members, rounds }: Pick<TeamConfig, 'members' | 'rounds'>): Turn[] =>
  children
    .filter(({ itemIndex, status }) => itemIndex < members.length * rounds && status !== 'queued' && status !== 'running')
    .sort((a, b) => a.itemIndex - b.itemIndex)
    .map(({ itemIndex, runId, status, output, error, costUsd = 0 }) => {
      const { round, member } = placeOf(itemIndex, members.length)
      return {
        round,
        member: members[member]!.name,
        status: status as Turn['status'],
        text: status === 'completed' ? (output?.output ?? '') : '',
        ...(error && { error }),
        costUsd,
        runId,
      }
    })

/** What decorates a last line: **DONE**, "Done.", [DONE]. */
const bare = (line: string): string => line.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '').toLowerCase()

const linesOf = (text: string): string[] => text.trimEnd().split('\n')

/** Whether a turn's last line is a phrase and nothing else. To speak of it is not to say it. */
export const says = (text: string, phrase: string): boolean => {
  const last = linesOf(text).at(-1)!
  return last.trim() === phrase.trim() || (bare(phrase) !== '' && bare(last) === bare(phrase))
}

/** A turn without the line that says it is over. */
export const withoutPhrase = (text: string, phrase: string | undefined): string =>
  phrase !== undefined && says(text, phrase) ? linesOf(text).slice(0, -1).join('\n').trim() : text.trim()

/** The phrase that ends a team, if any does. */
export const phraseOf = ({ stop_when }: Pick<TeamConfig, 'stop_when'>, agreed: string): string | undefined =>
  typeof stop_when === 'string' ? stop_when : stop_when === undefined ? undefined : agreed

/** The turns that came last: one, or in parallel a round. */
export const latestOf = (turns: readonly Turn[], { mode }: Pick<TeamConfig, 'mode'>): Turn[] =>
  mode === 'parallel' ? turns.filter(({ round }) => round === turns.at(-1)?.round) : turns.slice(-1)

/**
 * Whether the turns had so far end the team. Everybody agrees when each said so in their latest turn, and nobody lost it: a silence is no
 * consent. In parallel, a round is looked at whole.
 */
export function endedBy(turns: readonly Turn[], config: TeamConfig, agreed: string): TeamEnd | undefined {
  const { members, rounds, stop_when } = config
  const latest = turns.slice(-members.length)
  if (typeof stop_when === 'string') {
    if (latestOf(turns, config).some(({ text }) => says(text, stop_when))) return 'stop'
  } else if (stop_when && latest.length === members.length && latest.every(({ text }) => says(text, agreed))) return 'agreed'
  return turns.length >= members.length * rounds ? 'rounds' : undefined
}

/** The round that has just ended without a single answer. */
export function lostRound(turns: readonly Turn[], { members }: Pick<TeamConfig, 'members'>): Turn[] | undefined {
  if (turns.length === 0 || turns.length % members.length !== 0) return undefined
  const round = turns.slice(-members.length)
  return round.some(({ status }) => status === 'completed') ? undefined : round
}

/** Of the transcript that a result carries, in characters; what the runs themselves made is kept whole. */
const keptChars = 200_000

/** The transcript as a result carries it: of the oldest turns only that they were. */
export function keptTranscript(turns: readonly Turn[]) {
  let left = keptChars
  let cut = 0
  const kept = turns.toReversed().map(({ round, member, status, text, error, costUsd, runId }) => {
    left -= text.length
    const isCut = left < 0 && text !== ''
    if (isCut) cut += 1
    return {
      round,
      member,
      status,
      text: isCut ? '' : text,
      ...(isCut && { cut: true }),
      ...(error && { error }),
      cost_usd: costUsd,
      run_id: runId,
    }
  })
  return { transcript: kept.reverse(), cut }
}
