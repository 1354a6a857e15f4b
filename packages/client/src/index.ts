export { type AgonClient, type AgonClientOptions, createAgonClient } from './agon-client.ts'
export {
  type AgonOperator,
  type AgonOperatorOptions,
  createAgonOperator,
  type DeadLetterPage,
  type DeadLetterQuery,
  type DecidedVotes,
  type HeldVotePage,
  type HeldVoteQuery,
  type RedriveFilter,
  type Redriven,
  type Status,
  type VoteFilter,
  type VoteRemarks,
  type Workers,
} from './agon-operator.ts'
export type { BattleEvent, EventData, EventError } from './events.ts'
export type {
  Changes,
  CreateLens,
  Lens,
  LensesClient,
  LensPage,
  LensVersions,
  RunStarted,
  SaveLens,
  StartLensRun,
} from './lenses-client.ts'
export type {
  ClaimLocalExecutions,
  HeldLocalExecution,
  LocalExecution,
  LocalExecutionOutcome,
  LocalExecutions,
  LocalExecutionsClient,
} from './local-executions-client.ts'
export type { Outcome, Problem } from './outcome.ts'
export type { RunEvent, RunEventData, RunEventError } from './run-events.ts'
export {
  type AnswerNode,
  type AnswerWait,
  type ForkRun,
  hasEnded,
  type Run,
  type RunEventPage,
  type RunNode,
  type RunPage,
  type RunReplayed,
  type RunsClient,
  type Wait,
  type WaitForRunOptions,
} from './runs-client.ts'
export type { components, paths } from './schema.ts'
export type {
  AddKey,
  Analyses,
  Analysis,
  Battle,
  BattlePage,
  BattleSummary,
  Board,
  BoardQuery,
  Budget,
  CreateBattle,
  ErrorTable,
  EventPage,
  EventsQuery,
  Exported,
  ExportPage,
  ExportQuery,
  Judges,
  JudgesQuery,
  JudgeWeights,
  Key,
  Keys,
  Leaderboard,
  LeaderboardQuery,
  LearnedWeights,
  ListQuery,
  Models,
  NewAnalysis,
  NewSubmission,
  Pairs,
  PairsQuery,
  RotateKey,
  WinnerOverride,
} from './shapes.ts'
export type { ForkTemplate, TemplatesClient, WorkflowTemplate, WorkflowTemplates } from './templates-client.ts'
export { type Transcript, transcriptOf } from './transcript.ts'
export type {
  CreateTrigger,
  PreviewSchedule,
  SchedulePreview,
  Trigger,
  TriggerFiringPage,
  TriggerMade,
  TriggersClient,
  TriggerWithDues,
  TriggerWithSecret,
  UpdateTrigger,
} from './triggers-client.ts'
export { isFinished, type WaitOptions } from './wait-for-battle.ts'
export { WatchError, type WatchOptions } from './watch-battle.ts'
export type { WatchLogOptions } from './watch-log.ts'
export type {
  CreateWebhook,
  UpdateWebhook,
  Webhook,
  WebhookDeliveryPage,
  WebhooksClient,
  WebhookWithSecret,
} from './webhooks-client.ts'
export type {
  CreateWorkflow,
  SaveWorkflow,
  StartRun,
  Workflow,
  WorkflowDocument,
  WorkflowPage,
  WorkflowProblem,
  WorkflowsClient,
  WorkflowValidation,
  WorkflowVersions,
} from './workflows-client.ts'
