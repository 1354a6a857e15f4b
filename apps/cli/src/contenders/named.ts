import { findModel, type ModelKind } from '@agon/runner-core'
import { usageError } from '../cli-error.ts'
import type { Contender } from './lineup.ts'

/** A contender as it is named on the command line: a model, `workflow:<id or file>`, or `<model> as <identity>`. */
export function namedContender(text: string): Contender {
  const [, model = '', identity] = /^\s*(\S+)(?:\s+as\s+(.+?))?\s*$/.exec(text) ?? []
  if (!model)
    throw usageError(
      `--contender ${JSON.stringify(text)} is no contender.`,
      'Give provider:model, "provider:model as some identity", or workflow:<id or file>.',
    )
  return { model: workflowOf({ model }) === undefined ? checkedModel(model) : model, ...(identity && { identity }) }
}

/** The id or the file of a contender that is a workflow; undefined: a model answers. */
export const workflowOf = ({ model }: Pick<Contender, 'model'>): string | undefined => /^workflow:(.+)$/.exec(model)?.[1]

function checkedModel(key: string, option = '--contender'): string {
  const model = findModel(key)
  if (!model.ok) throw usageError(`${option} ${model.error.message}`, 'npm run agon -- models lists them all.')
  return model.value.key
}

/** What a contender makes. */
export function kindOf({ model: key }: Contender): ModelKind {
  const model = findModel(key)
  return model.ok ? model.value.kind : 'text'
}

/** The canonical key of a model that can judge, or an error that names the ones close to it. */
export function checkedJudge(key: string, option = '--judge'): string {
  const model = checkedModel(key, option)
  const kind = kindOf({ model })
  if (kind !== 'text') throw usageError(`${option} ${key} makes ${kind}, and a judge answers in text.`)
  return model
}

/** A judge as it is named on the command line: a model, `<model>=<weight>`, or `<model>=learned`. */
export interface NamedJudge {
  model: string
  weight?: number | 'learned'
}

export function namedJudge(text: string): NamedJudge {
  const [, key = '', weight] = /^\s*(.+?)(?:=([0-9.]+|learned))?\s*$/.exec(text) ?? []
  const model = checkedJudge(key)
  if (weight === undefined) return { model }
  if (weight === 'learned') return { model, weight }
  if (!(Number(weight) >= 0 && Number(weight) <= 999)) throw usageError(`--judge ${text}: a weight goes from 0 to 999.`)
  return { model, weight: Number(weight) }
}

/** Refuses what cannot be a battle, before anything is started for it. */
export function checkContenders(contenders: readonly Contender[]): void {
  if (contenders.length === 1) {
    throw usageError(
      'A battle takes 2 to 26 contenders, and there is one.',
      `Add another, for example --contender anthropic:claude-haiku-4-5`,
    )
  }
  if (contenders.length > 26) throw usageError(`A battle takes 2 to 26 contenders, and there are ${contenders.length}.`)
  const kind = kindOf(contenders.find((contender) => workflowOf(contender) === undefined) ?? contenders[0]!)
  // What a workflow makes, the API knows.
  const other = contenders.find((contender) => workflowOf(contender) === undefined && kindOf(contender) !== kind)
  if (other)
    throw usageError(`${contenders[0]!.model} makes ${kind} and ${other.model} ${kindOf(other)}.`, 'Let all contenders make the same.')
  const seen = new Set<string>()
  for (const { model, identity } of contenders) {
    const name = JSON.stringify([model, identity ?? ''])
    if (seen.has(name)) {
      throw usageError(
        `${model} contends twice${identity ? ` as ${identity}` : ''}.`,
        `Give it an identity of its own: --contender "${model} as rival"`,
      )
    }
    seen.add(name)
  }
}
