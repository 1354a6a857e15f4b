import { setTimeout as delay } from 'node:timers/promises'
import { createDispatcher, type StepError, type StepWorld, stepError, workerBudget } from '@agon/runner-core'
import { ratingRefreshes } from '@agon/runner-core/refresh-step'
import { fail, type Result } from '@agon/runner-core/result'
import { connect, createBoardStore, createDriverStore, createRatingStore } from '@agon/store'
import { CliError } from '../cli-error.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { inProject, type Project, type ProjectOptions } from '../platform/project.ts'
import type { Context } from './context.ts'

const pageOfBattles = 200

/** The log, its sums and every board, from battles alone. Over a whole log it writes nothing but the same boards again. */
export function rebuildCommand(options: ProjectOptions, context: Context): Promise<ExitCode> {
  return inProject(options, context, async (project) => {
    const ratings = createRatingStore(connect(project))
    let battles = 0
    let written = 0
    for (let after: string | null = '00000000-0000-0000-0000-000000000000'; after !== null; ) {
      const page: { battles: number; written: number; next: string | null } = got(await ratings.relog(after, pageOfBattles))
      battles += page.battles
      written += page.written
      after = page.next
      if (after !== null) context.tell(`${battles} battles …`)
    }
    const wrong = got(await ratings.resum())
    const boards = await refreshBoards(project, context)
    if (options.json) context.print(JSON.stringify({ battles, written, wrong_sums: wrong, boards }))
    else
      context.print(
        `${battles} battles read; ${written} comparisons were missing or wrong in the log, ${wrong} sums were wrong. ${boards} boards computed anew.`,
      )
    return exitCodes.done
  })
}

/** Computes every board that is stale, of any size, in this process and beside whoever else does. */
async function refreshBoards(project: Project, { interrupt, tell }: Context): Promise<number> {
  const database = connect(project)
  const store = createBoardStore(database)
  const world: StepWorld = {
    store: createDriverStore(database),
    providers: () => fail(stepError('internal', 'Boards call no provider')),
    clock: { now: () => performance.now(), sleep: (ms, signal) => delay(ms, undefined, signal ? { signal } : {}).catch(() => undefined) },
    random: Math.random,
    log: ({ level, event, message }) => {
      if (level !== 'info') tell(`${event}${message ? `: ${message}` : ''}`)
    },
  }
  const lines = [ratingRefreshes(store), ratingRefreshes(store, {}, true)]
  const dispatcher = createDispatcher({ lines, world, driver: `agon:${process.pid}`, slots: 1, patienceMs: 0 })
  let computed = 0
  // What is asked for meanwhile by battles that close is the schedule's, which would keep this command for ever.
  for (let round = 0; round < 2; round++) {
    got(await store.refreshDue())
    computed += (await dispatcher.wake(workerBudget({ stopped: interrupt.signal }))).claimed
  }
  return computed
}

function got<T>(result: Result<T, StepError>): T {
  if (result.ok) return result.value
  throw new CliError(`${result.error.message} (${result.error.code})`, {
    remedy: 'Check the secret key and that the migrations are applied, then run it again: what is done stays done.',
  })
}
