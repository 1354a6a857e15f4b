import type {
  AnalysisJob,
  AsyncJob,
  BattleJob,
  Claim,
  JudgingJob,
  NodeCancelJob,
  NodeJob,
  Store,
  VoteScanJob,
  WebhookDelivery,
  WorkflowContenderJob,
} from '../ports/index.ts'
import { ok } from '../result.ts'

export interface Call {
  method: keyof Store
  args: unknown[]
}

/**
 * The Store port in memory, for tests of the decisions above it. It remembers what it was asked; any method can be replaced.
 * That the real store keeps the same promises is proved against PostgreSQL, in tests/.
 */
export function fakeStore(overrides: Partial<Store> = {}): Store & { calls: Call[]; count(method: keyof Store): number } {
  const calls: Call[] = []
  const nothing = { jobs: [], leaseMs: 30_000, nextDueMs: null }
  const defaults: Store = {
    claimBattleJobs: async () => ok(nothing as Claim<BattleJob>),
    claimAsyncExecutions: async () => ok(nothing as Claim<AsyncJob>),
    claimBattleJudgings: async () => ok(nothing as Claim<JudgingJob>),
    heartbeat: async () => ok([]),
    completeBattleJob: async () => ok(true),
    showProgress: async () => ok(true),
    checkpointBattleJob: async () => ok(true),
    parkBattleJob: async () => ok(true),
    reparkBattleJob: async () => ok(true),
    completeTaskCancel: async () => ok(true),
    reportRateLimit: async () => ok(undefined),
    requeueBattleJob: async () => ok('requeued'),
    deadLetterBattleJob: async () => ok('dead_lettered'),
    recordVerdict: async () => ok('recorded'),
    recordRubric: async (_job, _lease, rubric) => ok(rubric),
    recordTranscript: async () => ok(true),
    yieldJob: async () => ok(true),
    claimBattleAnalyses: async () => ok(nothing as Claim<AnalysisJob>),
    recordAnalysisCall: async () => ok('recorded'),
    completeBattleAnalysis: async () => ok(true),
    startAnalyses: async () => ok(0),
    completeBattleJudging: async () => ok(true),
    finalizeBattle: async () => ok('closed'),
    claimWebhookDeliveries: async () => ok(nothing as Claim<WebhookDelivery>),
    completeWebhookDelivery: async () => ok(true),
    failWebhookDelivery: async () => ok('requeued'),
    claimVoteScans: async () => ok(nothing as Claim<VoteScanJob>),
    votesToScan: async () => ok([]),
    recordVoteScan: async () => ok(0),
    wake: async () => ok(true),
    claimWorkflowNodes: async () => ok(nothing as Claim<NodeJob | NodeCancelJob>),
    completeWorkflowNode: async () => ok(true),
    completeWorkflowNodes: async (ends) => ok(ends.map(({ lease }) => lease.jobId)),
    completeWorkflowNodeAndGoOn: async () => ok({ recorded: true, next: nothing as Claim<NodeJob | NodeCancelJob> }),
    failWorkflowNode: async () => ok('requeued'),
    suspendWorkflowNode: async () => ok(true),
    openNodeTask: async () => ok(true),
    reparkNodeTask: async () => ok(true),
    checkpointNode: async () => ok(true),
    createBattleFor: async () => ok({ battleId: '00000000-0000-4000-8000-0000000000b1' }),
    publishBattleFor: async () => ok('published'),
    claimWorkflowContenders: async () => ok(nothing as Claim<WorkflowContenderJob>),
    beginContenderRun: async () => ok(true),
    awaitContenderRun: async () => ok(true),
    cancelContenderRun: async () => ok(true),
    createBattleInRun: async () => ok({ battleId: 'battle' }),
    contendingVersions: async () => ok([]),
    takeSlot: async () => ok({ slot: null, taskPrompt: '' }),
    endOpenSlots: async () => ok(0),
    battleFor: async () => ok(null),
    battleScores: async () => ok([]),
    rateBattle: async () => ok(true),
  }
  const store = Object.fromEntries(
    Object.entries({ ...defaults, ...overrides }).map(([method, act]) => [
      method,
      (...args: unknown[]) => {
        calls.push({ method: method as keyof Store, args })
        return (act as (...args: unknown[]) => unknown)(...args)
      },
    ]),
  ) as unknown as Store
  return Object.assign(store, { calls, count: (method: keyof Store) => calls.filter((call) => call.method === method).length })
}
