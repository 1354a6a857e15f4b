/** Nodes that change something outside the run. In a dry run they need a pinned output. */
const acting = new Set([
  'battle_create',
  'judge_battle',
  'score_aggregator',
  'leaderboard_update',
  'http_request',
  'webhook_sender',
  'slack_notify',
  'discord_notify',
  'email_send',
  'object_storage_upload',
  'supabase_query',
])

/** A request that only reads changes nothing. */
const reads = (config: Record<string, unknown>): boolean => ['GET', 'HEAD'].includes(String(config.method ?? 'GET').toUpperCase())

export const hasSideEffects = (nodeType: string, config: Record<string, unknown>): boolean =>
  acting.has(nodeType) && !(nodeType === 'http_request' && reads(config))
