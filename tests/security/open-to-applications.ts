/**
 * What an application's key and a signed-in user may do by themselves, over HTTP: read these columns, and nothing else. They write no table and
 * call no function of ours. Written apart from the matrix of tests/database/grants.test.ts on purpose: that one is held against the catalog,
 * this one against what PostgREST answers.
 */
export const readable: Record<string, 'all columns' | string> = {
  'battles.battles':
    'battle_id status battle_type category title task_prompt max_tokens temperature handicap scoring_mode outcome judge_outcome winner_contender_id judge_mode created_at published_at submissions_end_at voting_window_ms voting_ends_at finished_at',
  'battles.contenders': 'contender_id battle_id slot contender_type status model_key model_kind identity simulated settled_at',
  'battles.judges': 'judge_id battle_id seat model_key weight simulated',
  'battles.submissions': 'all columns',
  'battles.ratings': 'all columns',
  'battles.elo_changes': 'all columns',
}

/** Relations that not even the service reads: functions alone do. */
export const closedToTheService = [
  'execution.request_counts',
  'execution.waiters',
  'lenses.trigger_receipts',
  'lenses.workflow_triggers',
  'webhooks.subscriptions',
]

/** Functions with their owner's rights that an application's role may call, each with the reason (splinter 0028, 0029). */
export const openDefinerFunctions: Record<string, string> = {}

/** Columns that not even the service reads, of relations it does read. */
export const closedColumns: Record<string, string[]> = {
  'lensers.byok_api_keys': ['sealed'],
  'lenses.workflow_waits': ['answer', 'children_max', 'fail_fast', 'state', 'token_sha256'],
}
