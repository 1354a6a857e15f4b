import ipaddr from 'ipaddr.js'

/** All that is routed to somebody (RFC 4291, 2.4): what lies outside is loopback, embeds an IPv4 address, or is nobody's. */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3')

/**
 * Why an address may not be called; null when it is a public one. What is allowed is listed, not what is forbidden: only ordinary
 * unicast passes, so every special range of IANA's registries is refused, and with it every way to write an IPv4 address inside an
 * IPv6 one (mapped, compatible, 6to4, Teredo, NAT64).
 *
 * @example addressRefusal('169.254.169.254') // 'a link-local address'
 */
export function addressRefusal(address: string): string | null {
  // A zone names an interface of this machine; no address of the internet has one.
  if (address.includes('%') || !ipaddr.isValid(address)) return 'no address of the internet'
  const parsed = ipaddr.parse(address)
  const range = parsed.range()
  if (range !== 'unicast') return named[range] ?? `an address of the range ${range}`
  if (parsed instanceof ipaddr.IPv6 && !parsed.match(globalUnicast)) return 'not a public IPv6 address'
  return null
}

/** As an owner reads it, who may not know the registries. */
const named: Partial<Record<string, string>> = {
  private: 'an address of a private network',
  loopback: 'this machine itself',
  unspecified: 'this machine itself',
  linkLocal: 'a link-local address',
  uniqueLocal: 'an address of a private network',
  carrierGradeNat: 'an address inside a carrier’s network',
  multicast: 'a multicast address',
  broadcast: 'the broadcast address',
  ipv4Mapped: 'an IPv4 address inside an IPv6 one',
  rfc6145: 'an IPv4 address inside an IPv6 one',
  rfc6052: 'an IPv4 address inside an IPv6 one',
  '6to4': 'an IPv4 address inside an IPv6 one',
  teredo: 'an IPv4 address inside an IPv6 one',
}
