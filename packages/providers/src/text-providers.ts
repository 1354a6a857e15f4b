import { anthropicProvider } from './anthropic-provider.ts'
import { providersOf } from './create-providers.ts'
import { openaiProvider } from './openai-provider.ts'

/** The providers of text, for a function whose bundle has no room for more. */
export const createTextProviders = providersOf({ openai: openaiProvider, anthropic: anthropicProvider })
