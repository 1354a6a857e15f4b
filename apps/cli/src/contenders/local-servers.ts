import { providers } from '@agon/runner-core'
import type { Variables } from '../settings.ts'

/** An OpenAI-compatible server on this machine, and what it serves. */
export interface LocalServer {
  provider: string
  baseUrl: string
  /** Names of its models that write text. */
  models: string[]
}

interface LocalTraits {
  jsonSchema: boolean
  local?: true
  baseUrl?: string
  baseUrlVariable?: string
}

/** Where each local provider would be: by its variable, else at its usual port. */
export function localAddresses(variables: Variables): { provider: string; baseUrl: string }[] {
  return Object.entries<LocalTraits>(providers).flatMap(([provider, { local, baseUrl, baseUrlVariable }]) => {
    const url = (baseUrlVariable && variables[baseUrlVariable]?.trim()) || baseUrl
    return local && url ? [{ provider, baseUrl: url.replace(/\/+$/, '') }] : []
  })
}

const makesNoText = /embed|rerank|whisper|tts|bge-|clip/i

async function ask(address: { provider: string; baseUrl: string }, timeoutMs: number): Promise<LocalServer | undefined> {
  try {
    const response = await fetch(`${address.baseUrl}/models`, { signal: AbortSignal.timeout(timeoutMs) })
    if (!response.ok) return undefined
    const body = (await response.json()) as { data?: unknown }
    const ids = Array.isArray(body.data) ? body.data.map((entry: { id?: unknown }) => entry?.id) : []
    return { ...address, models: ids.filter((id): id is string => typeof id === 'string' && !makesNoText.test(id)) }
  } catch {
    return undefined // nobody there, which is the usual case
  }
}

/** The local model servers that answer within `timeoutMs`. */
export async function findLocalServers(variables: Variables, timeoutMs = 300): Promise<LocalServer[]> {
  const answers = await Promise.all(localAddresses(variables).map((address) => ask(address, timeoutMs)))
  return answers.filter((server) => server !== undefined)
}
