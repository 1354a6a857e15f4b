import { configuredProviders } from '@agon/providers'
import { findModel, type ModelKind } from '@agon/runner-core'
import { battlesWithoutJudge, type ChosenModels, missingKinds, withModels } from '@agon/templates'
import { usageError } from '../cli-error.ts'
import type { Context } from '../commands/context.ts'
import { checkAvailable } from '../contenders/availability.ts'
import { defaultJudge, mediaStarters, starters } from '../contenders/lineup.ts'
import { findLocalServers, type LocalServer } from '../contenders/local-servers.ts'
import { readProviders, runningPlatform } from '../platform/local-platform.ts'
import { artists } from '../sparring/artists.ts'
import { sparringProviders, workflowPartner } from '../sparring/partners.ts'
import type { Document } from './documents.ts'

/** What --model may say: a model, for all nodes that ask for its kind; or whose it is, by a kind or the id of a node. */
const named = /^(?:([a-z][a-z0-9_-]{0,62})=)?([a-z][a-z0-9-]*:\S+)$/

/** `--model` options as models by kind, or by node. */
export function namedModels(given: readonly string[] = []): Record<string, string> {
  const models: Record<string, string> = {}
  for (const one of given) {
    const [, what, key] = named.exec(one) ?? []
    const found = key === undefined ? undefined : findModel(key)
    if (key === undefined || !found?.ok)
      throw usageError(
        found && !found.ok ? found.error.message : `--model ${one}: expected a model, or whose it is.`,
        'For example --model openai:gpt-5-mini, --model image=fal:flux-2, or --model <node>=anthropic:claude-haiku-4-5',
      )
    models[what ?? found.value.kind] = key
  }
  return models
}

/** Who stands in where no key is set. */
const standIns: Readonly<Partial<Record<ModelKind, string>>> = {
  text: `sparring:${workflowPartner}`,
  image: `sparring:${artists.image[0]}`,
  audio: `sparring:${artists.audio[0]}`,
  video: `sparring:${artists.video[0]}`,
}

/** The model of a kind where nobody names one: of a provider with a key, else of a server on this machine, else a simulated partner. */
export function defaultModel(
  kind: ModelKind,
  { keyed, servers }: { keyed: readonly string[]; servers: readonly LocalServer[] },
): string | undefined {
  const started: Readonly<Record<string, readonly string[]>> = kind === 'text' ? starters : kind === 'music' ? {} : mediaStarters[kind]
  const ofKey = keyed.flatMap((id) => started[id]?.[0] ?? [])
  const local = kind === 'text' ? servers.flatMap(({ provider, models }) => models.map((name) => `${provider}:${name}`)) : []
  return [...ofKey, ...local, ...(standIns[kind] === undefined ? [] : [standIns[kind]])].find((key) => {
    const model = findModel(key)
    return model.ok && model.value.kind === kind
  })
}

export interface Choice {
  document: Document
  /** What was chosen that nobody named, for who wants to know. */
  note?: string
}

/**
 * The document with its models named: as options name them, and on this machine by what it can call. A project elsewhere has defaults
 * of its own, and refuses a document whose models it does not know.
 */
export async function withChosenModels(document: Document, named: ChosenModels, context: Context, isRemote: boolean): Promise<Choice> {
  const told = withModels(document, named)
  const nodes = new Set((Array.isArray(document.nodes) ? document.nodes : []).map((node) => (node as { id?: unknown } | null)?.id))
  const lost = Object.keys(named).find((what) => !nodes.has(what) && !['text', 'image', 'audio', 'video', 'music'].includes(what))
  if (lost !== undefined)
    throw usageError(`--model ${lost}=…: there is no node ${lost}.`, 'Name a node of the workflow, or a kind: text, image, video.')
  const kinds = isRemote ? [] : missingKinds(told).filter((kind) => !hasDefault(kind, context))
  if (isRemote) return { document: told }
  const { home, variables } = context
  const [running, servers] = await Promise.all([runningPlatform(home), findLocalServers(variables)])
  const { configured } = readProviders(variables)
  const keyed = Object.values(configured).flatMap(({ id, apiKey }) =>
    apiKey && (!running?.providers || running.providers.includes(id)) ? [id] : [],
  )
  const chosen: Record<string, string> = {}
  for (const kind of kinds) {
    const key = defaultModel(kind, { keyed, servers })
    if (key === undefined)
      throw usageError(
        `Nothing is configured that makes ${kind}.`,
        `Name a model, --model ${kind}=fal:…, and set its key; npm run agon -- models lists them.`,
      )
    chosen[kind] = key
  }
  // Who judges is not who answers, where there is another.
  const answering = [...Object.values(named), ...Object.values(chosen)].map((model) => ({ model }))
  if (!hasDefault('text', context)) for (const id of battlesWithoutJudge(told)) chosen[id] ??= defaultJudge(answering, { keyed, servers })
  const models = [...Object.values(named), ...Object.values(chosen)]
  const available = running?.providers ?? [...configuredProviders(readProviders(variables)), ...sparringProviders]
  checkAvailable({ contenders: models.map((model) => ({ model })) }, available, running?.pid)
  return { document: withModels(told, chosen), ...(kinds.length > 0 && { note: noteOf(chosen) }) }
}

function hasDefault(kind: ModelKind, { variables }: Context): boolean {
  try {
    return Object.hasOwn(JSON.parse(variables.AGON_DEFAULT_MODELS ?? '{}') as object, kind)
  } catch {
    return false
  }
}

function noteOf(chosen: Readonly<Record<string, string>>): string {
  const told = Object.entries(chosen).map(([kind, key]) => `${kind} by ${key}`)
  const isSimulated = Object.values(chosen).some((key) => key.startsWith('sparring'))
  return isSimulated
    ? `${told.join(', ')}: a SIMULATED partner, since no key is set for it. It shows the machinery alone; set OPENAI_API_KEY or another key in .env, or name a model with --model.`
    : `${told.join(', ')}: chosen by what this machine can call. Name others with --model.`
}
