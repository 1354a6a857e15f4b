import type { Battle } from '@agon/client'
import { type Column, columns, table, wrap } from '../terminal/columns.ts'
import { printable } from '../terminal/printable.ts'
import type { Style } from '../terminal/style.ts'
import { competitorName, contenderName, duration, judgeName, type ShownContender } from './names.ts'

export interface ReportOptions {
  /** Columns of the terminal. */
  width: number
  style: Style
  /** How to read the battle again. */
  link?: { url: string; publishableKey: string; note?: string }
}

/** What a finished battle was, for a person: the answers, both verdicts, the outcome, the ratings. */
export function battleReport(battle: Battle, { width, style, link }: ReportOptions): string {
  const sections = [
    wrap(style.bold(printable(battle.title)), width),
    columns(
      battle.contenders.map((contender) => answerColumn(contender, style)),
      width,
    ),
    verdicts(battle, width, style),
    wrap(`${style.bold('Outcome')}  ${outcome(battle, style)}`, width),
    wrap(overrideLine(battle, style), width),
    ratings(battle, style),
    link ? linkLines(battle, link, style) : '',
  ]
  return sections.filter(Boolean).join('\n\n')
}

function answerColumn(contender: ShownContender, style: Style): Column {
  const { submission, error } = contender
  const facts = submission?.is_final
    ? [
        submission.latency_ms === null ? '' : duration(submission.latency_ms),
        submission.output_tokens === null ? '' : `${submission.output_tokens} tokens`,
        submission.cost_usd ? `$${submission.cost_usd.toFixed(4)}` : '',
        submission.finish_reason === 'length' ? 'cut off at max_tokens' : '',
        ...workFacts(submission.work),
      ]
    : [contender.status.replace('_', ' ')]
  const heading = `${style.name(style.bold(contenderName(contender)))}\n${style.dim(facts.filter(Boolean).join(', '))}`
  if (submission?.is_final)
    return { heading, body: printable(submission.content_text ?? submission.content_url ?? '').trim() || '(an answer without a word)' }
  return { heading, body: error ? style.bad(`${error.code}: ${printable(error.message)}`) : style.dim('no answer') }
}

/** What a command changed, and how its checks went. */
function workFacts(work: NonNullable<ShownContender['submission']>['work']): string[] {
  if (!work) return []
  const files = `${work.files} ${work.files === 1 ? 'file' : 'files'} changed`
  return [files, ...work.checks.map(({ name, passed }) => `${printable(name)} ${passed ? 'passed' : 'failed'}`)]
}

function verdicts(battle: Battle, width: number, style: Style): string {
  if (battle.verdicts.length === 0) return ''
  const panel = battle.judges.length > 1
  const shown = battle.verdicts.map(({ judge_seat, part, slot_order, outcome, winner_slot, scores, reasoning }) => {
    const about = [panel ? `judge ${judge_seat}` : '', part === 'all' ? '' : part].filter(Boolean).join(', ')
    const order = `${about && `${about}, `}shown ${[...slot_order].join(' then ')}`
    const decision = { winner: `${winner_slot} wins`, tie: 'a tie', both_bad: 'neither is acceptable', abstain: 'no readable verdict' }[
      outcome
    ]
    const points = Object.entries(scores ?? {})
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([slot, score]) => `${slot} ${score}`)
    const line = [order, style.bold(decision), points.join(', ')].filter(Boolean).join(' · ')
    const reasons = wrap(printable(reasoning).trim(), Math.max(20, width - 4)).replaceAll(/^/gm, '    ')
    return `${wrap(`  ${line}`, width)}\n${style.dim(reasons)}`
  })
  return [judgeLines(battle, style), ...shown].join('\n')
}

function judgeLines(battle: Battle, style: Style): string {
  if (battle.judges.length < 2) return `${style.bold('Judge')}  ${judgeName(battle)}`
  const lines = battle.judges.map((judge) => {
    const state = judge.status === 'judged' || judge.status === null ? '' : `, ${judge.status}`
    return `  ${judge.seat}  ${competitorName({ ...judge, identity: '' })}, weight ${judge.weight}${state}`
  })
  return [style.bold('Judges'), ...lines].join('\n')
}

function overrideLine({ override }: Battle, style: Style): string {
  if (!override) return ''
  const who = override.winner_slot ?? 'nobody'
  return `${style.bold('Override')}  The owner says that ${who} should have won: ${printable(override.note)}`
}

function outcome(battle: Battle, style: Style): string {
  const winner = battle.contenders.find(({ slot }) => slot === battle.winner_slot)
  const name = winner ? style.good(contenderName(winner).replace('  ', ' · ')) : ''
  if (battle.status === 'void') return style.bad('Void: no contender submitted an answer. No rating moves.')
  if (battle.status === 'cancelled') return style.warn('Cancelled. No rating moves.')
  if (battle.status === 'scoring')
    return style.bad('Not judged: the judge gave up. The battle stays open a while for a redrive, then it closes without its verdict.')
  if (battle.status === 'voting')
    return `The crowd decides: votes count until ${battle.voting_ends_at}. npm run agon -- vote ${battle.battle_id} <slot>`
  if (battle.status !== 'closed') return style.dim(`The battle is ${battle.status}.`)
  if (battle.outcome === 'winner' && battle.scoring_mode === 'checks') return `${name} wins: more of its checks passed.`
  if (battle.outcome === 'winner' && battle.battle_type === 'coding' && battle.scoring_mode === 'hybrid')
    return `${name} wins: its checks and the judge together put it first.`
  if (battle.outcome === 'winner' && battle.scoring_mode !== 'ai_judge')
    return `${name} wins: ${battle.scoring_mode === 'community' ? (battle.vote_weighting === 'reliability' ? 'its votes weigh most' : 'it has the most votes') : 'votes and judge together put it first'}.`
  if (battle.outcome === 'winner' && battle.judges.length > 1) return `${name} wins: by weight the judges preferred it to every other.`
  if (battle.outcome === 'winner') return `${name} wins: the judge preferred it in both orders.`
  if (battle.outcome === 'walkover') return `${name} wins by walkover: it is the only one that answered. No rating moves.`
  if (battle.outcome === 'no_verdict' && battle.scoring_mode === 'community')
    return style.warn('No verdict: nobody voted. No rating moves.')
  if (battle.outcome === 'no_verdict') return style.warn('No verdict: the judge abstained or gave up. No rating moves.')
  if (battle.outcome === 'draw' && battle.scoring_mode !== 'ai_judge') return 'Draw: the best have exactly the same score.'
  if (battle.judge_outcome === 'inconsistent')
    return style.warn('Draw, by an inconsistent judge: its preference changed with the order of the answers, so it does not count.')
  if (battle.judge_outcome === 'both_bad') return 'Draw: the judge found none of the answers acceptable.'
  return 'Draw: the judge found the best answers equally good.'
}

const points = (rating: number): string => rating.toFixed(0)

function ratings(battle: Battle, style: Style): string {
  const rows = battle.contenders.flatMap((contender) => {
    if (!contender.rating) return []
    const { before, after } = contender.rating
    const change = `${after >= before ? '+' : '−'}${Math.abs(after - before).toFixed(0)}`
    const colour = after > before ? style.good : after < before ? style.bad : style.dim
    return [[`  ${contenderName(contender)}`, `${points(before)} → ${points(after)}`, colour(change)]]
  })
  return rows.length === 0 ? '' : `${style.bold('Ratings')}\n${table(rows)}`
}

function linkLines(battle: Battle, { url, publishableKey, note }: NonNullable<ReportOptions['link']>, style: Style): string {
  const address = `${url}/functions/v1/api/battles/${battle.battle_id}`
  const lines = [address, `curl -H 'apikey: ${publishableKey}' ${address}`, ...(note ? [note] : [])]
  return lines.map((line) => style.dim(line)).join('\n')
}
