import type { PairsQuery } from '@agon/client'
import { problemError } from '../cli-error.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { remoteOf } from '../platform/session.ts'
import { table } from '../terminal/columns.ts'
import { type Context, closeSession, openSession } from './context.ts'

export interface PairsOptions {
  source?: NonNullable<PairsQuery['source']>
  kind?: NonNullable<PairsQuery['kind']>
  category?: string
  models?: string
  most: number
  json?: true
  url?: string
  publishableKey?: string
}

/** Whom to compare next: the pairs that would tell most. */
export async function pairsCommand(
  { source, kind, category, models, most, json, ...remote }: PairsOptions,
  context: Context,
): Promise<ExitCode> {
  const session = await openSession(context, remoteOf(remote, context.variables), false)
  try {
    const found = await session.agon.nextPairs({
      most,
      ...(source && { source }),
      ...(kind && { kind }),
      ...(category && { category }),
      ...(models && { models }),
    })
    if (!found.ok) throw problemError(found.problem)
    const { pairs } = found.value
    if (json) context.print(JSON.stringify(pairs))
    else if (pairs.length === 0) context.print('There is nobody to compare yet: name at least two with --models.')
    else {
      const heading = ['', '', 'gain', 'compared so far'].map((cell) => context.out.dim(cell))
      const rows = pairs.map(({ a, b, gain, comparisons }) => [a, b, gain.toFixed(3), String(comparisons)])
      context.print(table([heading, ...rows], [2, 3]))
    }
    return exitCodes.done
  } finally {
    await closeSession(context, session)
  }
}
