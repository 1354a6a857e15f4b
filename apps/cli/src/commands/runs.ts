import { hasEnded, type Run } from '@agon/client'
import { usageError } from '../cli-error.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import type { Session } from '../platform/session.ts'
import { table } from '../terminal/columns.ts'
import { printable } from '../terminal/printable.ts'
import { inputsOf } from '../workflow/documents.ts'
import { followRun } from '../workflow/follow-run.ts'
import { runTable, statusText } from '../workflow/run-table.ts'
import type { Context } from './context.ts'
import { asPerson, type PersonSessionOptions, valueOrProblem } from './person-session.ts'

export interface FollowOptions extends PersonSessionOptions {
  /** Begins it and does not wait: --detach. */
  detach?: true
}

export const codeOf = ({ status }: Run): ExitCode =>
  status === 'completed' ? exitCodes.done : status === 'cancelled' ? exitCodes.cancelled : exitCodes.failed

/** What a run came to, on stdout. */
export function tellOutcome(run: Run, options: PersonSessionOptions, context: Context): ExitCode {
  if (options.json) context.print(JSON.stringify(run))
  else if (run.output) context.print(printable(run.output.output || JSON.stringify(run.output.data ?? run.output.media ?? '')))
  else if (run.error) context.tell(context.err.bad(printable(`${run.error.code}: ${run.error.message}`)))
  return codeOf(run)
}

/** How a run is shown: while it runs, and what it came to. */
export interface Showing {
  follow(session: Session, runId: string, context: Context): Promise<Run>
  tell(session: Session, run: Run, options: PersonSessionOptions, context: Context): Promise<ExitCode>
}

const asRun: Showing = {
  follow: (session, runId, context) => followRun(session, runId, {}, context),
  tell: async (_, run, options, context) => tellOutcome(run, options, context),
}

/** Follows a run that was just begun. Ctrl-C cancels it, as nobody else would. */
export async function follow(
  session: Session,
  runId: string,
  options: FollowOptions,
  context: Context,
  showing: Showing = asRun,
): Promise<ExitCode> {
  context.tell(context.err.dim(`Run ${runId}`))
  if (options.detach) {
    const run = await valueOrProblem(session.agon.runs.get(runId))
    context.print(options.json ? JSON.stringify(run) : runId)
    return exitCodes.done
  }
  let run: Run
  if (options.json) run = await valueOrProblem(session.agon.runs.waitFor(runId, { signal: context.interrupt.signal })).catch(ifInterrupted)
  else run = await showing.follow(session, runId, context).catch(ifInterrupted)
  if (!hasEnded(run) && context.interrupt.signal.aborted) run = await cancelled(session, runId)
  return showing.tell(session, run, options, context)

  async function ifInterrupted(error: unknown): Promise<Run> {
    if (!context.interrupt.signal.aborted) throw error
    return cancelled(session, runId)
  }
}

async function cancelled({ agon }: Session, runId: string): Promise<Run> {
  const ended = await agon.runs.cancel(runId)
  return ended.ok ? ended.value : valueOrProblem(agon.runs.get(runId))
}

export interface RunsOptions extends PersonSessionOptions {
  workflow?: string
  status?: Run['status']
}

export const listRunsCommand = (options: RunsOptions, context: Context): Promise<ExitCode> =>
  asPerson(options, context, async ({ agon }) => {
    const { workflow, status } = options
    const { runs } = await valueOrProblem(
      agon.runs.list({ limit: 100, ...(workflow && { workflow_id: workflow }), ...(status && { status }) }),
    )
    if (options.json) context.print(JSON.stringify(runs))
    else if (runs.length === 0) context.print('No run yet: npm run agon -- workflow run <workflow>')
    else
      context.print(
        table(
          runs.map((run) => [
            run.run_id,
            run.created_at.slice(0, 19).replace('T', ' '),
            statusText(run.status, context.out),
            run.trigger_mode,
            printable(run.title ?? ''),
          ]),
        ),
      )
    return exitCodes.done
  })

export const watchRunCommand = (runId: string, options: PersonSessionOptions & { after?: number }, context: Context): Promise<ExitCode> =>
  asPerson(options, context, async (session) => {
    const run = await followRun(session, runId, { json: options.json, after: options.after }, context)
    if (!hasEnded(run)) return exitCodes.cancelled
    if (options.json) return codeOf(run)
    if (process.stderr.isTTY !== true) context.print(runTable(run, { style: context.out, width: context.width, height: Infinity }))
    return tellOutcome(run, {}, context)
  })

/** Shows a run after an act, as it stands. */
function tellRun(run: Run, options: PersonSessionOptions, context: Context): ExitCode {
  context.print(options.json ? JSON.stringify(run) : runTable(run, { style: context.out, width: context.width, height: Infinity }))
  return exitCodes.done
}

export const cancelRunCommand = (runId: string, options: PersonSessionOptions, context: Context): Promise<ExitCode> =>
  asPerson(options, context, async ({ agon }) => tellRun(await valueOrProblem(agon.runs.cancel(runId)), options, context))

export const retryRunCommand = (runId: string, options: FollowOptions & { from?: string }, context: Context): Promise<ExitCode> =>
  asPerson(options, context, async (session) => {
    await valueOrProblem(session.agon.runs.retry(runId, options.from))
    return follow(session, runId, options, context)
  })

export interface ForkRunOptions extends FollowOptions {
  from?: string
  input?: string[]
  nodeInput?: string[]
}

export const forkRunCommand = (runId: string, options: ForkRunOptions, context: Context): Promise<ExitCode> => {
  const { from, input, nodeInput } = options
  if (from === undefined) throw usageError('A fork begins at a node.', 'Give --from <node>.')
  const changes = {
    node_id: from,
    ...(input && { inputs: inputsOf(input, undefined) }),
    ...(nodeInput && { node_inputs: inputsOf(nodeInput, undefined) }),
  }
  return asPerson(options, context, async (session) => {
    const fork = await valueOrProblem(session.agon.runs.fork(runId, changes))
    return follow(session, fork.run_id, options, context)
  })
}

export const replayRunCommand = (runId: string, options: PersonSessionOptions, context: Context): Promise<ExitCode> =>
  asPerson(options, context, async ({ agon }) => tellRun(await valueOrProblem(agon.runs.replay(runId)), options, context))

export interface AnswerOptions extends PersonSessionOptions {
  approve?: true
  reject?: true
  data?: string
}

export const answerRunCommand = (runId: string, node: string, options: AnswerOptions, context: Context): Promise<ExitCode> => {
  const { approve, reject, data } = options
  if (approve && reject) throw usageError('Either --approve or --reject.')
  const answer = {
    ...((approve || reject) && { decision: approve ? ('approved' as const) : ('rejected' as const) }),
    ...(data !== undefined && { data: inputsOf([`data=${data}`], undefined).data }),
  }
  return asPerson(options, context, async ({ agon }) => {
    await valueOrProblem(agon.runs.answer(runId, node, answer))
    context.print(options.json ? JSON.stringify({ answered: true }) : `${node} is answered.`)
    return exitCodes.done
  })
}
