import type { Measure } from '../measure.ts'
import { drain } from './drain.ts'
import { oneAtATime } from './one-at-a-time.ts'

/** In the order they are run and shown. */
export const measures: Measure[] = [drain, oneAtATime]
