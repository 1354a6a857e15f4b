import { stepError } from '../../errors.ts'
import type { NodeOutcome } from '../node-runner.ts'

/** The driver was started without a port that the node needs. */
export const lacks = (what: string): NodeOutcome => ({
  kind: 'failed',
  error: stepError('capability_missing', `This driver cannot ${what}.`),
})
