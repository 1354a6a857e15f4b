import type { AskedWait } from '@agon/store/run-store'

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character]!)

const states: Record<Exclude<AskedWait['state'], 'open'>, string> = {
  answered: 'This was answered. Thank you.',
  ended: 'The run does not wait for this any more.',
  expired: 'The time to answer is over.',
}

/** What a person sees who opens the address of a wait: what is asked, and a form. It loads nothing and runs nothing. */
export function waitPage({ for: kind, prompt, workflow, node, expires_at, state }: AskedWait): string {
  const heading = escaped(workflow ?? 'A workflow')
  const form =
    kind === 'approval'
      ? `<p><label>Remark<br><textarea name="data" rows="3"></textarea></label></p>
<p><button name="decision" value="approved">Approve</button> <button name="decision" value="rejected">Reject</button></p>`
      : `<p><label>Answer<br><textarea name="data" rows="6"></textarea></label></p>
<p><button>Send</button></p>`
  const asks =
    state === 'open'
      ? `<form method="post">
${form}
<p><label>Your name <input name="by" maxlength="200"></label></p>
</form>
<p>Until ${escaped(expires_at)}.</p>`
      : `<p>${states[state]}</p>`
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex">
<title>${heading}</title>
<style>body{font:16px/1.5 system-ui;max-width:40em;margin:3em auto;padding:0 1em}pre{white-space:pre-wrap;font:inherit}textarea,input{width:100%;box-sizing:border-box}</style>
<h1>${heading}</h1>
<p>${escaped(node)}</p>
${prompt === null ? '' : `<pre>${escaped(prompt)}</pre>`}
${asks}
</html>
`
}
