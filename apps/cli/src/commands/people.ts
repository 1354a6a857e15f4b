import { readFileSync } from 'node:fs'
import type { AgonClient, Battle, Outcome } from '@agon/client'
import { problemError, usageError } from '../cli-error.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { remoteOf } from '../platform/session.ts'
import { checkUserName } from '../platform/user.ts'
import { printable } from '../terminal/printable.ts'
import { type Context, closeSession, openSession } from './context.ts'

export interface PersonOptions {
  as?: string
  json?: true
  url?: string
  publishableKey?: string
  accessToken?: string
}

export interface SubmitOptions extends PersonOptions {
  file?: string
  final?: true
}

/** Whose session an act on a battle needs; refuses what cannot be one. */
export function sessionFor(battleId: string, options: PersonOptions, context: Context) {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(battleId))
    throw usageError(`${printable(battleId)} is not the id of a battle.`, 'npm run agon -- battle --json shows battle_id.')
  const remote = remoteOf(options, context.variables)
  if (remote && options.as !== undefined)
    throw usageError('--as is for the users of the platform on this machine.', 'On a remote project, give the access token of the user.')
  if (remote && !remote.accessToken)
    throw usageError('On a remote project a user does this.', 'Give --access-token (a Supabase Auth session), or set AGON_ACCESS_TOKEN.')
  if (options.as !== undefined) checkUserName(options.as)
  return { remote, asUser: options.as ?? (true as const) }
}

/** One act of a person on a battle, and the line that tells what came of it. */
export async function actOn(
  battleId: string,
  options: PersonOptions,
  context: Context,
  call: (agon: AgonClient) => Promise<Outcome<Battle>>,
  told: (battle: Battle) => string,
): Promise<ExitCode> {
  const { remote, asUser } = sessionFor(battleId, options, context)
  const session = await openSession(context, remote, asUser)
  try {
    const done = await call(session.agon)
    if (!done.ok) throw problemError(done.problem)
    context.print(options.json ? JSON.stringify(done.value) : told(done.value))
    return exitCodes.done
  } finally {
    await closeSession(context, session)
  }
}

const title = (battle: Battle) => `“${printable(battle.title)}”`

/** What is still to be waited for. */
function outlook(battle: Battle): string {
  switch (battle.status) {
    case 'executing':
      return battle.submissions_end_at ? `Submissions end at ${battle.submissions_end_at}.` : 'The contenders are answering.'
    case 'voting':
      return `Votes count until ${battle.voting_ends_at}.`
    case 'scoring':
      return 'It is being scored.'
    default:
      return `The battle is ${battle.status}${battle.outcome ? `: ${battle.outcome}${battle.winner_slot ? ` ${battle.winner_slot}` : ''}` : ''}.`
  }
}

export const joinCommand = (battleId: string, options: PersonOptions, context: Context): Promise<ExitCode> =>
  actOn(
    battleId,
    options,
    context,
    (agon) => agon.joinBattle(battleId),
    (battle) => `You contend as ${battle.your_slot} in ${title(battle)}. ${outlook(battle)}`,
  )

export function submitCommand(battleId: string, words: string[], options: SubmitOptions, context: Context): Promise<ExitCode> {
  if (words.length > 0 === (options.file !== undefined))
    throw usageError('Give the answer as words, or as a file.', 'npm run agon -- submit <battle> "The sea is deep." --final')
  const content_text = options.file === undefined ? words.join(' ') : readAnswer(options.file)
  const final = options.final ?? false
  return actOn(
    battleId,
    options,
    context,
    (agon) => agon.submit(battleId, { content_text, final }),
    (battle) =>
      final
        ? `Handed in as ${battle.your_slot}. ${outlook(battle)}`
        : `Written as ${battle.your_slot}, and not handed in yet: revise it, or add --final. ${outlook(battle)}`,
  )
}

function readAnswer(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw usageError(`--file ${path} cannot be read: ${(error as Error).message}.`)
  }
}

export const withdrawCommand = (battleId: string, options: PersonOptions, context: Context): Promise<ExitCode> =>
  actOn(
    battleId,
    options,
    context,
    (agon) => agon.withdraw(battleId),
    (battle) => `You have withdrawn from ${title(battle)}; your answer is deleted. ${outlook(battle)}`,
  )

export const voteCommand = (battleId: string, choice: string, options: PersonOptions, context: Context): Promise<ExitCode> =>
  actOn(
    battleId,
    options,
    context,
    (agon) => agon.vote(battleId, /^[a-z]$/.test(choice) ? choice.toUpperCase() : choice),
    (battle) => `Your vote in ${title(battle)}: ${battle.your_vote}. ${outlook(battle)}`,
  )

export interface InviteOptions extends PersonOptions {
  remove?: true
}

/** Adds users to those who may vote in a battle of invited voters, or takes them off the list. */
export const inviteCommand = (battleId: string, userIds: string[], options: InviteOptions, context: Context): Promise<ExitCode> =>
  actOn(
    battleId,
    options,
    context,
    async (agon) => {
      const battle = await agon.getBattle(battleId)
      if (!battle.ok) return battle
      const others = (battle.value.invited_voters ?? []).filter((invited) => !userIds.includes(invited))
      return agon.setVoters(battleId, options.remove ? others : [...others, ...userIds])
    },
    (battle) => `${battle.invited_voters?.length ?? 0} may vote in ${title(battle)}.`,
  )

export const closeVotingCommand = (battleId: string, options: PersonOptions, context: Context): Promise<ExitCode> =>
  actOn(
    battleId,
    options,
    context,
    (agon) => agon.closeVoting(battleId),
    (battle) => `The voting of ${title(battle)} has ended. ${outlook(battle)}`,
  )

export const cancelCommand = (battleId: string, options: PersonOptions, context: Context): Promise<ExitCode> =>
  actOn(
    battleId,
    options,
    context,
    (agon) => agon.cancelBattle(battleId),
    (battle) => `Cancelled ${title(battle)}.`,
  )
