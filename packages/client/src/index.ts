export { type AgonClient, type AgonClientOptions, createAgonClient } from './agon-client.ts'
export type { BattleEvent, EventData, EventError } from './events.ts'
export type { Outcome, Problem } from './outcome.ts'
export type { components, paths } from './schema.ts'
export type {
  Battle,
  BattlePage,
  BattleSummary,
  Board,
  BoardQuery,
  CreateBattle,
  Exported,
  ExportPage,
  ExportQuery,
  Judges,
  JudgesQuery,
  Leaderboard,
  ListQuery,
  Models,
  NewSubmission,
  Pairs,
  PairsQuery,
} from './shapes.ts'
export { type Transcript, transcriptOf } from './transcript.ts'
export { isFinished, type WaitOptions } from './wait-for-battle.ts'
export { WatchError, type WatchOptions } from './watch-battle.ts'
