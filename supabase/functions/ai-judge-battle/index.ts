import { createTextProviders } from '@agon/providers/text-providers'
import { battleJudgings } from '@agon/runner-core'
import { drainFunction } from '../_shared/drain-function.ts'

/** Judges battles whose contenders have answered, until the slice is spent. Woken by the database; the body is ignored. */
export const handler = drainFunction(battleJudgings, createTextProviders)

Deno.serve(handler)
