import { join } from 'node:path'
import type { CreateBattle } from '@agon/client'
import { battleSlug } from '@agon/coding'
import { battleReport } from '../battle/report.ts'
import { usageError } from '../cli-error.ts'
import { type ChosenCoding, type CodingOptions, chooseCoding } from '../coding/chosen.ts'
import { startCoder } from '../coding/coder.ts'
import { defaultJudge } from '../contenders/lineup.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { remoteOf } from '../platform/session.ts'
import { type BattleOptions, fight, findMeans } from './battle.ts'
import { type Context, closeSession, openSession } from './context.ts'

export type CodingBattleOptions = Omit<BattleOptions, 'scoring'> &
  CodingOptions & { coding?: true; scoring?: BattleOptions['scoring'] | 'checks' }

/** A battle of commands on a repository of this machine, which this process runs beside the platform. */
export async function codingBattleCommand(prompt: string | undefined, options: CodingBattleOptions, context: Context): Promise<ExitCode> {
  if (remoteOf(options, context.variables))
    throw usageError(
      'This process runs commands for the platform on this machine alone.',
      'On a remote project a worker runs them: npm run worker, with AGON_BACKENDS.',
    )
  if (prompt === undefined || prompt.trim() === '')
    throw usageError('A coding battle needs its task.', 'npm run battle -- --coding --repo . "Mend the tests"')
  const chosen = chooseCoding(options, context.variables)
  const request = await requestOf(prompt, options, chosen, context)
  if (chosen.note) context.tell(context.err.dim(chosen.note))
  context.tell(context.err.dim('Starting the platform…'))
  const session = await openSession(context, undefined, true)
  try {
    if (context.interrupt.signal.aborted) return exitCodes.cancelled
    const coder = await startCoder(
      { url: session.url, secretKey: session.local!.secretKeys.worker ?? session.local!.secretKeys.default! },
      {
        configuration: chosen.configuration,
        home: context.home,
        variables: context.variables,
        log: ({ level, event, message }) => {
          if (level !== 'info' || context.debug) context.tell(context.err.dim(`${event}${message ? `: ${message}` : ''}`))
        },
      },
    )
    let battle: Awaited<ReturnType<typeof fight>>
    try {
      battle = await fight(session.agon, request, context, 200)
    } finally {
      await coder.stop()
    }
    if (options.json) context.print(JSON.stringify(battle))
    else context.print(`\n${battleReport(battle, { width: context.width, style: context.out })}`)
    const slug = battleSlug({ battleId: battle.battle_id, title: battle.title, createdAt: battle.created_at })
    context.tell(`Results: ${join(coder.results, slug)}`)
    if (battle.status === 'cancelled') return exitCodes.cancelled
    return battle.status === 'closed' || battle.status === 'voting' ? exitCodes.done : exitCodes.failed
  } finally {
    await closeSession(context, session)
  }
}

async function requestOf(prompt: string, options: CodingBattleOptions, chosen: ChosenCoding, context: Context): Promise<CreateBattle> {
  const { contenders, repository, checks } = chosen
  const panel = options.judge ?? []
  const scoring = options.scoring ?? (checks.length === 0 ? 'ai_judge' : panel.length === 0 ? 'checks' : 'hybrid')
  const isJudged = scoring === 'ai_judge' || scoring === 'hybrid'
  const judges = panel.length > 0 || !isJudged ? panel : [{ model: defaultJudge([], await findMeans(context)) }]
  return {
    prompt,
    contenders,
    repository,
    ...(checks.length > 0 && { checks }),
    scoring_mode: scoring,
    ...(judges.length > 0 && { judges: judges.map(({ model, weight = 1 }) => ({ model, weight })) }),
    ...(options.title !== undefined && { title: options.title }),
    ...(options.votingWindow !== undefined && { voting_window_ms: options.votingWindow * 1000 }),
    publish: true,
  }
}
