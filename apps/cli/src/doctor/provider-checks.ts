import { providers } from '@agon/runner-core'
import { variableFor } from '../contenders/availability.ts'
import { findLocalServers, localAddresses } from '../contenders/local-servers.ts'
import { readProviders } from '../platform/local-platform.ts'
import type { Variables } from '../settings.ts'
import { type Check, failed, missing, passed } from './check.ts'

interface Traits {
  local?: true
  simulated?: true
  jsonSchema: boolean
}

type Configured = ReturnType<typeof readProviders>['configured'][string]

/** Every provider: is its key set, does its base URL answer, and what do the servers on this machine serve. */
export async function providerChecks(variables: Variables): Promise<Check[]> {
  const { configured, missing: unset } = readProviders(variables)
  const kinds = Object.entries<Traits>(providers)
  const remote = kinds.filter(([, { local, simulated }]) => !local && !simulated).map(([id]) => id)
  const [reached, servers] = await Promise.all([
    Promise.all(remote.flatMap((id) => (configured[id] ? [reach(configured[id])] : []))),
    findLocalServers(variables),
  ])
  const keyless = remote.filter((id) => unset[id] !== undefined).map((id) => notSet(id))
  const local = localAddresses(variables).map(({ provider, baseUrl }) => {
    const server = servers.find((found) => found.provider === provider)
    if (!server) return missing(provider, `nobody answers at ${baseUrl}`, `Start it, or set ${variableFor(provider)}.`)
    if (server.models.length === 0) return missing(provider, `answers at ${baseUrl}, without a text model`, 'Pull a model.')
    return passed(provider, `${server.models.length} models at ${baseUrl}: ${server.models.slice(0, 4).join(', ')}`)
  })
  return [...reached, ...keyless, ...local, passed('sparring partners', 'SIMULATED, always there, no key needed')]
}

const notSet = (id: string): Check => missing(id, `${variableFor(id)} is not set`, `Set ${variableFor(id)} in .env to use ${id}.`)

/** Asks for the list of models, which costs nothing and shows whether the key is good. */
async function reach({ id, wire, baseUrl, apiKey, keyVariable }: Configured): Promise<Check> {
  const [path, headers] =
    wire === 'anthropic'
      ? ['/v1/models', { 'x-api-key': apiKey ?? '', 'anthropic-version': '2023-06-01' }]
      : ['/models', apiKey ? { authorization: `Bearer ${apiKey}` } : {}]
  try {
    const response = await fetch(`${baseUrl.replace(/\/+$/, '')}${path}`, {
      headers: headers as Record<string, string>,
      signal: AbortSignal.timeout(4000),
    })
    await response.body?.cancel()
    if (response.status === 401 || response.status === 403) {
      return failed(id, `${baseUrl} refuses the key (${response.status})`, `Set a valid ${keyVariable ?? 'key'}.`)
    }
    if (response.status >= 500) return failed(id, `${baseUrl} answers ${response.status}`, 'See the status page of the provider.')
    return passed(id, `${apiKey ? 'key set, ' : ''}${baseUrl} answers`)
  } catch (error) {
    const cause = (error as Error).cause as { code?: string } | undefined
    return failed(
      id,
      `${baseUrl} cannot be reached: ${cause?.code ?? (error as Error).message}`,
      `Check the network and ${variableFor(id)}.`,
    )
  }
}
