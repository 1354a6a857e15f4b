import type { BattleJob, Claim, NodeJob, Result, StepError, Store } from '@agon/runner-core'
import { fail, ok, stepError } from '@agon/runner-core'
import { battleClaim } from '@agon/store/driver-answers'
import { progressRow, submissionRow } from '@agon/store/driver-rows'
import { nodeClaim } from '@agon/store/workflow-answers'
import { nodeProgressRow, resultRow } from '@agon/store/workflow-rows'
import { createPageCalls, type PageOptions } from './page-calls.ts'

/** What a battle's text step, and a node that asks for text, ask of their store. */
export type LocalStore = Pick<
  Store,
  | 'heartbeat'
  | 'reportRateLimit'
  | 'wake'
  | 'showProgress'
  | 'completeBattleJob'
  | 'checkpointBattleJob'
  | 'requeueBattleJob'
  | 'deadLetterBattleJob'
  | 'completeWorkflowNode'
  | 'completeWorkflowNodes'
  | 'failWorkflowNode'
  | 'checkpointNode'
> & {
  claimContenders(driver: string, providers: string[], most: number): Promise<Result<Claim<BattleJob>, StepError>>
  claimNodes(driver: string, providers: string[], most: number): Promise<Result<Claim<NodeJob>, StepError>>
  /** Lets another page take these: at once, and to the end even where this page is closing. */
  giveBack(leaseTokens: number[]): Promise<void>
}

/** runner-core's store for one page: the routes under /local-executions and /local-nodes, with the owner's token. */
export function createLocalStore(options: PageOptions): LocalStore {
  const contenders = createPageCalls('/local-executions', options)
  const nodes = createPageCalls('/local-nodes', options)

  const store: LocalStore = {
    heartbeat: (leaseToken) => (nodes.holds(leaseToken) ? nodes : contenders).heartbeat(leaseToken),
    // The user's own limit: the backoff of the attempt says how long it is waited for, and nobody else draws on the key.
    reportRateLimit: async () => ok(undefined),
    wake: async () => ok(false),
    async giveBack(leaseTokens) {
      await Promise.all([contenders.giveBack(leaseTokens), nodes.giveBack(leaseTokens)])
    },

    claimContenders: (driver, providers, most) => contenders.claim(driver, providers, most, battleClaim),
    showProgress: (jobId, leaseToken, progress) => contenders.show(jobId, leaseToken, progressRow(progress)),
    completeBattleJob: (jobId, leaseToken, output) => contenders.complete(jobId, leaseToken, { output: submissionRow(output) }),
    async checkpointBattleJob(jobId, leaseToken, progress) {
      const shown = await store.showProgress(jobId, leaseToken, progress)
      return shown.ok && shown.value ? contenders.yield(jobId, leaseToken) : shown
    },
    requeueBattleJob: (jobId, leaseToken, backoffMs, error) => contenders.fail(jobId, leaseToken, backoffMs, error),
    deadLetterBattleJob: (jobId, leaseToken, error) => contenders.fail(jobId, leaseToken, null, error),

    async claimNodes(driver, providers, most) {
      const claimed = await nodes.claim(driver, providers, most, nodeClaim)
      if (!claimed.ok) return claimed
      const errand = claimed.value.jobs.find((job) => job.cancels)
      if (errand) return fail(stepError('store_refused', 'A page was given an errand at a provider.'))
      return ok({ ...claimed.value, jobs: claimed.value.jobs as NodeJob[] })
    },
    completeWorkflowNode: ({ jobId, leaseToken }, result, notes) => nodes.complete(jobId, leaseToken, { result: resultRow(result, notes) }),
    // Each is told by itself, by the call above: a page has few at once.
    completeWorkflowNodes: async () => fail(stepError('store_refused', 'A page tells each of its nodes by itself.')),
    failWorkflowNode: ({ jobId, leaseToken }, error, backoffMs, notes) => nodes.fail(jobId, leaseToken, backoffMs, error, { notes }),
    async checkpointNode({ jobId, leaseToken }, progress, yields) {
      const shown = await nodes.show(jobId, leaseToken, nodeProgressRow(progress))
      return yields && shown.ok && shown.value ? nodes.yield(jobId, leaseToken) : shown
    },
  }
  return store
}
