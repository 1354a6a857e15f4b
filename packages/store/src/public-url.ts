/** Blocks of addresses that are nobody's public server: [first octets, prefix length]. RFC 6890, and 100.64/10 of RFC 6598. */
const reserved4: readonly [number, number][] = (
  [
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.0.2.0', 24],
    ['192.168.0.0', 16],
    ['198.18.0.0', 15],
    ['198.51.100.0', 24],
    ['203.0.113.0', 24],
    ['224.0.0.0', 3],
  ] as const
).map(([address, length]) => [number4(address), length])

function number4(address: string): number {
  return address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0)
}

const isReserved4 = (address: string): boolean =>
  reserved4.some(([block, length]) => Math.floor(number4(address) / 2 ** (32 - length)) === Math.floor(block / 2 ** (32 - length)))

/**
 * Whether a URL names a server of the public internet over https: no address literal that is private, local or reserved, no name that
 * only a private network knows. What a public name resolves to is not looked up.
 *
 * @example isPublicUrl(new URL('https://127.1/x')) // false: URL has made it 127.0.0.1
 */
export function isPublicUrl({ protocol, hostname, username, password }: URL): boolean {
  if (protocol !== 'https:' || username !== '' || password !== '') return false
  if (/^\d+\.\d+\.\d+\.\d+$/.test(hostname)) return !isReserved4(hostname)
  // Of IPv6 only global unicast is let through, and nothing of it that carries an IPv4 address (6to4, Teredo, NAT64 lies outside).
  if (hostname.startsWith('[')) return /^\[[23][0-9a-f]{3}:/.test(hostname) && !/^\[(2002:|2001:0?:|2001:db8:)/.test(hostname)
  const name = hostname.replace(/\.$/, '')
  return name.includes('.') && !/\.(localhost|local|internal|intranet|lan|home|corp|private|arpa)$/.test(name)
}

/** Of these base URLs, the origins that are not public: what stands on the operator's own machine or network. */
export const privateOrigins = (baseUrls: string[]): string[] =>
  baseUrls
    .map((baseUrl) => new URL(baseUrl))
    .filter((url) => !isPublicUrl(url))
    .map(({ origin }) => origin)
