import { type Battle, type BattleEvent, WatchError } from '@agon/client'
import { tellEvent } from '../battle/progress.ts'
import { createTextLines } from '../battle/text-lines.ts'
import { problemError, usageError } from '../cli-error.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { remoteOf, type Session } from '../platform/session.ts'
import { printable } from '../terminal/printable.ts'
import { type Context, closeSession, openSession } from './context.ts'

export interface WatchCommandOptions {
  text?: true
  json?: true
  after?: number
  url?: string
  publishableKey?: string
  accessToken?: string
}

/** Events whose line needs more than they carry: the battle is read again before they are told. */
const needsBattle: ReadonlySet<string> = new Set(['battle.voting', 'battle.scoring', 'verdict.recorded', 'battle.closed'])

/** Tells a battle's events from the first, and goes on until it ends. */
export async function watchCommand(battleId: string, options: WatchCommandOptions, context: Context): Promise<ExitCode> {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(battleId))
    throw usageError(`${printable(battleId)} is not the id of a battle.`, 'npm run agon -- watch 00000000-0000-4000-8000-000000000000')
  const remote = remoteOf(options, context.variables)
  const session = await openSession(context, remote, true)
  try {
    return await watch(session, battleId, options, context)
  } catch (error) {
    if (error instanceof WatchError) throw problemError(error.problem)
    throw error
  } finally {
    await closeSession(context, session)
  }
}

async function watch({ agon }: Session, battleId: string, options: WatchCommandOptions, context: Context): Promise<ExitCode> {
  const { signal } = context.interrupt
  const texts = createTextLines({ style: context.out, width: context.width })
  let battle: Battle | undefined

  async function read(): Promise<Battle> {
    const found = await agon.getBattle(battleId, { signal })
    if (found.ok) return found.value
    throw problemError(found.problem)
  }

  async function linesOf(event: BattleEvent): Promise<string[]> {
    if (event.type === 'contender.delta') return options.text ? texts.take(event) : []
    if (battle === undefined || needsBattle.has(event.type)) battle = await read()
    const told = tellEvent(event, battle, context.out)
    const at = context.out.dim(event.created_at.slice(11, 19))
    return [
      ...(options.text ? texts.take(event) : []),
      ...(told.length > 0 ? told : [context.out.dim(printable(summaryOf(event, battle)))]).map((line) => `${at}  ${line}`),
    ]
  }

  const onReconnect = (problem?: { detail: string }) => problem && context.tell(context.err.warn(`${problem.detail} Trying again.`))
  for await (const event of agon.watch(battleId, { signal, onReconnect, ...(options.after !== undefined && { after: options.after }) })) {
    if (options.json) context.print(JSON.stringify(event))
    else for (const line of await linesOf(event)) context.print(line)
  }
  return signal.aborted ? exitCodes.cancelled : exitCodes.done
}

/** A step that needs no story: its type, and whose it is. */
function summaryOf(event: BattleEvent, battle: Battle): string {
  const slot = 'slot' in event.data ? `  ${event.data.slot}` : ''
  const outcome =
    event.type === 'battle.closed' && battle.outcome ? `: ${battle.outcome}${battle.winner_slot ? ` ${battle.winner_slot}` : ''}` : ''
  return `${event.type}${slot}${outcome}`
}
