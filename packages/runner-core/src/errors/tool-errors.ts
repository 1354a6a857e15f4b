import type { ErrorEntry } from './error-entry.ts'

/** What can happen outside: to a webhook, a message, a file, a node that uses them. */
export const toolErrors = {
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
} as const satisfies Record<string, ErrorEntry>
