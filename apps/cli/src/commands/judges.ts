import type { JudgesQuery } from '@agon/client'
import { problemError } from '../cli-error.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { remoteOf } from '../platform/session.ts'
import { table } from '../terminal/columns.ts'
import { type Context, closeSession, openSession } from './context.ts'

export interface JudgesOptions {
  kind?: NonNullable<JudgesQuery['kind']>
  since?: NonNullable<JudgesQuery['since']>
  json?: true
  url?: string
  publishableKey?: string
}

const percent = (share: number | null) => (share === null ? '–' : `${(share * 100).toFixed(0)} %`)

/** How far each judge can be trusted. */
export async function judgesCommand({ kind, since, json, ...remote }: JudgesOptions, context: Context): Promise<ExitCode> {
  const session = await openSession(context, remoteOf(remote, context.variables), false)
  try {
    const found = await session.agon.judges({ ...(kind && { kind }), ...(since && { since }) })
    if (!found.ok) throw problemError(found.problem)
    const { judges } = found.value
    if (json) context.print(JSON.stringify(judges))
    else if (judges.length === 0) context.print('No judge has decided anything yet.')
    else {
      const heading = ['judge', 'verdicts', 'consistent', 'first', 'ties', 'abstained', 'crowd', 'without ties', '$ a verdict']
      const rows = judges.map((one) => [
        context.out.bold(one.judge),
        String(one.verdicts),
        percent(one.consistency),
        percent(one.first_share),
        percent(one.tie_share),
        String(one.abstained),
        percent(one.crowd_agreement.ratio),
        percent(one.crowd_agreement_without_ties.ratio),
        one.cost_per_verdict_usd === null ? '–' : one.cost_per_verdict_usd.toFixed(4),
      ])
      context.print(table([heading.map((cell) => context.out.dim(cell)), ...rows], [1, 2, 3, 4, 5, 6, 7, 8]))
      context.print(
        '\nconsistent: both orders said the same. first: preferences for what was shown first, 50 % is no bias. crowd: agreement with votes on the same pairs.',
      )
    }
    return exitCodes.done
  } finally {
    await closeSession(context, session)
  }
}
