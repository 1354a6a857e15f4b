import { readFile } from 'node:fs/promises'
import type { CreateTrigger } from '@agon/client'
import { problemError, usageError } from '../cli-error.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { remoteOf, type Session } from '../platform/session.ts'
import { table } from '../terminal/columns.ts'
import { printable } from '../terminal/printable.ts'
import { type Context, closeSession, openSession } from './context.ts'

export interface TriggerOptions {
  json?: true
  url?: string
  publishableKey?: string
  accessToken?: string
}

export interface ScheduleOptions {
  cron?: string
  timezone?: string
}

export interface CreateTriggerOptions extends TriggerOptions, ScheduleOptions {
  webhook?: 'bearer' | 'hmac'
  on?: string[]
  file?: string
  title?: string
  inputs?: string
}

async function inSession(options: TriggerOptions, context: Context, act: (agon: Session['agon']) => Promise<ExitCode>): Promise<ExitCode> {
  const session = await openSession(context, remoteOf(options, context.variables), true)
  try {
    return await act(session.agon)
  } finally {
    await closeSession(context, session)
  }
}

function objectOf(text: string, where: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw usageError(`${where} is not JSON.`, `Give an object, as '{"topic": "tides"}'.`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw usageError(`${where} is no JSON object.`, `Give an object, as '{"topic": "tides"}'.`)
  return value as Record<string, unknown>
}

/** What is to start the workflow: by the options for what is usual, by a file for all of it. */
async function wanted(
  workflowId: string,
  { cron, timezone, webhook, on, file, title, inputs }: CreateTriggerOptions,
): Promise<CreateTrigger> {
  const ways = [
    cron !== undefined && '--cron',
    webhook !== undefined && '--webhook',
    on !== undefined && '--on',
    file !== undefined && '--file',
  ].filter(Boolean)
  if (ways.length > 1) throw usageError(`${ways.join(' and ')} do not go together.`, 'A trigger has one kind: make one for each.')
  const common = {
    workflow_id: workflowId,
    ...(title !== undefined && { title }),
    ...(inputs !== undefined && { inputs: objectOf(inputs, '--inputs') }),
  }
  if (cron !== undefined) return { ...common, kind: 'schedule', config: { cron_expr: cron, ...(timezone !== undefined && { timezone }) } }
  if (webhook !== undefined) return { ...common, kind: 'webhook', config: { auth: webhook } }
  if (on !== undefined) return { ...common, kind: 'battle_event', config: { types: on } }
  if (file === undefined) return { ...common, kind: 'manual' }
  const text = await readFile(file, 'utf8').catch(() => {
    throw usageError(`${file} cannot be read.`, 'Give a JSON file of {kind, config, …}: docs/triggers.md shows one of each kind.')
  })
  return { ...objectOf(text, file), ...common } as CreateTrigger
}

export const createTriggerCommand = (workflowId: string, options: CreateTriggerOptions, context: Context): Promise<ExitCode> =>
  inSession(options, context, async (agon) => {
    const made = await agon.triggers.create(await wanted(workflowId, options))
    if (!made.ok) throw problemError(made.problem)
    const { trigger_id, secret, url, next_due_at } = made.value
    if (options.json) context.print(JSON.stringify(made.value))
    else {
      context.print([trigger_id, url, secret].filter((line) => line !== undefined).join('\n'))
      if (secret !== undefined)
        context.tell('Post to the second line with the third as the secret; it is not shown again. docs/triggers.md says how.')
      if (next_due_at) context.tell(`It is due next at ${next_due_at}.`)
    }
    return exitCodes.done
  })

export const listTriggersCommand = (options: TriggerOptions & { workflow?: string }, context: Context): Promise<ExitCode> =>
  inSession(options, context, async (agon) => {
    const found = await agon.triggers.list(options.workflow === undefined ? {} : { workflow_id: options.workflow })
    if (!found.ok) throw problemError(found.problem)
    const { triggers } = found.value
    if (options.json) context.print(JSON.stringify(triggers))
    else if (triggers.length === 0) context.print('No trigger yet: npm run agon -- trigger create <workflow> --cron "0 9 * * *"')
    else
      context.print(
        table(
          triggers.map(({ trigger_id, kind, enabled, disabled_reason, title, next_due_at }) => [
            trigger_id,
            kind,
            enabled ? context.out.good('enabled') : context.out.bad(`disabled: ${disabled_reason}`),
            next_due_at ?? '',
            printable(title),
          ]),
        ),
      )
    return exitCodes.done
  })

export const showTriggerCommand = (id: string, options: TriggerOptions, context: Context): Promise<ExitCode> =>
  inSession(options, context, async (agon) => {
    const found = await agon.triggers.get(id)
    if (!found.ok) throw problemError(found.problem)
    const page = await agon.triggers.firings(id, { limit: 10 })
    if (!page.ok) throw problemError(page.problem)
    const { firings } = page.value
    if (options.json) context.print(JSON.stringify({ ...found.value, firings }))
    else {
      const { kind, enabled, disabled_reason, config, url, next_dues, workflow_id } = found.value
      context.print(
        table([
          ['kind', kind],
          ['state', enabled ? context.out.good('enabled') : context.out.bad(`disabled: ${disabled_reason}`)],
          ['workflow', workflow_id],
          ['config', printable(JSON.stringify(config))],
          ...(url === undefined ? [] : [['url', url]]),
          ...next_dues.slice(0, 5).map((due) => ['due', due]),
          ...firings.map((firing) => [
            'fired',
            [firing.created_at, firing.outcome, firing.run_id ?? firing.refused ?? '', printable(firing.message ?? '')].join(' ').trim(),
          ]),
        ]),
      )
    }
    return exitCodes.done
  })

export const enableTriggerCommand = (enabled: boolean, id: string, options: TriggerOptions, context: Context): Promise<ExitCode> =>
  inSession(options, context, async (agon) => {
    const changed = await agon.triggers.update(id, { enabled })
    if (!changed.ok) throw problemError(changed.problem)
    if (options.json) context.print(JSON.stringify(changed.value))
    else
      context.tell(
        `${id} is ${enabled ? 'enabled' : 'disabled'}.${changed.value.next_due_at ? ` It is due next at ${changed.value.next_due_at}.` : ''}`,
      )
    return exitCodes.done
  })

export const deleteTriggerCommand = (id: string, options: TriggerOptions, context: Context): Promise<ExitCode> =>
  inSession(options, context, async (agon) => {
    const removed = await agon.triggers.remove(id)
    if (!removed.ok) throw problemError(removed.problem)
    if (options.json) context.print(JSON.stringify(removed.value))
    else context.tell(`${id} is removed. Its runs stay.`)
    return exitCodes.done
  })

export const fireTriggerCommand = (id: string, options: TriggerOptions & { inputs?: string }, context: Context): Promise<ExitCode> =>
  inSession(options, context, async (agon) => {
    const fired = await agon.triggers.fire(id, options.inputs === undefined ? {} : objectOf(options.inputs, '--inputs'))
    if (!fired.ok) throw problemError(fired.problem)
    context.print(options.json ? JSON.stringify(fired.value) : fired.value.run_id)
    return exitCodes.done
  })

export const rotateTriggerCommand = (id: string, options: TriggerOptions & { oldValid?: number }, context: Context): Promise<ExitCode> =>
  inSession(options, context, async (agon) => {
    const rotated = await agon.triggers.rotateSecret(id, { old_valid_s: options.oldValid ?? 0 })
    if (!rotated.ok) throw problemError(rotated.problem)
    const { secret, previous_secret_valid_until: until } = rotated.value
    context.print(options.json ? JSON.stringify(rotated.value) : secret)
    context.tell(until === null ? 'The old secret opens nothing any more.' : `The old secret opens too until ${until}.`)
    return exitCodes.done
  })

export const previewScheduleCommand = (
  cron: string,
  options: TriggerOptions & ScheduleOptions & { count?: number },
  context: Context,
): Promise<ExitCode> =>
  inSession(options, context, async (agon) => {
    const { timezone, count } = options
    const found = await agon.triggers.preview({
      cron_expr: cron,
      ...(timezone !== undefined && { timezone }),
      ...(count !== undefined && { count }),
    })
    if (!found.ok) throw problemError(found.problem)
    if (options.json) context.print(JSON.stringify(found.value))
    else if (found.value.dues.length === 0) context.print('It is never due.')
    else context.print(table(found.value.dues.map(({ due_at, local }) => [due_at, local])))
    return exitCodes.done
  })
