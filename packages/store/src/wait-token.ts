/** The token that answers a node's wait, and what the database knows it by. */
export type WaitTokens = (of: { runId: string; nodeId: string; jobId: number }) => Promise<{ token: string; sha256: string }>

/**
 * The tokens of approvals and external waits, made of a secret key of the project: whoever has the key can say again which token opens a
 * wait, and the database keeps its hash alone. A token that was given out stays good when the key is rotated.
 */
export function waitTokens(secretKey: string): WaitTokens {
  const text = new TextEncoder()
  const key = crypto.subtle.importKey('raw', text.encode(secretKey), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  return async ({ runId, nodeId, jobId }) => {
    const made = await crypto.subtle.sign('HMAC', await key, text.encode(`agon-wait:${runId}/${nodeId}/${jobId}`))
    const token = `agon_wait_${btoa(String.fromCharCode(...new Uint8Array(made).slice(0, 24)))
      .replaceAll('+', '-')
      .replaceAll('/', '_')}`
    return { token, sha256: await waitTokenHash(token) }
  }
}

/** What the database knows a token by. */
export async function waitTokenHash(token: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token))
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
