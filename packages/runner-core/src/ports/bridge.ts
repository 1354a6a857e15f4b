import type { StepError } from '../errors.ts'
import type { Result } from '../result.ts'
import type { CallOptions, TextCompletion, TextRequest } from './providers.ts'

/** What the execution bridge is asked for. Nothing of the battle, its contenders or its owner beyond what a model is told. */
export interface ExecutionRequest extends Omit<TextRequest, 'wireModel' | 'jsonSchema' | 'attachments'> {
  modelKey: string
  /** The longest the execution may take, in milliseconds. */
  deadlineMs: number
}

export type ExecutionState =
  | { kind: 'running'; executionId: string; progress?: number; pollAfterMs?: number }
  /** wireModel: as the bridge says; undefined: it does not say. */
  | { kind: 'succeeded'; completion: Omit<TextCompletion, 'wireModel'> & { wireModel?: string } }
  /** The execution has ended, as the bridge says. */
  | { kind: 'failed'; executionId: string; error: StepError }

/** Answers for contenders elsewhere. Never throws: every failure is a coded error. */
export interface ExecutionBridge {
  /** Whether it answers for a model. */
  takes(modelKey: string): boolean
  /** Under a key it knows it answers with what it knows of that execution. */
  submit(request: ExecutionRequest, call: CallOptions): Promise<Result<ExecutionState, StepError>>
  /** provider_task_gone: it knows no such execution. */
  ask(executionId: string, call: CallOptions): Promise<Result<ExecutionState, StepError>>
  /** One that is over, or gone, is no error. */
  cancel(executionId: string, call: CallOptions): Promise<Result<void, StepError>>
}
