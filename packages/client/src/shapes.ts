import type { components, paths } from './schema.ts'

/** The API's own shapes, by the names the OpenAPI document gives them. */
export type Battle = components['schemas']['Battle']
export type BattleSummary = components['schemas']['BattleSummary']
export type BattlePage = components['schemas']['BattlePage']
export type CreateBattle = components['schemas']['CreateBattle']
export type Leaderboard = components['schemas']['Leaderboard']
export type Models = components['schemas']['Models']
export type NewSubmission = components['schemas']['NewSubmission']
export type AddKey = components['schemas']['AddKey']
export type RotateKey = components['schemas']['RotateKey']
export type Key = components['schemas']['Key']
export type Keys = components['schemas']['Keys']
export type Budget = components['schemas']['Budget']
export type ListQuery = NonNullable<paths['/api/battles']['get']['parameters']['query']>
export type LeaderboardQuery = NonNullable<paths['/api/leaderboard']['get']['parameters']['query']>
/** Every error code, what it means and what to do. */
export type ErrorTable = paths['/api/errors']['get']['responses'][200]['content']['application/json']
export type EventPage = components['schemas']['EventPage']
export type EventsQuery = NonNullable<paths['/api/battles/{battle_id}/events']['get']['parameters']['query']>
