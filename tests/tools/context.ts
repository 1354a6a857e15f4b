import type { NodeJob, SealedKey, StepWorld } from '@agon/runner-core'
import { fail, stepError } from '@agon/runner-core'
import type { NodeContext } from '../../packages/runner-core/src/workflow/node-runner.ts'

interface Given {
  config?: Record<string, unknown>
  inputs?: Record<string, unknown>
  prompt?: string
  job?: Partial<NodeJob>
  world?: Partial<StepWorld>
  /** What the node's credential says, opened; with the provider it is of. */
  credential?: [provider: string, secret: string]
  timeoutMs?: number
  signal?: AbortSignal
}

/** A node as its runner sees it. */
export function nodeContext({ config = {}, inputs = {}, prompt = '', job = {}, world = {}, credential, timeoutMs = 5_000, signal }: Given) {
  const notes: { type: string; data: Record<string, unknown> }[] = []
  const sealed: SealedKey | undefined = credential && { keyId: 'key', ownerId: 'owner-1', provider: credential[0], sealed: 'sealed' }
  const context = {
    job: {
      runId: 'run-1',
      rootRunId: 'root-1',
      ownerId: 'owner-1',
      label: 'tell',
      nodeType: 'some_type',
      kind: 'workflow_tool',
      runInputs: {},
      variables: {},
      config,
      lens: null,
      ...(sealed && { credential: sealed }),
      ...job,
    } as NodeJob,
    config,
    inputs,
    prompt,
    world: {
      clock: { now: () => performance.now(), sleep: async () => undefined },
      openKey: async (key: SealedKey) =>
        credential && key.sealed === 'sealed' ? { ok: true, value: credential[1] } : fail(stepError('sealed_unreadable', 'no')),
      ...world,
    } as StepWorld,
    signal: signal ?? new AbortController().signal,
    timeoutMs,
    idempotencyKey: 'agon-node-run-1-tell',
    note: (note: (typeof notes)[number]) => void notes.push(note),
  } satisfies NodeContext
  return { ...context, notes }
}
