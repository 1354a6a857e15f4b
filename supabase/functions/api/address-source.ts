/** Where a vote comes from, as a name that says nothing but "the same as another of this day"; null where that cannot be told. */
export type VoteSource = (request: Request) => Promise<string | null>

/** Addresses that many share who have nothing else in common: this machine, and the networks behind a router. */
const shared = /^(127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|::1$|fe80:|f[cd])/i

/** An IPv6 subscriber has a whole /64 of addresses, which are one source. */
function networkOf(address: string): string {
  const [host = ''] = address.replace(/^::ffff:(?=\d+\.)/i, '').split('%')
  if (!host.includes(':')) return host
  const [head = '', tail] = host.split('::')
  const start = head === '' ? [] : head.split(':')
  const end = tail === undefined || tail === '' ? [] : tail.split(':')
  const groups = [...start, ...Array.from({ length: Math.max(0, 8 - start.length - end.length) }, () => '0'), ...end]
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}

/**
 * The first address of x-forwarded-for under a salt of the day. The salt is made of a secret and the date: without the secret nobody can
 * try addresses, and names of two days cannot be told to be of one address. The address itself is not kept.
 */
export function addressSource(secret: string | undefined, today = () => new Date().toISOString().slice(0, 10)): VoteSource {
  const encoder = new TextEncoder()
  const sign = async (key: Uint8Array<ArrayBuffer>, text: string) => {
    const imported = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
    return new Uint8Array(await crypto.subtle.sign('HMAC', imported, encoder.encode(text)))
  }
  return async (request) => {
    const address = request.headers.get('x-forwarded-for')?.split(',', 1)[0]?.trim()
    if (!secret || !address || shared.test(address.replace(/^::ffff:/i, ''))) return null
    const salt = await sign(encoder.encode(secret), `agon:vote-source:${today()}`)
    const name = await sign(salt, networkOf(address))
    return [...name.subarray(0, 16)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  }
}
