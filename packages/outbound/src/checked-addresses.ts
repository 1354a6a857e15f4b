import { type StepError, stepError } from '@agon/runner-core/errors'
import { fail, ok, type Result } from '@agon/runner-core/result'
import { addressRefusal } from './address.ts'
import type { AllowedOrigin } from './allowed-origins.ts'
import { reason } from './reason.ts'
import { type Resolve, resolveBySystem } from './resolve.ts'
import { parseTarget, type Target } from './target.ts'

/** A name with more addresses is tried no further: each try is bounded by what is left of the whole time. */
const mostAddresses = 4

/** The addresses a target may be reached at: its name is resolved once, and all it has are checked. */
export async function checkedAddresses(
  target: Pick<Target, 'hostname' | 'isAddress' | 'allowed'>,
  resolve: Resolve,
): Promise<Result<string[], StepError>> {
  if (target.isAddress) return ok([target.hostname])
  let found: string[]
  try {
    found = await resolve(target.hostname)
  } catch (error) {
    return fail(stepError('outbound_unreachable', `${target.hostname} does not resolve${reason(error)}.`))
  }
  if (found.length === 0) return fail(stepError('outbound_unreachable', `${target.hostname} does not resolve.`))
  for (const address of target.allowed ? [] : found) {
    const why = addressRefusal(address)
    // One inner address among public ones is enough: a resolver that mixes them is asking to be tried again.
    if (why !== null)
      return fail(stepError('outbound_refused', `${target.hostname} resolves to ${why}; use a host that the internet reaches.`))
  }
  // IPv4 first: the functions' network has no IPv6 everywhere, and waiting for it would cost the time of the call.
  return ok(found.toSorted((a, b) => Number(a.includes(':')) - Number(b.includes(':'))).slice(0, mostAddresses))
}

export interface CheckedHost {
  /** The name a certificate is checked against; undefined: the host is an address. */
  servername?: string
  /** To connect to one of these, and to resolve the name no more. */
  addresses: string[]
}

/**
 * The guard for what does not speak HTTP, such as a mail server a user named: the same rules, for a host and a port. An operator opens
 * one by AGON_OUTBOUND_ALLOW, as smtp://mail.internal:2525.
 */
export function createHostGuard({ allow = [], resolve = resolveBySystem }: { allow?: readonly AllowedOrigin[]; resolve?: Resolve } = {}) {
  const opened = allow.filter(({ protocol }) => protocol === 'smtp:').map((origin) => ({ ...origin, protocol: 'https:' as const }))
  return async (host: string, port: number): Promise<Result<CheckedHost, StepError>> => {
    // What would be more than a host in a URL is none.
    if (!/^[\p{L}\p{N}._-]+$|^[0-9a-f:.]+$/iu.test(host)) return fail(stepError('outbound_refused', 'This is not the name of a host.'))
    const target = parseTarget(`https://${host.includes(':') ? `[${host}]` : host}:${port}/`, opened)
    if (!target.ok) return target
    const addresses = await checkedAddresses(target.value, resolve)
    if (!addresses.ok) return addresses
    return ok({ addresses: addresses.value, ...(target.value.isAddress ? {} : { servername: target.value.hostname }) })
  }
}

export type HostGuard = ReturnType<typeof createHostGuard>
