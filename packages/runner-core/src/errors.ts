/**
 * Every error Agon can show, in one closed table: the docs page is rendered from it, the HTTP status and the decision to
 * retry are read from it. A message says what to do.
 */
export const errorTable = {
  // What a step can end with.
  provider_rate_limited: {
    status: 429,
    retryable: true,
    title: 'The provider limits the rate',
    remedy: 'It is tried again after the time the provider asked for. Raise the provider quota, or lower AGON_SLOTS.',
  },
  provider_unavailable: {
    status: 502,
    retryable: true,
    title: 'The provider failed or could not be reached',
    remedy: 'It is tried again. If it lasts, see the provider status page and the base URL.',
  },
  provider_timeout: {
    status: 504,
    retryable: true,
    title: 'The provider did not answer in time',
    remedy:
      'It is tried again. Lower max_tokens, raise AGON_PROVIDER_TIMEOUT_MS, or run the worker, whose calls are not bounded by an edge slice.',
  },
  provider_malformed: {
    status: 502,
    retryable: true,
    title: 'The provider answered with something that is not an answer',
    remedy: 'It is tried again. If it lasts, check that the base URL speaks the expected wire format.',
  },
  provider_rejected: {
    status: 422,
    retryable: false,
    title: 'The provider refused the request',
    remedy: 'Read the provider message in the detail: usually the model name, a parameter or the prompt length.',
  },
  provider_auth: {
    status: 401,
    retryable: false,
    title: 'The provider refused the API key',
    remedy: 'Set a valid key for this provider (supabase secrets set, or .env), then redrive the dead letter.',
  },
  provider_task_failed: {
    status: 502,
    retryable: true,
    title: 'The provider gave up a task it had taken',
    remedy: 'It is submitted again. If it lasts, read the provider message in the detail, or choose another model.',
  },
  provider_task_gone: {
    status: 502,
    retryable: true,
    title: 'The provider no longer knows a task it had taken',
    remedy: 'It is submitted again. If it lasts, look whether the task was cancelled or deleted at the provider.',
  },
  content_refused: {
    status: 422,
    retryable: false,
    title: 'The model declined to answer',
    remedy: 'Change the prompt, or let another model contend.',
  },
  provider_key_missing: {
    status: 500,
    retryable: false,
    title: 'No API key is configured for this provider',
    remedy: 'Set the key named in the detail (supabase secrets set, or .env), then redrive the dead letter.',
  },
  model_unknown: {
    status: 422,
    retryable: false,
    title: 'The model is not in the registry',
    remedy: 'Use a key as provider:model; GET /api/models lists them.',
  },
  adapter_missing: {
    status: 422,
    retryable: false,
    title: 'Agon cannot call this model',
    remedy: 'Choose a model Agon has an adapter for: GET /api/models lists them, the detail names some of the same kind.',
  },
  handicap_violated: {
    status: 422,
    retryable: false,
    title: 'The handicap does not allow this call',
    remedy: 'Choose a model of an allowed tier, shorten the prompt, or change the handicap.',
  },
  template_invalid: {
    status: 422,
    retryable: false,
    title: 'The prompt template cannot be rendered',
    remedy: 'Correct the Liquid expression or supply the missing input named in the detail.',
  },
  deadline_exceeded: {
    status: 504,
    retryable: false,
    title: 'The time budget of the contender is spent',
    remedy: 'Raise handicap.time_budget_ms, or leave it out.',
  },
  media_unavailable: {
    status: 502,
    retryable: true,
    title: 'What the provider made could not be fetched',
    remedy: 'It is fetched again. If it lasts, see the provider status page.',
  },
  media_expired: {
    status: 502,
    retryable: true,
    title: 'What the provider made is no longer there',
    remedy: 'It is made again. Let drivers run more often than the provider keeps its results.',
  },
  media_refused: {
    status: 422,
    retryable: false,
    title: 'What the provider made is not kept',
    remedy: 'It is larger than battles allow, or not what its model is registered for: the detail says which. Choose another model.',
  },
  media_unreadable: {
    status: 422,
    retryable: false,
    title: 'The file cannot be read as media',
    remedy: 'The detail says what is wrong with it. Give a file that is whole, of a format that is named in docs/operating.md.',
  },
  media_target_invalid: {
    status: 422,
    retryable: false,
    title: 'A file cannot be converted like that',
    remedy: 'Correct the field the detail names.',
  },
  media_tools_timeout: {
    status: 504,
    retryable: true,
    title: 'A file took too long to read or to convert',
    remedy: 'It is tried again. If it lasts, use a shorter file, or a worker on a faster machine.',
  },
  model_retired: {
    status: 422,
    retryable: false,
    title: 'The model has been shut down by its maker',
    remedy:
      'Choose another model: GET /api/models shows since when one is retired. Where another server answers for it, set the base URL of its provider.',
  },
  backend_failed: {
    status: 502,
    retryable: false,
    title: 'The command of a contender ended badly',
    remedy:
      'The detail has its exit code and the end of what it complained of. Try it by hand in a clone of the repository, then redrive the job.',
  },
  backend_unavailable: {
    status: 503,
    retryable: true,
    title: 'The command of a contender could not be started',
    remedy: 'Install the program on the machine of the worker, or correct its command in the file that AGON_BACKENDS names.',
  },
  backend_misused: {
    status: 422,
    retryable: false,
    title: 'The backend cannot be used like that',
    remedy: 'Correct what the detail names: a model that the backend does not take, or a name that its worker does not know any more.',
  },
  repository_unavailable: {
    status: 502,
    retryable: true,
    title: 'The repository could not be read',
    remedy:
      'The detail has what git said. It is read without credentials and without anybody to ask: give a path, or a URL that git can fetch by itself.',
  },
  ref_unknown: {
    status: 422,
    retryable: false,
    title: 'The repository has no such commit',
    remedy: 'Name a branch, a tag or a commit of the repository in repository.ref.',
  },
  storage_unavailable: {
    status: 503,
    retryable: true,
    title: 'Storage could not be reached',
    remedy: 'It is tried again. If it lasts, see the status of the project.',
  },
  storage_refused: {
    status: 500,
    retryable: false,
    title: 'Storage refused a result',
    remedy: 'Look whether the bucket battle-media exists and takes the file (docs/operating.md), then redrive the dead letter.',
  },
  byok_key_not_found: {
    status: 422,
    retryable: false,
    title: 'You have no such provider key',
    remedy: 'GET /api/keys lists your keys. A key serves one provider: name one that fits the model.',
  },
  byok_key_expired: {
    status: 422,
    retryable: false,
    title: 'The provider key has expired',
    remedy: 'Rotate it (POST /api/keys/{key_id}/rotate, or agon keys rotate), then redrive the dead letter.',
  },
  byok_key_revoked: {
    status: 422,
    retryable: false,
    title: 'The provider key was revoked',
    remedy: 'Add another key and create the battle with it. The platform key is never used in its place.',
  },
  byok_key_limit: {
    status: 409,
    retryable: false,
    title: 'You have as many provider keys as one owner may have',
    remedy: 'Revoke one of them first (DELETE /api/keys/{key_id}): 50 that are not revoked are the most.',
  },
  reply_unparseable: {
    status: 502,
    retryable: true,
    title: 'The model did not give the JSON it was asked for',
    remedy: 'It is asked again. Choose a model with structured output.',
  },
  judge_cannot_see: {
    status: 422,
    retryable: false,
    title: 'The judge cannot take in what a contender made',
    remedy: 'Choose a judge with vision for images (GET /api/models says which), or let votes decide: scoring_mode community.',
  },
  duplicate_judge: {
    status: 422,
    retryable: false,
    title: 'Two judges are the same',
    remedy: 'Give one of them another model, or the one judge more weight.',
  },
  analysis_limit: {
    status: 409,
    retryable: false,
    title: 'The battle has as many analyses as it may have',
    remedy: 'Read those it has: 20 are the most.',
  },
  judge_recused: {
    status: 422,
    retryable: false,
    title: 'No judge is left: each is of a contender’s family',
    remedy: 'Choose a judge of another family, or set allow_own_family to true.',
  },
  judge_weight_unlearned: {
    status: 422,
    retryable: false,
    title: 'No weight was learned of this judge',
    remedy:
      'Weigh it on gold pairs (npm run agon -- judges weigh <file> --save, or PUT /api/judge-weights), or give its weight as a number.',
  },
  sealing_key_missing: {
    status: 503,
    retryable: false,
    title: 'A master key for sealed secrets is not configured',
    remedy: 'Set AGON_SEALING_KEYS for the functions and the worker alike (docs/operating.md), then redrive the dead letter.',
  },
  sealed_unreadable: {
    status: 500,
    retryable: false,
    title: 'A sealed secret cannot be opened',
    remedy: 'It was changed in the database, or sealed for something else: its owner has to give it again (agon keys rotate).',
  },
  budget_spent: {
    status: 402,
    retryable: false,
    title: 'The budget does not cover this call',
    remedy: 'Raise the budget the detail names, or wait for its next period, then redrive the dead letter.',
  },
  price_unknown: {
    status: 422,
    retryable: false,
    title: 'A budget cannot hold a model without a price',
    remedy: 'Choose a model with a price in the registry, or leave the budget out.',
  },
  verdict_unparseable: {
    status: 502,
    retryable: true,
    title: 'The judge did not give a readable verdict',
    remedy: 'It is asked again, and abstains after its last attempt. Choose a judge with structured output.',
  },
  outbound_refused: {
    status: 422,
    retryable: false,
    title: 'This address may not be called',
    remedy: 'Use https and a host that the internet reaches; the detail says what is wrong with this one.',
  },
  outbound_unreachable: {
    status: 502,
    retryable: true,
    title: 'The address could not be reached',
    remedy: 'It is tried again. Check the name, that the server listens, and that its certificate is valid for the name.',
  },
  outbound_timeout: {
    status: 504,
    retryable: true,
    title: 'The address did not answer in time',
    remedy: 'It is tried again. Answer first and work afterwards: a receiver has 15 seconds.',
  },
  webhook_rejected: {
    status: 502,
    retryable: true,
    title: 'The receiver did not accept the event',
    remedy: 'Answer with a status from 200 to 299. It is tried again for 28 hours; then redrive the delivery.',
  },
  webhook_gone: {
    status: 410,
    retryable: false,
    title: 'The receiver wants no more events',
    remedy: 'It answered 410, so the subscription was disabled. Enable it again with PATCH /webhooks/{id}, then redrive.',
  },
  webhook_disabled: {
    status: 409,
    retryable: false,
    title: 'The webhook is disabled',
    remedy: 'Enable it with PATCH /webhooks/{id}, {"status": "enabled"}; then redrive what was not delivered.',
  },
  delivery_state: {
    status: 409,
    retryable: false,
    title: 'Only a dead delivery is sent again',
    remedy: 'A pending one is still being tried, and a delivered one has arrived.',
  },
  webhook_limit: {
    status: 422,
    retryable: false,
    title: 'An owner has at most 20 webhooks',
    remedy: 'Remove one, or let one receive more event types.',
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
  // What a workflow can end with, or be refused for.
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
  // What a node that uses the outside can end with.
  credential_missing: {
    status: 422,
    retryable: false,
    title: 'The node has no credential to work with',
    remedy: 'Add one (POST /api/keys with the provider the detail names), and set credential_id of the node to its key_id.',
  },
  credential_invalid: {
    status: 422,
    retryable: false,
    title: 'The credential does not fit the node',
    remedy: 'Rotate it (POST /api/keys/{key_id}/rotate) to the form docs/workflow-tools.md gives, or name another.',
  },
  receiver_rate_limited: {
    status: 429,
    retryable: true,
    title: 'The receiver limits the rate',
    remedy: 'It is tried again, if the node retries, after the time the receiver asked for.',
  },
  receiver_unavailable: {
    status: 502,
    retryable: true,
    title: 'The receiver failed',
    remedy: 'It is tried again, if the node retries. If it lasts, look at the receiver.',
  },
  receiver_rejected: {
    status: 422,
    retryable: false,
    title: 'The receiver refused the request',
    remedy: 'Read its status in the detail: usually the URL, the credential or the body.',
  },
  mail_port_closed: {
    status: 422,
    retryable: false,
    title: 'This port is closed to edge functions',
    remedy: 'Use port 465 (TLS) or 2525 (STARTTLS) of the mail server: 25 and 587 are closed on the hosted platform.',
  },
  mail_unavailable: {
    status: 502,
    retryable: true,
    title: 'The mail server failed or could not be reached',
    remedy: 'It is tried again, if the node retries. Check host and port of the credential, and that the server speaks TLS.',
  },
  mail_rejected: {
    status: 422,
    retryable: false,
    title: 'The mail server refused the message',
    remedy: 'Read what it says in the detail: usually the password, the sender or a recipient.',
  },
  file_refused: {
    status: 422,
    retryable: false,
    title: 'This file is not kept',
    remedy: 'The detail says why: its path, its size, or that it is not what it is said to be.',
  },
  file_not_found: {
    status: 404,
    retryable: false,
    title: 'There is no such file of this workflow',
    remedy: 'Upload it first, with the same folder and key: folder run is of one run, folder owner of all of yours.',
  },
  unsupported_characters: {
    status: 422,
    retryable: false,
    title: 'The fonts of a PDF do not have some characters',
    remedy: 'Leave out the characters the detail names, or set unsupported_characters of the node to replace.',
  },
  document_too_long: {
    status: 422,
    retryable: false,
    title: 'The document is too long to print',
    remedy: 'Print at most 100,000 characters and 300 pages in one document.',
  },
  code_failed: {
    status: 422,
    retryable: false,
    title: 'The code of a node failed',
    remedy: 'Correct it where the detail says. It is the body of an async function, and returns JSON.',
  },
  code_limit: {
    status: 422,
    retryable: false,
    title: 'The code of a node used more than it may',
    remedy: 'Compute less, or raise timeout_ms (5,000 at most; 1,000 in edge functions) or memory_limit_mb (64 at most).',
  },
  rpc_not_allowed: {
    status: 403,
    retryable: false,
    title: 'This function may not be called by workflows',
    remedy: 'An operator allows it: a row in lenses.callable_rpcs, and execute granted to authenticated.',
  },
  rpc_failed: {
    status: 422,
    retryable: false,
    title: 'The function of the database refused the call',
    remedy: 'Read what it says in the detail: usually a parameter, or that the owner of the run may not see something.',
  },
  lease_lost: {
    status: 409,
    retryable: true,
    title: 'Another driver owns this job now',
    remedy: 'Nothing to do: what the late driver wrote was refused.',
  },
  internal: { status: 500, retryable: true, title: 'Agon failed', remedy: 'Look for the execution id in the function logs and report it.' },

  // What the API can answer.
  invalid_request: {
    status: 422,
    retryable: false,
    title: 'The request does not fit the schema',
    remedy: 'Correct the fields named in errors.',
  },
  invalid_json: {
    status: 400,
    retryable: false,
    title: 'The body is not JSON',
    remedy: 'Send a JSON object with Content-Type: application/json.',
  },
  unsupported_media_type: {
    status: 415,
    retryable: false,
    title: 'The body has the wrong content type',
    remedy: 'Send Content-Type: application/json.',
  },
  contender_count: {
    status: 422,
    retryable: false,
    title: 'A battle takes 2 to 26 contenders',
    remedy: 'Give between 2 and 26 objects in contenders.',
  },
  mixed_kinds: {
    status: 422,
    retryable: false,
    title: 'The contenders make different kinds of things',
    remedy: 'Let all contenders of a battle make the same: text, image, audio, video or music.',
  },
  callback_refused: {
    status: 401,
    retryable: false,
    title: 'The signature of this callback does not hold',
    remedy: 'Check the signing secret or key set of the provider, see docs/operating.md. The task is polled all the same.',
  },
  duplicate_contender: {
    status: 422,
    retryable: false,
    title: 'Two contenders are the same',
    remedy: 'Give one of them another model, or another identity.',
  },
  idempotency_conflict: {
    status: 409,
    retryable: false,
    title: 'This idempotency key was used for something else',
    remedy: 'Send the same body again, or a new Idempotency-Key.',
  },
  unauthenticated: {
    status: 401,
    retryable: false,
    title: 'No valid credential',
    remedy: 'Send a user token as Authorization: Bearer, or a key as apikey, as the detail says.',
  },
  forbidden: { status: 403, retryable: false, title: 'This credential may not do that', remedy: 'Use the credential the detail names.' },
  not_found: {
    status: 404,
    retryable: false,
    title: 'There is no such thing here',
    remedy: 'Check the path and the id; a draft is visible to its owner alone.',
  },
  method_not_allowed: { status: 405, retryable: false, title: 'This path does not take that method', remedy: 'See GET /api/openapi.json.' },
  battle_state: {
    status: 409,
    retryable: false,
    title: 'The battle is past that',
    remedy: 'Read its status; only drafts are published, only unfinished battles are cancelled.',
  },
  battle_held: {
    status: 409,
    retryable: false,
    title: 'An operator has stopped this battle',
    remedy: 'Wait until it is released; its deadlines move by the time it was stopped.',
  },
  no_open_seat: {
    status: 409,
    retryable: false,
    title: 'No seat is open in this battle',
    remedy: 'Contend in another battle; open_seat in a battle shows the seats that are free.',
  },
  not_contending: {
    status: 403,
    retryable: false,
    title: 'You do not contend in this battle',
    remedy: 'Join it first, while a seat is open.',
  },
  submissions_ended: {
    status: 409,
    retryable: false,
    title: 'The submissions have ended',
    remedy: 'submissions_end_at of a battle says until when; what was written last by then is final.',
  },
  submission_final: {
    status: 409,
    retryable: false,
    title: 'Your answer is handed in',
    remedy: 'What was sent with final cannot be revised. It can be withdrawn while the battle executes.',
  },
  not_voting: {
    status: 409,
    retryable: false,
    title: 'The battle takes no votes now',
    remedy: 'Votes count while the status is voting, until voting_ends_at by the clock of the database.',
  },
  not_eligible: {
    status: 403,
    retryable: false,
    title: 'You may not vote in this battle',
    remedy: 'voter_eligibility of a battle says who may; the detail says what is missing.',
  },
  vote_rate: {
    status: 429,
    retryable: true,
    title: 'Too many votes',
    remedy: 'Wait as long as Retry-After says: 30 votes a minute and 500 a day are a voter’s, unless the project says otherwise.',
  },
  accounts_unknown: {
    status: 422,
    retryable: false,
    title: 'This project knows nothing of its users’ accounts',
    remedy: 'Without Supabase Auth in the same database, choose voter_eligibility anyone or invited.',
  },
  own_battle: { status: 403, retryable: false, title: 'You own this battle', remedy: 'Owners see who is who, so they do not vote.' },
  is_contender: { status: 403, retryable: false, title: 'You contend in this battle', remedy: 'Contenders do not vote.' },
  unknown_choice: {
    status: 422,
    retryable: false,
    title: 'There is nothing of that name to vote for',
    remedy: 'Vote for the slot of a contender that answered, for tie or for both_bad.',
  },
  rate_limited: {
    status: 429,
    retryable: true,
    title: 'Too many requests',
    remedy: 'Wait as long as Retry-After says. Whoever runs the project sets AGON_WRITES_PER_MINUTE.',
  },
  payload_too_large: { status: 413, retryable: false, title: 'The body is too large', remedy: 'Send at most 512 KiB.' },
  no_such_switch: {
    status: 422,
    retryable: false,
    title: 'There is no such switch',
    remedy: 'Name a provider by its id, as GET /api/models lists them, or none for the whole system.',
  },
  store_refused: {
    status: 500,
    retryable: false,
    title: 'The database refused a call',
    remedy: 'The migrations and this release differ: run supabase db push, then deploy the functions again.',
  },
  store_unavailable: {
    status: 503,
    retryable: true,
    title: 'The database could not be reached',
    remedy: 'Try again; if it lasts, see npm run agon -- doctor.',
  },
} as const satisfies Record<string, { status: number; retryable: boolean; title: string; remedy: string }>

export type ErrorCode = keyof typeof errorTable

/** A coded failure, as a step records it and a border returns it. */
export interface StepError {
  code: ErrorCode
  /** What happened, in one sentence, without secrets and without contender text. */
  message: string
  /** The provider asked not to be called sooner, in milliseconds. */
  retryAfterMs?: number
  /** What the failed call cost all the same, in USD, where that is known. */
  costUsd?: number
}

export const stepError = (code: ErrorCode, message: string, retryAfterMs?: number): StepError =>
  retryAfterMs === undefined ? { code, message } : { code, message, retryAfterMs }

/** Whether trying again can help, by the table. */
export const isRetryable = (error: StepError): boolean => errorTable[error.code].retryable
