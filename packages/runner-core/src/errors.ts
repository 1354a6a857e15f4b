import { apiErrors } from './errors/api-errors.ts'
import { battleErrors } from './errors/battle-errors.ts'
import { fundingErrors } from './errors/funding-errors.ts'
import { stepErrors } from './errors/step-errors.ts'
import { toolErrors } from './errors/tool-errors.ts'
import { workflowErrors } from './errors/workflow-errors.ts'

/**
 * Every error Agon can show, in one closed table: the docs page is rendered from it, the HTTP status and the decision to
 * retry are read from it. A message says what to do.
 */
export const errorTable = {
  ...stepErrors,
  ...workflowErrors,
  ...toolErrors,
  ...fundingErrors,
  ...battleErrors,
  ...apiErrors,
} as const

export type ErrorCode = keyof typeof errorTable

/** A coded failure, as a step records it and a border returns it. */
export interface StepError {
  code: ErrorCode
  /** What happened, in one sentence, without secrets and without contender text. */
  message: string
  /** The provider asked not to be called sooner, in milliseconds. */
  retryAfterMs?: number
  /** What the failed call cost all the same, in USD, where that is known. */
  costUsd?: number
}

export const stepError = (code: ErrorCode, message: string, retryAfterMs?: number): StepError =>
  retryAfterMs === undefined ? { code, message } : { code, message, retryAfterMs }

/** Whether trying again can help, by the table. */
export const isRetryable = (error: StepError): boolean => errorTable[error.code].retryable
