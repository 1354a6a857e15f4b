import { type ErrorCode, errorTable } from '@agon/runner-core/errors'
import { z } from 'zod'
import { type Connection, call } from './connection.ts'
import type { Json } from './database.types.ts'

const document = z.record(z.string(), z.unknown())
const trigger = z.looseObject({
  trigger_id: z.string(),
  kind: z.enum(['schedule', 'webhook', 'battle_event', 'database_event', 'manual']),
  enabled: z.boolean(),
  config: document,
})
/** A refusal of the database; a code that this release does not know is a difference of releases. */
const refusal = z.looseObject({
  refused: z.string().refine((code): code is ErrorCode => code in errorTable, 'an error code'),
  message: z.string().optional(),
  path: z.string().optional(),
})
const start = z.object({ run_id: z.string(), status: z.string(), created: z.boolean() })
const hook = z.object({
  owner_id: z.string(),
  secret_sha256s: z.array(z.string()),
  sealed_secrets: z.array(z.string()),
  input_path: z.string().nullable(),
  input_label: z.string().nullable(),
})
const result = z.object({ run_id: z.string(), status: z.string(), ended: z.boolean(), output: z.unknown(), error: z.unknown() })

export type ShownTrigger = z.output<typeof trigger>
export type HookDocument = z.output<typeof hook>

/** What the api needs of triggers, one method an RPC. Owners are users the api has authenticated; null is a stranger's. */
export function createTriggersStore({ lenses }: Connection) {
  return {
    create: (owner_id: string, row: Record<string, unknown>) =>
      call('fn_triggers_create', lenses.rpc('fn_triggers_create', { owner_id, trigger: row as Json }), z.union([refusal, trigger])),
    get: (trigger_id: string, owner_id: string) =>
      call('fn_triggers_get', lenses.rpc('fn_triggers_get', { trigger_id, owner_id }), trigger.nullable()),
    list: (owner_id: string, workflow_id?: string) =>
      call('fn_triggers_list', lenses.rpc('fn_triggers_list', { owner_id, ...(workflow_id && { workflow_id }) }), z.array(trigger)),
    update: (trigger_id: string, owner_id: string, changes: Record<string, unknown>) =>
      call(
        'fn_triggers_update',
        lenses.rpc('fn_triggers_update', { trigger_id, owner_id, changes: changes as Json }),
        z.union([refusal, trigger]),
      ),
    remove: (trigger_id: string, owner_id: string) =>
      call('fn_triggers_delete', lenses.rpc('fn_triggers_delete', { trigger_id, owner_id }), z.boolean()),
    rotateSecret: (trigger_id: string, owner_id: string, secret: Record<string, string>, old_valid_s: number) =>
      call(
        'fn_triggers_rotate_secret',
        lenses.rpc('fn_triggers_rotate_secret', { trigger_id, owner_id, secret, old_valid_s }),
        trigger.nullable(),
      ),
    fire: (trigger_id: string, owner_id: string, given: Record<string, unknown>) =>
      call('fn_triggers_fire', lenses.rpc('fn_triggers_fire', { trigger_id, owner_id, given: given as Json }), z.union([refusal, start])),
    firings: (trigger_id: string, owner_id: string, most: number, cursor?: number) =>
      call(
        'fn_triggers_firings',
        lenses.rpc('fn_triggers_firings', { trigger_id, owner_id, most, ...(cursor !== undefined && { cursor }) }),
        document.nullable(),
      ),
    openHook: (trigger_id: string) => call('fn_hooks_open', lenses.rpc('fn_hooks_open', { trigger_id }), hook.nullable()),
    fireHook: (trigger_id: string, given: Record<string, unknown>, body_sha256: string, message_id?: string) =>
      call(
        'fn_hooks_fire',
        lenses.rpc('fn_hooks_fire', { trigger_id, given: given as Json, body_sha256, ...(message_id !== undefined && { message_id }) }),
        z.union([refusal, start]),
      ),
    hookResult: (trigger_id: string, run_id: string) =>
      call('fn_hooks_result', lenses.rpc('fn_hooks_result', { trigger_id, run_id }), result.nullable()),
  }
}

export type TriggersStore = ReturnType<typeof createTriggersStore>
