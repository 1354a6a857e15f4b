import { providersOf } from './create-providers.ts'
import { falProvider } from './fal-provider.ts'
import { openaiProvider } from './openai-provider.ts'

/** The providers of media and of tasks they keep, for a function whose bundle has no room for more. */
export const createMediaProviders = providersOf({ openai: openaiProvider, fal: falProvider })
