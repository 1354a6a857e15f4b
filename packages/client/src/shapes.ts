import type { components, paths } from './schema.ts'

/** The API's own shapes, by the names the OpenAPI document gives them. */
export type Battle = components['schemas']['Battle']
export type BattleSummary = components['schemas']['BattleSummary']
export type BattlePage = components['schemas']['BattlePage']
export type CreateBattle = components['schemas']['CreateBattle']
export type Leaderboard = components['schemas']['Leaderboard']
export type Models = components['schemas']['Models']
export type NewSubmission = components['schemas']['NewSubmission']
export type Analyses = components['schemas']['Analyses']
export type Analysis = components['schemas']['Analysis']
export type NewAnalysis = components['schemas']['NewAnalysis']
export type JudgeWeights = components['schemas']['JudgeWeights']
export type LearnedWeights = components['schemas']['LearnedWeights']
export type WinnerOverride = components['schemas']['WinnerOverride']
export type AddKey = components['schemas']['AddKey']
export type RotateKey = components['schemas']['RotateKey']
export type Key = components['schemas']['Key']
export type Keys = components['schemas']['Keys']
export type Budget = components['schemas']['Budget']
export type ListQuery = NonNullable<paths['/api/battles']['get']['parameters']['query']>
export type Board = components['schemas']['Board']
export type BoardQuery = Omit<NonNullable<paths['/api/leaderboard']['get']['parameters']['query']>, 'board' | 'cursor'>
export type Judges = components['schemas']['Judges']
export type JudgesQuery = NonNullable<paths['/api/judges']['get']['parameters']['query']>
export type Pairs = components['schemas']['Pairs']
export type PairsQuery = NonNullable<paths['/api/pairs/next']['get']['parameters']['query']>
export type Exported = paths['/api/export/{what}']['get']['parameters']['path']['what']
export type ExportQuery = Omit<NonNullable<paths['/api/export/{what}']['get']['parameters']['query']>, 'page'>
/** A page of an export: its text, and where the next begins; undefined on the last. */
export interface ExportPage {
  text: string
  next: string | undefined
}
export type LeaderboardQuery = Pick<NonNullable<paths['/api/leaderboard']['get']['parameters']['query']>, 'limit' | 'cursor'>
/** Every error code, what it means and what to do. */
export type ErrorTable = paths['/api/errors']['get']['responses'][200]['content']['application/json']
export type EventPage = components['schemas']['EventPage']
export type EventsQuery = NonNullable<paths['/api/battles/{battle_id}/events']['get']['parameters']['query']>
