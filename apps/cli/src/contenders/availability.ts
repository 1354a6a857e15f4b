import { findModel, providers } from '@agon/runner-core'
import { usageError } from '../cli-error.ts'
import type { Lineup } from './lineup.ts'

interface Traits {
  keyVariable?: string
  baseUrlVariable?: string
  keyOptional?: true
  jsonSchema: boolean
}

/** The variable that would make a provider available. */
export function variableFor(provider: string): string | undefined {
  const traits = (providers as Readonly<Record<string, Traits>>)[provider]
  return traits?.keyVariable && !traits.keyOptional ? traits.keyVariable : traits?.baseUrlVariable
}

/** Refuses a lineup whose models the functions could not call. `hostPid`: the process that runs the platform, when it is another one. */
export function checkAvailable({ contenders, judge }: Lineup, available: readonly string[], hostPid?: number): void {
  for (const key of new Set([...contenders.map(({ model }) => model), ...(judge === undefined ? [] : [judge])])) {
    const model = findModel(key)
    if (!model.ok || available.includes(model.value.provider)) continue
    const variable = variableFor(model.value.provider)
    if (hostPid !== undefined) {
      throw usageError(
        `The platform that is running (process ${hostPid}) was started without ${model.value.provider}, so it cannot call ${key}.`,
        `Set ${variable}, end that process, and run this again.`,
      )
    }
    throw usageError(
      `Nothing is configured to call ${key}.`,
      `Set ${variable} in the environment or in .env; npm run agon -- doctor shows what is set.`,
    )
  }
}
