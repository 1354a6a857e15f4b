import type { Workers } from '@agon/client'
import { problemError } from '../cli-error.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { asOperator, type OperatorOptions } from '../platform/operator.ts'
import { spell } from '../terminal/ago.ts'
import { table } from '../terminal/columns.ts'
import { printable } from '../terminal/printable.ts'
import type { Context } from './context.ts'

/** How the workers are. */
export const workerStatusCommand = (options: OperatorOptions, context: Context): Promise<ExitCode> =>
  asOperator(options, context, async (operator) => {
    const found = await operator.workers()
    if (!found.ok) throw problemError(found.problem)
    context.print(options.json ? JSON.stringify(found.value) : workerReport(found.value, context))
    return exitCodes.done
  })

/** One line a worker, and under it what it runs and can do. */
export function workerReport({ at, workers }: Workers, { out }: Pick<Context, 'out'>): string {
  if (workers.length === 0) return 'No worker was heard of within a day. A project runs without one; docs/worker.md says what for.'
  const now = Date.parse(at)
  const since = (moment: string) => spell(now - Date.parse(moment))
  const health = (of: Workers['workers'][number]) =>
    of.health === 'healthy'
      ? out.good(of.health)
      : of.health === 'late'
        ? out.warn(of.health)
        : out.bad(of.state === 'stopped' ? 'stopped' : of.health)
  const heading = ['worker', 'health', 'state', 'seen', 'up', 'in hand', 'slots', 'host', 'version'].map((cell) => out.dim(cell))
  const lines = workers.map((of) => [
    printable(of.worker_id),
    health(of),
    of.state,
    since(of.seen_at),
    since(of.started_at),
    String(of.running),
    String(of.slots),
    printable(of.host ?? ''),
    printable(of.version ?? ''),
  ])
  const more = workers.map(({ worker_id, sub_workers, capabilities }) =>
    printable(
      `${worker_id} runs ${sub_workers.join(', ') || 'nothing'}${capabilities.length > 0 ? `; it can do ${capabilities.join(', ')}` : ''}`,
    ),
  )
  return [table([heading, ...lines], [3, 4, 5, 6]), '', ...more].join('\n')
}
