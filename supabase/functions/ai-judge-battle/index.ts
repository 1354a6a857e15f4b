import { createTextProviders } from '@agon/providers/text-providers'
import { battleAnalyses, battleJudgings } from '@agon/runner-core'
import { drainFunction } from '../_shared/drain-function.ts'

/** Judges battles whose contenders have answered, and analyses those that are over, until the slice is spent. Woken by the database; the body is ignored. */
export const handler = drainFunction([battleJudgings, battleAnalyses], createTextProviders)

Deno.serve(handler)
