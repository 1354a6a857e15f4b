import { findModel } from '@agon/runner-core'
import { usageError } from '../cli-error.ts'
import { artists, type MediaKind } from '../sparring/artists.ts'
import type { LocalServer } from './local-servers.ts'
import { type NamedJudge, workflowOf } from './named.ts'

export interface Contender {
  /** `workflow:` and the id of a workflow, or a file with a document, where that is what answers. */
  model: string
  identity?: string
  system_prompt?: string
}

/** Who fights and who judges. */
export interface Lineup {
  contenders: Contender[]
  /** Nobody, where votes alone decide. */
  judge?: string
  /** Several judges, where they are named. */
  panel?: readonly NamedJudge[]
  /** Why these, when nobody named them. */
  note?: string
}

export interface JudgedLineup extends Lineup {
  judge: string
}

/** What there is to choose from. */
export interface Means {
  /** Providers whose keys are set and that can be called, by id. */
  keyed: readonly string[]
  servers: readonly LocalServer[]
}

/** Models to begin with, quick and cheap, per provider with a key: the first fights, the next fights beside it or judges. */
export const starters: Readonly<Record<string, readonly [string, string]>> = {
  openai: ['openai:gpt-5-mini', 'openai:gpt-5.4-mini'],
  anthropic: ['anthropic:claude-haiku-4-5', 'anthropic:claude-sonnet-4-6'],
  google: ['google:gemini-2.5-flash', 'google:gemini-3-flash-preview'],
  mistral: ['mistral:mistral-small-latest', 'mistral:mistral-large-latest'],
}

const sparringJudge = 'sparring:arbiter'

export const sparringLineup: JudgedLineup = {
  contenders: [{ model: 'sparring:quill' }, { model: 'sparring-anthropic:ember' }],
  judge: sparringJudge,
  note: 'No provider key is set and no local model server answers, so two SIMULATED sparring partners fight and a SIMULATED arbiter judges. Set OPENAI_API_KEY, ANTHROPIC_API_KEY or another key in .env for real models; npm run agon -- doctor lists them.',
}

/** Who fights when nobody is named: models of providers with a key, else of a server on this machine, else the sparring partners. */
export function defaultLineup(means: Means): JudgedLineup {
  return cloudLineup(means) ?? localLineup(means.servers) ?? sparringLineup
}

function cloudLineup({ keyed }: Means): JudgedLineup | undefined {
  const [first, second, third] = keyed.flatMap((id) => (Object.hasOwn(starters, id) ? [starters[id]!] : []))
  if (!first) return undefined
  const one = first[0]
  const other = second?.[0] ?? first[1]
  const judge = third?.[0] ?? second?.[1] ?? one
  return {
    contenders: [{ model: one }, { model: other }],
    judge,
    note: `${one} against ${other}, judged by ${judge}: chosen by the keys that are set. Name others with --contender and --judge.`,
  }
}

/** Models that make media, per provider with a key: the first of each fights, then the second. */
export const mediaStarters: Readonly<Record<MediaKind, Readonly<Record<string, readonly string[]>>>> = {
  image: { openai: ['openai:gpt-image-2'], fal: ['fal:flux-2', 'fal:recraft-4'] },
  audio: { openai: ['openai:tts-1', 'openai:gpt-4o-mini-tts'], fal: ['fal:kokoro', 'fal:eleven-v3'] },
  video: { fal: ['fal:veo-3.1-fast', 'fal:hailuo-2.3'] },
}

/**
 * Who fights with pictures, speech or films when nobody is named: models of providers with a key, whom votes judge, because a judge in the
 * cloud cannot fetch what lies on this machine; else the sparring artists.
 */
export function mediaLineup(kind: MediaKind, { keyed }: Means): Lineup {
  const models = keyed.flatMap((id) => mediaStarters[kind][id]?.slice(0, 1) ?? [])
  const others = keyed.flatMap((id) => mediaStarters[kind][id]?.slice(1) ?? [])
  const [one, other] = [...models, ...others]
  if (one && other)
    return {
      contenders: [{ model: one }, { model: other }],
      note: `${one} against ${other}: chosen by the keys that are set. Votes decide: npm run agon -- vote.`,
    }
  const contenders = artists[kind].map((name) => ({ model: `sparring:${name}` }))
  const note = `Two SIMULATED sparring partners make ${kind}; what they make is small and real, and shows the machinery alone.`
  return kind === 'image'
    ? { contenders, judge: sparringJudge, note: `${note} A SIMULATED arbiter judges.` }
    : { contenders, note: `${note} Votes decide: npm run agon -- vote.` }
}

const personas = [
  { identity: 'brief', system_prompt: 'Answer in as few words as the task allows.' },
  { identity: 'thorough', system_prompt: 'Think about the task from several sides before you answer, and answer in full.' },
] as const

function localLineup(servers: readonly LocalServer[]): JudgedLineup | undefined {
  const models = servers.flatMap(({ provider, models }) => models.map((name) => `${provider}:${name}`)).filter((key) => findModel(key).ok)
  const [one, other, third] = models
  if (!one) return undefined
  if (!other) {
    return {
      contenders: personas.map((persona) => ({ model: one, ...persona })),
      judge: one,
      note: `${one} is the only local model, so it fights itself under two identities, and judges: pull a second one for a fairer battle.`,
    }
  }
  return {
    contenders: [{ model: one }, { model: other }],
    judge: third ?? one,
    note: third
      ? `${one} against ${other}, judged by ${third}: models of the servers on this machine.`
      : `${one} against ${other}, and ${one} judges, its own answer too: a third local model, or --judge, would be fairer.`,
  }
}

const familyOf = (key: string): string | undefined => {
  const model = findModel(key)
  return model.ok ? model.value.family : undefined
}

/** A judge for named contenders: of no contender's family where there is one. */
export function defaultJudge(contenders: readonly Contender[], means: Means): string {
  const models = contenders.map(({ model }) => findModel(model)).flatMap((found) => (found.ok ? [found.value] : []))
  if (models.some(({ simulated }) => simulated)) return sparringJudge
  const families = new Set(models.map(({ family }) => family))
  const known = means.keyed.flatMap((id) => starters[id] ?? [])
  const local = means.servers.flatMap(({ provider, models }) => models.map((name) => `${provider}:${name}`))
  const candidates = [...known, ...local]
  const simulated = contenders.some((contender) => workflowOf(contender) !== undefined) ? sparringJudge : undefined
  const judge = candidates.find((key) => !families.has(familyOf(key) ?? '')) ?? candidates[0] ?? models[0]?.key ?? simulated
  if (judge === undefined) throw usageError('Nobody is there to judge.', 'Name a judge: --judge openai:gpt-5-mini')
  return judge
}
