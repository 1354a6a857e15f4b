import type { Route } from '../route.ts'
import { exportParams, exportQuery } from './export-requests.ts'

export const exportRoutes = {
  export: {
    method: 'get',
    path: '/export/{what}',
    summary: 'Closed battles, their answers, votes and verdicts, or the log of comparisons, streamed as JSON lines or CSV',
    caller: 'any',
    params: exportParams,
    query: exportQuery,
    streams: ['application/jsonl', 'text/csv'],
    responses: { 200: ['A row a line', 'line'] },
  },
} as const satisfies Record<string, Route>
