import type { ErrorEntry } from './error-entry.ts'

/** What any step can end with: a provider, a model, media, Storage, a lease. */
export const stepErrors = {
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
  bridge_auth: {
    status: 401,
    retryable: false,
    title: 'The execution bridge refused the token',
    remedy: 'Set AGON_BRIDGE_TOKEN of the worker to a token the bridge takes, then redrive the dead letter.',
  },
  bridge_unconfigured: {
    status: 500,
    retryable: false,
    title: 'The worker is to use an execution bridge, and cannot',
    remedy:
      'Set AGON_BRIDGE_URL and AGON_BRIDGE_TOKEN (a private address is opened by AGON_OUTBOUND_ALLOW), or unset CHAINABIT_EXECUTION_ENABLED.',
  },
  bridge_timeout: {
    status: 504,
    retryable: false,
    title: 'The execution bridge did not answer in time',
    remedy: 'Look at the bridge, and whether a worker that has it runs (agon worker status), then redrive the dead letter.',
  },
  coding_backends_missing: {
    status: 500,
    retryable: false,
    title: 'The worker is to run coding battles, and was given no commands',
    remedy: 'Set AGON_BACKENDS to the file that names them (docs/coding-battles.md), or take coding out of AGON_WORKERS.',
  },
  lease_lost: {
    status: 409,
    retryable: true,
    title: 'Another driver owns this job now',
    remedy: 'Nothing to do: what the late driver wrote was refused.',
  },
  internal: { status: 500, retryable: true, title: 'Agon failed', remedy: 'Look for the execution id in the function logs and report it.' },
} as const satisfies Record<string, ErrorEntry>
