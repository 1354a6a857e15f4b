/** Kinds of jobs whose battle is locked before them. */
export const battleKinds = [
  'battle_job',
  'async_execution',
  'bridge_execution',
  'battle_judging',
  'battle_analysis',
  'battle_keyframes',
  'coding_job',
  'local_execution',
  'workflow_contender',
] as const

/** Kinds of nodes, by what their drivers need. */
export const workflowKinds = [
  'workflow_node',
  'team_run',
  'lens_run',
  'workflow_media',
  'workflow_tool',
  'workflow_program',
  'local_node',
] as const

/** Every kind of job there is, as `execution.job_kinds` names them: what an operator may ask for. */
export const jobKinds = [
  ...battleKinds,
  'webhook_delivery',
  'vote_scan',
  'rating_refresh',
  'rating_refresh_large',
  ...workflowKinds,
  'schedule_refill',
  'workflow_trigger',
] as const
