import { type StepError, stepError } from '@agon/runner-core/errors'
import { fail, ok, type Result } from '@agon/runner-core/result'
import { addressRefusal } from './address.ts'
import { type AllowedOrigin, isAllowed } from './allowed-origins.ts'

/** Where a request goes, as far as the URL tells: what its name resolves to is looked at when it is called. */
export interface Target {
  url: URL
  /** The name or the address, without brackets. */
  hostname: string
  port: number
  secure: boolean
  /** The host is an address already, and is resolved no more. */
  isAddress: boolean
  /** The operator opened this origin: its addresses are not checked. */
  allowed: boolean
}

/** Longest URL. */
export const maxUrlLength = 2048

/** Names that mean the machine or the network they are said in (RFC 6761, RFC 8375, and ICANN's .internal). */
const innerName = /(^|\.)(localhost|local|internal|home\.arpa)$/

/**
 * Reads a URL a user gave, and refuses what needs no resolving to be refused. Everything is decided on the parsed URL, which has
 * undone every spelling: decimal, octal, hexadecimal and short IPv4, percent signs, full-width digits, backslashes.
 */
export function parseTarget(text: string, origins: readonly AllowedOrigin[] = []): Result<Target, StepError> {
  const refuse = (why: string) => fail(stepError('outbound_refused', why))
  if (text.length > maxUrlLength) return refuse(`The URL has ${text.length} characters; ${maxUrlLength} is the most.`)
  if (!URL.canParse(text)) return refuse('This is not an absolute URL.')
  const url = new URL(text)
  if (url.username !== '' || url.password !== '') return refuse('The URL carries a name or a password; leave them out.')
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return refuse(`The URL begins with ${url.protocol}; use https:.`)
  const hostname = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const isAddress = hostname.includes(':') || /^\d+(\.\d+){3}$/.test(hostname)
  const secure = url.protocol === 'https:'
  const target = { url, hostname, port: url.port === '' ? (secure ? 443 : 80) : Number(url.port), secure, isAddress }
  if (isAllowed(url, origins)) return ok({ ...target, allowed: true })

  if (!secure) return refuse('The URL begins with http:; use https:.')
  if (isAddress) {
    const why = addressRefusal(hostname)
    if (why !== null) return refuse(`${hostname} is ${why}; use a host that the internet reaches.`)
  } else {
    if (hostname.endsWith('.')) return refuse(`${hostname} ends with a dot; leave it out.`)
    if (!hostname.includes('.') || innerName.test(hostname))
      return refuse(`${hostname} is a name inside a network; use a host that the internet reaches.`)
  }
  return ok({ ...target, allowed: false })
}
