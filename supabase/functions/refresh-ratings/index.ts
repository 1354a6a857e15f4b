import { createDispatcher } from '@agon/runner-core/dispatcher'
import { stepError } from '@agon/runner-core/errors'
import { ratingRefreshes, refreshBudget } from '@agon/runner-core/refresh-step'
import { fail } from '@agon/runner-core/result'
import { createBoardStore } from '@agon/store/board-store'
import { connect } from '@agon/store/connection'
import { createDriverStore } from '@agon/store/driver-store'
import { clock } from '../_shared/clock.ts'
import { databaseKey, environment } from '../_shared/environment.ts'
import { machineFunction } from '../_shared/machine-function.ts'

const database = connect({ url: environment.SUPABASE_URL, secretKey: databaseKey })
const limit = environment.AGON_BOARD_LIMIT
let budget = refreshBudget({ limit })
const dispatcher = createDispatcher({
  lines: [ratingRefreshes(createBoardStore(database), { limit, stylePages: 5, onWork: (work) => budget.spend(work) })],
  world: {
    store: createDriverStore(database),
    providers: () => fail(stepError('internal', 'Boards call no provider')),
    clock,
    random: Math.random,
    log: (entry) => console.log(JSON.stringify(entry)),
  },
  driver: `${environment.SUPABASE_FUNCTION_SLUG}:${environment.SB_EXECUTION_ID}`,
  slots: 1, // it is CPU that is short here, and one board at a time keeps to it
})

/** Computes the boards that the log has outgrown, as many as the CPU of one invocation allows. Woken by the database; the body is ignored. */
export const handler = machineFunction(() => {
  budget = refreshBudget({ limit })
  return dispatcher.wake(budget)
})

Deno.serve(handler)
