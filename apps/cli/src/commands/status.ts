import type { Status } from '@agon/client'
import { problemError } from '../cli-error.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { asOperator, type OperatorOptions } from '../platform/operator.ts'
import { spell } from '../terminal/ago.ts'
import { table } from '../terminal/columns.ts'
import { printable } from '../terminal/printable.ts'
import type { Context } from './context.ts'

/** A queue is counted no further. */
const countedTo = 100_000

/** How the engine stands. */
export const statusCommand = (options: OperatorOptions, context: Context): Promise<ExitCode> =>
  asOperator(options, context, async (operator) => {
    const found = await operator.status()
    if (!found.ok) throw problemError(found.problem)
    context.print(options.json ? JSON.stringify(found.value) : statusReport(found.value, context))
    return exitCodes.done
  })

/** One line a kind, then what is stopped, limited, given up and open; a line that asks for something to be done is coloured. */
export function statusReport(status: Status, { out }: Pick<Context, 'out'>): string {
  const now = Date.parse(status.at)
  const since = (at: string) => spell(now - Date.parse(at))
  const count = (n: number) => (n >= countedTo ? `${n}+` : String(n))
  const warned = (n: number) => (n > 0 ? out.warn(String(n)) : '0')
  const heading = ['kind', 'ready', 'oldest', 'later', 'due', 'in hand', 'drivers', 'overdue', 'paused', 'given up'].map((cell) =>
    out.dim(cell),
  )
  const kinds = status.kinds.map((kind) => [
    kind.kind,
    count(kind.ready),
    kind.oldest_ready_ms === null ? '' : spell(kind.oldest_ready_ms),
    count(kind.later),
    count(kind.due),
    String(kind.leased),
    String(kind.drivers),
    warned(kind.overdue_leases),
    warned(kind.paused_queues),
    warned(kind.dead_letters),
  ])
  const lines = [
    ...status.untaken.map((queue) => out.bad(untakenLine(queue))),
    ...status.switches.map(({ scope, name, reason, turned_off_at }) =>
      out.bad(
        `off: ${scope === 'system' ? 'the whole system' : name}, for ${since(turned_off_at)}${reason ? ` (${printable(reason)})` : ''}`,
      ),
    ),
    ...status.rate_limits.map(({ limit_key, blocked_until }) =>
      out.warn(`rate limited: ${limit_key}, for another ${spell(Date.parse(blocked_until) - now)}`),
    ),
    ...status.dead_letters.map(({ kind, error_code, count: letters, oldest_at }) =>
      out.warn(`given up: ${letters} × ${kind}, ${error_code}, the first ${since(oldest_at)} ago`),
    ),
    ...status.async_tasks.map(({ provider, open, overdue, oldest_at }) => {
      const line = `tasks: ${provider} keeps ${open}, the oldest for ${since(oldest_at)}${overdue > 0 ? `; ${overdue} past their deadline` : ''}`
      return overdue > 0 ? out.warn(line) : line
    }),
  ]
  const workers = status.workers.map((worker) => {
    const told = worker.health === 'late' ? out.warn('late') : worker.state === 'draining' ? out.warn('draining') : out.good('healthy')
    return [printable(worker.worker_id), told, `${worker.running}/${worker.slots}`, abilityOf(worker)]
  })
  return [
    table([heading, ...kinds], [1, 2, 3, 4, 5, 6, 7, 8, 9]),
    '',
    workers.length > 0
      ? table([['worker', 'health', 'in hand', 'can do, besides what functions do'].map((cell) => out.dim(cell)), ...workers], [2])
      : out.dim('no worker lives'),
    ...(lines.length > 0 ? ['', ...lines] : []),
  ].join('\n')
}

/** What takes a worker, and more than that: where nothing else says what is missing. */
const needs: Record<string, string> = {
  battle_keyframes: 'ffmpeg',
  bridge_execution: 'execution_bridge',
  coding_job: 'a command of AGON_BACKENDS',
  workflow_program: 'ffmpeg',
}

function untakenLine({ kind, key, ready, later, oldest_ready_ms, why }: Status['untaken'][number]): string {
  const jobs = [...(ready > 0 ? [`${ready} ready`] : []), ...(later > 0 ? [`${later} later`] : [])].join(', ')
  const since = oldest_ready_ms === null ? '' : ` for ${spell(oldest_ready_ms)}`
  const need = key?.startsWith('coding:') ? key : needs[kind]
  const cause =
    why === 'no_wake'
      ? 'no function is woken (pg_net, and both secrets in Vault), and no worker takes it'
      : `no worker that lives takes it${need ? `: it needs ${need}` : ''}`
  return printable(`nobody takes: ${kind}, ${jobs}${since}; ${cause}`)
}

/** What it announces, and the kinds that no function takes. */
function abilityOf({ capabilities, kinds }: Status['workers'][number]): string {
  const alone = (kinds ?? []).filter((kind) => kind in needs || kind === 'rating_refresh_large')
  const told = [capabilities.join(', '), alone.length > 0 ? `(${alone.join(', ')})` : ''].filter(Boolean)
  return printable(told.join(' ')) || 'nothing more'
}
