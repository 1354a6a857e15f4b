import type { StepError } from '../errors.ts'
import type { Result } from '../result.ts'

export interface SandboxProgram {
  /** The body of an async function: what it returns is the answer. */
  code: string
  /** Constants the code sees, by name. JSON, and copied in. */
  globals: Record<string, unknown>
  /** What Math.random begins with, so that an attempt that is repeated draws the same. */
  seed: string
}

export interface SandboxLimits {
  /** Of computing: a program that waits for nothing is not suspended either. */
  timeoutMs: number
  memoryBytes: number
  /** Of the answer as JSON. */
  outputBytes: number
}

export interface SandboxAnswer {
  /** JSON. */
  value: unknown
  /** What the code said by console.log, cut. */
  logs: string[]
}

/** Runs code of users: nothing of the host is in there, neither network nor files nor clock. Never throws. */
export interface Sandbox {
  run(program: SandboxProgram, limits: SandboxLimits): Promise<Result<SandboxAnswer, StepError>>
}
