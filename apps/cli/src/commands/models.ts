import { listModels, providers } from '@agon/runner-core'
import { simulatedMark } from '../battle/names.ts'
import { problemError } from '../cli-error.ts'
import { variableFor } from '../contenders/availability.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { readProviders } from '../platform/local-platform.ts'
import { openRemote, remoteOf } from '../platform/session.ts'
import { table } from '../terminal/columns.ts'
import type { Context } from './context.ts'

export interface ModelsOptions {
  json?: true
  url?: string
  publishableKey?: string
}

interface Traits {
  open?: true
  local?: true
  simulated?: true
  jsonSchema: boolean
}

/** The models that can contend or judge, and what each provider still needs. */
export async function modelsCommand(options: ModelsOptions, context: Context): Promise<ExitCode> {
  const remote = remoteOf(options, context.variables)
  if (remote) {
    const found = await openRemote(remote).agon.models()
    if (!found.ok) throw problemError(found.problem)
    const { models, open_providers } = found.value
    if (options.json) context.print(JSON.stringify(found.value))
    else
      context.print(
        [...models.map(({ key, kind }) => (kind === 'text' ? key : `${key}  ${kind}`)), ...open_providers.map((id) => `${id}:<any>`)].join(
          '\n',
        ),
      )
    return exitCodes.done
  }
  const { configured } = readProviders(context.variables)
  const rows = listModels()
    .filter(({ callable }) => callable)
    .map(({ key, kind, tier, provider, retiredOn, simulated }) => ({
      key,
      kind,
      tier: tier ?? null,
      ready: simulated || provider in configured,
      retired_on: retiredOn ?? null,
      simulated,
    }))
  const open = Object.entries<Traits>(providers).filter(([, traits]) => traits.open)
  if (options.json) {
    context.print(JSON.stringify({ models: rows, open_providers: open.map(([id]) => id) }))
    return exitCodes.done
  }
  const { good, dim } = context.out
  const state = (ready: boolean, provider: string) => (ready ? good('ready') : dim(`set ${variableFor(provider)}`))
  const registered = rows.map(({ key, kind, tier, ready, retired_on, simulated }) => [
    `  ${key}`,
    kind === 'text' ? '' : kind,
    simulated ? simulatedMark : dim(retired_on === null ? (tier ?? '') : `shut down ${retired_on}`),
    state(ready, key.split(':', 1)[0] ?? ''),
  ])
  const opens = open.map(([id, { local, simulated }]) => [
    `  ${id}:<model>`,
    '',
    simulated ? simulatedMark : dim(local ? 'this machine' : 'any server'),
    simulated || id in configured ? good('ready') : state(false, id),
  ])
  context.print(
    `${table(registered)}\n\nProviders that take any model name:\n${table(opens)}\n\nSparring partners: sparring:quill, sparring:stumbler, sparring:mute, sparring-anthropic:ember; for images, speech and video those above; judge sparring:arbiter; in workflows sparring:scribe.`,
  )
  return exitCodes.done
}
