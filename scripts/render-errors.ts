import { errorTable } from '@agon/runner-core'

/** docs/errors.md: the closed table of codes. */
export function renderErrors(): string {
  const lines = [
    '# Errors',
    '',
    'Every error Agon shows carries one of these codes: in an HTTP problem (RFC 9457), in an event, in a dead letter, in the log.',
    'A step that fails with a code that is *tried again* goes back to the queue with a backoff, up to its `max_attempts`; any other goes',
    'to the dead letters at once. Either way the battle is re-evaluated. The table is `packages/runner-core/src/errors.ts`; this page is made from it.',
    '',
    '| code | HTTP | tried again | what it means | what to do |',
    '|---|---|---|---|---|',
  ]
  for (const [code, { status, retryable, title, remedy }] of Object.entries(errorTable)) {
    lines.push(`| <a id="${code}"></a>\`${code}\` | ${status} | ${retryable ? 'yes' : 'no'} | ${title} | ${remedy} |`)
  }
  return `${lines.join('\n')}\n`
}
