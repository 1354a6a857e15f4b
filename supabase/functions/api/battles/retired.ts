import { type Model, providers } from '@agon/runner-core/models'

/** Tells since when nobody answers for a model any more, where that day is past. */
export type RetiredSince = (model: Model) => string | undefined

/**
 * A model its maker has shut down is nobody's, but where another server stands behind its provider's base URL: that may serve it. So
 * the variable that names one decides.
 */
export function retiredSince(
  variable: (name: string) => string | undefined,
  today = () => new Date().toISOString().slice(0, 10),
): RetiredSince {
  return ({ provider, retiredOn }) => {
    if (retiredOn === undefined || today() < retiredOn) return undefined
    const traits: { jsonSchema: boolean; baseUrlVariable?: string } = providers[provider]
    return traits.baseUrlVariable !== undefined && variable(traits.baseUrlVariable)?.trim() ? undefined : retiredOn
  }
}
