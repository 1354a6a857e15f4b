import type { AgonOperator, DeadLetterPage, RedriveFilter } from '@agon/client'
import { problemError, usageError } from '../cli-error.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { asOperator, type OperatorOptions } from '../platform/operator.ts'
import { spell } from '../terminal/ago.ts'
import { table } from '../terminal/columns.ts'
import { printable } from '../terminal/printable.ts'
import type { Context } from './context.ts'

interface Filters extends OperatorOptions {
  kind?: RedriveFilter['kind'] & string
  code?: string
  battle?: string
  since?: string
}

export interface DlqListOptions extends Filters {
  state: 'open' | 'redriven' | 'all'
  limit: number
}

export interface DlqRedriveOptions extends Filters {
  all?: true
}

type Letter = DeadLetterPage['dead_letters'][number]

const filterOf = ({ kind, code, battle, since }: Filters) => ({
  ...(kind && { kind }),
  ...(code && { error_code: code }),
  ...(battle && { battle_id: battle }),
  ...(since && { since }),
})

/** What was given up, newest first, over as many pages as it takes. */
export const dlqListCommand = (options: DlqListOptions, context: Context): Promise<ExitCode> =>
  asOperator(options, context, async (operator) => {
    const letters: Letter[] = []
    for (let cursor: number | null | undefined; cursor !== null && letters.length < options.limit; ) {
      const page = await operator.deadLetters({
        ...filterOf(options),
        state: options.state,
        limit: Math.min(200, options.limit - letters.length),
        ...(cursor !== undefined && { cursor }),
      })
      if (!page.ok) throw problemError(page.problem)
      letters.push(...page.value.dead_letters)
      cursor = page.value.next_cursor
    }
    if (options.json) context.print(JSON.stringify(letters))
    else context.print(letters.length === 0 ? 'No dead letters.' : letterTable(letters, Date.now(), context))
    return exitCodes.done
  })

/** One line a letter; a dim one has no battle or run to go back to. */
export function letterTable(letters: readonly Letter[], nowMs: number, { out, width }: Pick<Context, 'out' | 'width'>): string {
  const heading = ['id', 'ago', 'kind', 'battle or run', '', 'model', 'error', ''].map((cell) => out.dim(cell))
  const rows = letters.map((letter) => {
    const shade = letter.redrivable ? (text: string) => text : out.dim
    return [
      String(letter.dead_letter_id),
      spell(nowMs - Date.parse(letter.created_at)),
      letter.kind,
      letter.battle_id ?? letter.run_id ?? letter.subject_id ?? '',
      letter.slot ?? letter.node_id ?? '',
      letter.model ?? '',
      letter.error.code,
      letter.redriven_at
        ? 'redriven'
        : letter.redrivable
          ? ''
          : letter.run_id
            ? `run ${letter.run_status}`
            : letter.kind === 'webhook_delivery'
              ? 'webhook disabled or gone'
              : `battle ${letter.battle_status ?? 'none'}`,
    ].map((cell) => shade(printable(cell)))
  })
  const lines = table([heading, ...rows], [0, 1]).split('\n')
  return lines
    .flatMap((line, nth) => [
      line,
      ...(nth === 0
        ? []
        : [
            out.dim(
              `    ${printable(letters[nth - 1]!.error.message)
                .split('\n', 1)[0]!
                .slice(0, width - 4)}`,
            ),
          ]),
    ])
    .join('\n')
}

/** Sends back one dead letter, or all that match. */
export const dlqRedriveCommand = (id: number | undefined, options: DlqRedriveOptions, context: Context): Promise<ExitCode> => {
  const filter = filterOf(options)
  if (id === undefined && !options.all && Object.keys(filter).length === 0)
    throw usageError('Which dead letters?', 'Give an id from agon dlq list, a filter (--kind, --code, --battle, --since), or --all.')
  return asOperator(options, context, async (operator) => {
    const outcomes = id === undefined ? await redriveMany(operator, filter) : await redriveOne(operator, id)
    if (options.json) context.print(JSON.stringify({ outcomes }))
    else if (Object.keys(outcomes).length === 0) context.print('Nothing to send back.')
    else
      context.print(
        table(
          Object.entries(outcomes).map(([outcome, count]) => [String(count), meaning(outcome)]),
          [0],
        ),
      )
    return outcomes.failed ? exitCodes.failed : exitCodes.done
  })
}

async function redriveOne(operator: AgonOperator, id: number): Promise<Record<string, number>> {
  const done = await operator.redrive(id)
  if (!done.ok) throw problemError(done.problem)
  return { [done.value.outcome]: 1 }
}

async function redriveMany(operator: AgonOperator, filter: RedriveFilter): Promise<Record<string, number>> {
  const totals: Record<string, number> = {}
  for (let after: number | null | undefined; after !== null; ) {
    const done = await operator.redriveMany({ ...filter, ...(after !== undefined && { after }) })
    if (!done.ok) throw problemError(done.problem)
    for (const [outcome, count] of Object.entries(done.value.outcomes)) totals[outcome] = (totals[outcome] ?? 0) + count
    after = done.value.next_after
  }
  return totals
}

function meaning(outcome: string): string {
  if (outcome === 'redriven') return 'redriven'
  if (outcome === 'already_redriven') return 'already redriven'
  if (outcome === 'failed') return 'failed: the database log says why'
  if (outcome === 'webhook_disabled') return 'left: the webhook is disabled; its owner can enable it'
  if (outcome === 'webhook_gone') return 'left: the webhook was removed, or the delivery forgotten'
  if (outcome === 'battle_held') return 'left: the battle is held; release it first'
  if (outcome === 'run_is_child') return 'left: the run that began theirs has gone on; retry that one'
  if (outcome === 'run_gone') return 'left: their nodes have been run again, or their runs are forgotten'
  if (outcome.startsWith('run_')) return `left: the run is ${outcome.slice('run_'.length)}; only a failed one goes on`
  return `left: the battle is ${outcome.replace(/^battle_/, '')} and has gone on without them`
}
