import type { components, paths } from './schema.ts'

/** The API's own shapes, by the names the OpenAPI document gives them. */
export type Battle = components['schemas']['Battle']
export type BattleSummary = components['schemas']['BattleSummary']
export type BattlePage = components['schemas']['BattlePage']
export type CreateBattle = components['schemas']['CreateBattle']
export type Leaderboard = components['schemas']['Leaderboard']
export type Models = components['schemas']['Models']
export type NewSubmission = components['schemas']['NewSubmission']
export type ListQuery = NonNullable<paths['/api/battles']['get']['parameters']['query']>
