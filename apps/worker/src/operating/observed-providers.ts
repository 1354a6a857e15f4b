import type { Provider, Providers, StepError } from '@agon/runner-core'
import { calledModel, costUsd, listModels, type Model } from '@agon/runner-core/models'
import type { Result } from '@agon/runner-core/result'

/** What a call came to. */
interface Ended {
  errorCode?: string
  inputTokens?: number
  outputTokens?: number
  costUsd?: number
}

export interface Observer {
  /** A call begins; what it returns is told how the call ended. */
  begin(name: string, attributes: Record<string, string>): (ended: Ended) => void
}

type Method = (request: { wireModel?: string }, ...rest: unknown[]) => Promise<Result<unknown, StepError>>

/** The same providers, watched: each call is told to the observer as it begins and as it ends. */
export function observedProviders(providers: Providers, observer: Observer): Providers {
  return (providerId, apiKey) => {
    const found = providers(providerId, apiKey)
    if (!found.ok) return found
    const watched = Object.fromEntries(
      Object.entries(found.value).map(([name, method]) => [
        name,
        typeof method === 'function' ? watch(providerId, name, method as Method) : method,
      ]),
    )
    return { ok: true, value: watched as unknown as Provider }
  }

  function watch(provider: string, name: string, method: Method): Method {
    return async (request, ...rest) => {
      const model = request?.wireModel
      const end = observer.begin(`${name} ${provider}`, {
        'agon.provider': provider,
        'agon.call': name,
        ...(model !== undefined && { 'agon.model': model }),
      })
      try {
        const result = await method(request, ...rest)
        end(
          result.ok
            ? usage(provider, model, result.value)
            : { errorCode: result.error.code, ...(result.error.costUsd !== undefined && { costUsd: result.error.costUsd }) },
        )
        return result
      } catch (error) {
        end({ errorCode: 'internal' })
        throw error
      }
    }
  }
}

interface Used {
  kind?: string
  media?: Used
  completion?: Used
  inputTokens?: number
  outputTokens?: number
  costUsd?: number
}

/** What a finished call used. One that goes on elsewhere (partial, pending, running) is counted when it ends. */
function usage(provider: string, wireModel: string | undefined, value: unknown): Ended {
  const outcome = (value ?? {}) as Used
  if (outcome.kind !== undefined && outcome.kind !== 'done' && outcome.kind !== 'text_done') return {}
  const { inputTokens, outputTokens, costUsd: told } = outcome.media ?? outcome.completion ?? outcome
  const model = wireModel === undefined ? undefined : modelOf(provider, wireModel)
  const spent =
    told ?? (model && (inputTokens ?? outputTokens) !== undefined ? costUsd(model, inputTokens ?? 0, outputTokens ?? 0) : undefined)
  return {
    ...(inputTokens !== undefined && { inputTokens }),
    ...(outputTokens !== undefined && { outputTokens }),
    ...(spent !== undefined && { costUsd: spent }),
  }
}

/** What the registry knows of a model by how its provider names it. */
function modelOf(provider: string, wireModel: string): Model | undefined {
  const listed = listModels().find((known) => known.provider === provider && known.wireModel === wireModel)
  if (listed) return listed
  const called = calledModel(`${provider}:${wireModel}`)
  return called.ok ? called.value : undefined
}
