import type { Route } from '../route.ts'
import { judgesQuery, leaderboardQuery, pairsQuery } from './board-requests.ts'

/** What battles add up to. */
export const boardRoutes = {
  leaderboard: {
    method: 'get',
    path: '/leaderboard',
    summary: 'Competitors by Elo, or by Bradley-Terry with intervals and ranks from them',
    caller: 'any',
    query: leaderboardQuery,
    responses: { 200: ['The leaderboard', 'leaderboard'] },
  },
  judges: {
    method: 'get',
    path: '/judges',
    summary: 'How far each judge can be trusted: consistency, bias for the first, agreement with the crowd, cost',
    caller: 'any',
    query: judgesQuery,
    responses: { 200: ['The judges', 'judges'] },
  },
  nextPairs: {
    method: 'get',
    path: '/pairs/next',
    summary: 'The pairs whose comparison would tell most, the most informative first',
    caller: 'any',
    query: pairsQuery,
    responses: { 200: ['The pairs', 'pairs'] },
  },
} as const satisfies Record<string, Route>
