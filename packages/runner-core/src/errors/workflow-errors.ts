import type { ErrorEntry } from './error-entry.ts'

/** What a workflow can end with, or be refused for, and what starts one. */
export const workflowErrors = {
  lens_invalid: {
    status: 422,
    retryable: false,
    title: 'The lens has faults',
    remedy: 'Correct every problem that errors names: each says the place and what to do.',
  },
  workflow_invalid: {
    status: 422,
    retryable: false,
    title: 'The workflow has faults',
    remedy: 'Correct every problem that errors names: each says the node and what to do.',
  },
  input_contract_violation: {
    status: 422,
    retryable: false,
    title: 'What goes into the node breaks its input contract',
    remedy: 'Supply what the detail names, or change the contract. With contract_violated in retry_on it is tried again.',
  },
  output_contract_violation: {
    status: 502,
    retryable: false,
    title: 'What the node made breaks its output contract',
    remedy: 'Tell the model in the template what the contract asks for, or add contract_violated to retry_on.',
  },
  node_timeout: {
    status: 504,
    retryable: true,
    title: 'The node did not end in time',
    remedy: 'Raise its timeout_ms. It is tried again when retry_on has timeout.',
  },
  upstream_failure: {
    status: 424,
    retryable: false,
    title: 'A node before this one failed',
    remedy: 'See which of its parents failed; on_parent_failure says what becomes of a node then.',
  },
  moderation_blocked: {
    status: 422,
    retryable: false,
    title: 'Moderation does not let this pass',
    remedy: 'Change the text. The run’s log says which side was flagged and in what category.',
  },
  moderation_unavailable: {
    status: 503,
    retryable: true,
    title: 'Moderation could not be asked',
    remedy: 'It is tried again; nothing passes unseen. Set the key of the moderation provider, or moderation: off on the node.',
  },
  context_too_large: {
    status: 413,
    retryable: false,
    title: 'What goes into the node is too large',
    remedy: 'At most 512 KiB as JSON: summarise before, or pass a reference.',
  },
  capability_missing: {
    status: 409,
    retryable: false,
    title: 'Nothing that runs here can do this',
    remedy:
      'Run a worker that can (npm run worker; for films and media conversion on a machine with ffmpeg, or AGON_FFMPEG; for a coding battle with its backend, repository and checks in the file that AGON_BACKENDS names), then ask again: it says what it can do within a minute.',
  },
  model_missing: {
    status: 422,
    retryable: false,
    title: 'No model is chosen, and none is the default',
    remedy: 'Name one as model_key, or let whoever runs the project set a default model for its kind.',
  },
  depth_exceeded: {
    status: 422,
    retryable: false,
    title: 'Workflows call each other too deeply',
    remedy: 'At most five levels: look for a workflow that runs itself.',
  },
  run_is_child: {
    status: 409,
    retryable: false,
    title: 'The run was begun by a node of another',
    remedy: 'Do it with the run the detail names: what it began is run again with it.',
  },
  node_not_found: {
    status: 404,
    retryable: false,
    title: 'The run has no such node',
    remedy: 'GET /api/runs/{run_id} lists its nodes.',
  },
  pin_required: {
    status: 409,
    retryable: false,
    title: 'A dry run would do something outside',
    remedy: 'Say in pinned what the nodes of the detail come to.',
  },
  run_state: {
    status: 409,
    retryable: false,
    title: 'The run is past that',
    remedy: 'Read its status; only an unfinished run is cancelled, only a finished one is resumed, retried or forked.',
  },
  wait_answered: {
    status: 409,
    retryable: false,
    title: 'It was answered before',
    remedy: 'A wait takes one answer. The run shows which.',
  },
  wait_expired: {
    status: 410,
    retryable: false,
    title: 'Nobody answered in time',
    remedy: 'Resume the run from this node, or give the wait a longer expires_in_ms.',
  },
  wait_unknown: {
    status: 404,
    retryable: false,
    title: 'No run waits for this answer',
    remedy: 'The token is wrong, or it was answered already.',
  },
  approval_rejected: {
    status: 422,
    retryable: false,
    title: 'The approval was refused',
    remedy: 'Wire the port rejected to go on after a refusal.',
  },
  child_failed: {
    status: 502,
    retryable: false,
    title: 'The run that the node began failed',
    remedy: 'See the child run for the node that failed, and why.',
  },
  no_team: {
    status: 404,
    retryable: false,
    title: 'The run has no team',
    remedy: 'Name a run that has a team_run node: POST /api/team-runs begins one.',
  },
  node_unknown: {
    status: 422,
    retryable: false,
    title: 'This driver does not run nodes of this type',
    remedy: 'Deploy the functions and the worker in the release that saved the workflow.',
  },
  node_config: {
    status: 422,
    retryable: false,
    title: 'The node cannot work as it is configured',
    remedy: 'The detail names the key of config, and what it takes.',
  },
  expression_invalid: {
    status: 422,
    retryable: false,
    title: 'The expression cannot be evaluated',
    remedy: 'Expressions are Liquid’s: input.score >= 7 and input.kind == "blog" (docs/workflow-runners.md).',
  },
  side_effect_refused: {
    status: 409,
    retryable: false,
    title: 'A dry run touches nothing outside',
    remedy: 'Pin the output of this node for the dry run.',
  },
  schedule_invalid: {
    status: 422,
    retryable: false,
    title: 'The schedule cannot be read',
    remedy: 'Correct the field the detail names; POST /api/triggers/preview shows when a schedule would be due.',
  },
  schedule_never_due: {
    status: 422,
    retryable: false,
    title: 'The schedule is never due',
    remedy:
      'No day fits its expression, its calendar, start_at and end_at together: look at a 30th of February, or a calendar of past dates.',
  },
  trigger_limit: {
    status: 422,
    retryable: false,
    title: 'An owner has at most 100 triggers',
    remedy: 'Remove one.',
  },
  trigger_kind: {
    status: 409,
    retryable: false,
    title: 'A trigger of this kind cannot do that',
    remedy: 'Only webhook triggers have a secret.',
  },
  trigger_depth: {
    status: 422,
    retryable: false,
    title: 'Too many runs have caused one another',
    remedy:
      'A run made a battle whose events started a run, and so on, five times over. Narrow the trigger: name its battle_id, its types or a filter.',
  },
  hook_refused: {
    status: 401,
    retryable: false,
    title: 'No webhook trigger takes this request',
    remedy:
      'Look at its id, its secret, its signature and its clock, and whether the trigger is on; which of them it is nobody is told here.',
  },
  inputs_missing: {
    status: 422,
    retryable: false,
    title: 'The workflow needs inputs that were not given',
    remedy: 'Give the inputs the detail names, or let the trigger’s own inputs have them.',
  },
} as const satisfies Record<string, ErrorEntry>
