import { type StartTeamRun, type TeamTranscript, WatchError } from '@agon/client'
import { problemError, usageError } from '../cli-error.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { remoteOf, type Session } from '../platform/session.ts'
import { completed, type Member, namedMembers, textModel } from '../team/members.ts'
import { endText, transcriptText, turnText } from '../team/transcript-text.ts'
import { printable } from '../terminal/printable.ts'
import { givenValue, readDocument } from '../workflow/documents.ts'
import { eventLine } from '../workflow/run-table.ts'
import { checkBeforehand, findMeans } from './battle.ts'
import type { Context } from './context.ts'
import { asPerson, type PersonSessionOptions, valueOrProblem } from './person-session.ts'
import { codeOf, type FollowOptions, follow, type Showing, tellOutcome } from './runs.ts'

export interface TeamRunOptions extends FollowOptions {
  task?: string
  file?: string
  member?: string[]
  role?: string[]
  mode?: 'turns' | 'parallel'
  rounds?: number
  budget?: number
  stop?: string
  agreed?: true
  summary?: string | true
  instructions?: string
  maxTokens?: number
  key?: string
}

/** The team a file describes, with what options say over it. */
function teamOf(task: string | undefined, options: TeamRunOptions): Omit<StartTeamRun, 'members'> & { members: Member[] } {
  const { file, member, role, mode, rounds, budget, stop, agreed, summary, instructions, maxTokens } = options
  if (stop !== undefined && agreed) throw usageError('A team ends by a phrase or by agreement: --stop or --agreed.')
  if (instructions !== undefined && summary === undefined) throw usageError('--instructions are for the summary.', 'Add --summary.')
  const told = file === undefined ? {} : (readDocument(file) as Partial<StartTeamRun>)
  const given = options.task === undefined ? task : String(options.task.startsWith('@') ? givenValue(options.task) : options.task)
  const wanted = given ?? told.task
  if (wanted === undefined || wanted.trim() === '')
    throw usageError('A team needs a task.', 'For example npm run agon -- team run "Name a bakery."')
  const members = member ? namedMembers(member, role) : ((told.members ?? []) as Member[])
  if (role && !member) throw usageError('--role is of a member that --member names.')
  if (members.length === 1) throw usageError('A team has 2 to 8 members, and there is one.', 'Give --member again.')
  return {
    ...told,
    task: wanted,
    members: maxTokens === undefined ? members : members.map((each) => ({ max_tokens: maxTokens, ...each })),
    ...(mode && { mode }),
    ...(rounds !== undefined && { rounds }),
    ...(budget !== undefined && { budget_usd: budget }),
    ...(stop !== undefined && { stop_when: stop }),
    ...(agreed && { stop_when: { agreed: true as const } }),
    ...(summary !== undefined && {
      summary: {
        ...(typeof summary === 'string' && { model_key: textModel(summary, `--summary ${summary}`) }),
        ...(instructions !== undefined && { instructions }),
      },
    }),
  }
}

/** Lets a team work on a task, and prints what they say as they say it. */
export const runTeamCommand = async (task: string | undefined, options: TeamRunOptions, context: Context): Promise<ExitCode> => {
  const { members, summary, ...team } = teamOf(task, options)
  const isRemote = remoteOf(options, context.variables) !== undefined
  if (isRemote && members.length === 0)
    throw usageError('A team on a remote project needs its members named.', 'Give --member name=model at least twice.')
  const chosen = isRemote ? { members } : completed(members, await findMeans(context))
  // Who sums up where nobody is named is the first member's model.
  const voice = summary && { ...summary, ...(!isRemote && { model_key: summary.model_key ?? chosen.members[0]!.model_key! }) }
  const models = [...chosen.members, ...(voice ? [voice] : [])].flatMap(({ model_key }) =>
    model_key === undefined ? [] : [{ model: model_key }],
  )
  if (!isRemote) await checkBeforehand({ contenders: models }, context)
  if ('note' in chosen && chosen.note) context.tell(context.err.dim(chosen.note))
  return asPerson(options, context, async (session) => {
    const begun = await valueOrProblem(
      session.agon.teams.start(
        { ...team, members: chosen.members, ...(voice && { summary: voice }) },
        options.key === undefined ? {} : { idempotencyKey: options.key },
      ),
    )
    return follow(session, begun.run_id, options, context, asTeam())
  })
}

/** A team is read while it talks: each turn as it is over, then why it ended. */
function asTeam(): Showing {
  let shown = 0
  const newTurns = ({ teams }: TeamTranscript, context: Context) => {
    const over = teams.flatMap(({ turns }) => turns).filter(({ status }) => status !== 'queued' && status !== 'running')
    for (const turn of over.slice(shown)) context.print(`${turnText(turn, context.out)}\n`)
    shown = Math.max(shown, over.length)
  }
  return {
    async follow({ agon }, runId, context) {
      const { signal } = context.interrupt
      const onReconnect = (problem?: { detail: string }) => problem && context.tell(context.err.warn(`${problem.detail} Trying again.`))
      try {
        for await (const event of agon.watchRun(runId, { signal, onReconnect })) {
          if (event.type === 'node.turn') newTurns(await valueOrProblem(agon.runs.transcript(runId)), context)
          else if (event.type === 'node.retried') context.tell(eventLine(event, context.err) ?? '')
        }
      } catch (error) {
        if (error instanceof WatchError) throw problemError(error.problem)
        throw error
      }
      return valueOrProblem(agon.runs.get(runId))
    },
    async tell({ agon }, run, options, context) {
      if (options.json) return tellOutcome(run, options, context)
      const transcript = await valueOrProblem(agon.runs.transcript(run.run_id))
      newTurns(transcript, context)
      for (const team of transcript.teams) {
        if (team.summary) context.print(`${context.out.bold('Summary')}\n${printable(team.summary.text)}\n`)
        context.tell(endText(team, context.err))
      }
      if (run.error) context.tell(context.err.bad(printable(`${run.error.code}: ${run.error.message}`)))
      return codeOf(run)
    },
  }
}

/** What the teams of a run have said so far. */
export const transcriptCommand = (runId: string, options: PersonSessionOptions, context: Context): Promise<ExitCode> =>
  asPerson(options, context, async ({ agon }: Session) => {
    const transcript = await valueOrProblem(agon.runs.transcript(runId))
    context.print(
      options.json ? JSON.stringify(transcript) : transcript.teams.map((team) => transcriptText(team, context.out)).join('\n\n'),
    )
    return exitCodes.done
  })
