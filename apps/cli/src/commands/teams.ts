import { type TeamTranscript, WatchError } from '@agon/client'
import { problemError, usageError } from '../cli-error.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { remoteOf, type Session } from '../platform/session.ts'
import { type TeamRunOptions, teamOf } from '../team/asked-team.ts'
import { completed } from '../team/members.ts'
import { begunText, endText, transcriptText, turnText } from '../team/transcript-text.ts'
import { printable } from '../terminal/printable.ts'
import { eventLine } from '../workflow/run-table.ts'
import { checkBeforehand, findMeans } from './battle.ts'
import type { Context } from './context.ts'
import { asPerson, type PersonSessionOptions, valueOrProblem } from './person-session.ts'
import { codeOf, follow, type Showing, tellOutcome } from './runs.ts'

/** Lets a team work on a task, and prints what they say as they say it. */
export const runTeamCommand = async (task: string | undefined, options: TeamRunOptions, context: Context): Promise<ExitCode> => {
  const { members, summary, ...team } = teamOf(task, options)
  const isRemote = remoteOf(options, context.variables) !== undefined
  if (isRemote && members.length === 0)
    throw usageError('A team on a remote project needs its members named.', 'Give --member name=model at least twice.')
  const chosen = isRemote ? { members } : completed(members, await findMeans(context))
  const models = [...chosen.members, ...(summary ? [summary] : [])].flatMap(({ model_key }) =>
    model_key === undefined ? [] : [{ model: model_key }],
  )
  if (!isRemote) await checkBeforehand({ contenders: models }, context)
  if ('note' in chosen && chosen.note) context.tell(context.err.dim(chosen.note))
  return asPerson(options, context, async (session) => {
    const begun = await valueOrProblem(
      session.agon.teams.start(
        { ...team, members: chosen.members, ...(summary && { summary }) },
        options.key === undefined ? {} : { idempotencyKey: options.key },
      ),
    )
    return follow(session, begun.run_id, options, context, asTeam())
  })
}

/** A team is read while it talks: who begins, each turn as it is over, then why it ended. */
function asTeam(): Showing {
  // Of a round in parallel the last may be over first.
  const shown = new Set<string>()
  const newTurns = ({ teams }: TeamTranscript, context: Context) => {
    const over = teams.flatMap(({ turns }) => turns).filter(({ status }) => status !== 'queued' && status !== 'running')
    for (const turn of over.filter(({ run_id }) => !shown.has(run_id))) {
      context.print(`${turnText(turn, context.out)}\n`)
      shown.add(turn.run_id)
    }
  }
  return {
    async follow({ agon }, runId, context) {
      const { signal } = context.interrupt
      const onReconnect = (problem?: { detail: string }) => problem && context.tell(context.err.warn(`${problem.detail} Trying again.`))
      try {
        for await (const event of agon.watchRun(runId, { signal, onReconnect })) {
          if (event.type === 'node.turn_begun') context.tell(context.err.dim(printable(begunText(event.data))))
          else if (event.type === 'node.turn') newTurns(await valueOrProblem(agon.runs.transcript(runId)), context)
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
