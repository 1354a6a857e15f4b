import { findModel } from '@agon/runner-core'
import { usageError } from '../cli-error.ts'
import { type Contender, defaultLineup, type Means } from '../contenders/lineup.ts'

export interface Member {
  name: string
  model_key?: string
  system_prompt?: string
}

/** A model as it is named for a team, or an error that names the ones close to it. */
export function textModel(key: string, option: string): string {
  const model = findModel(key)
  if (!model.ok) throw usageError(`${option}: ${model.error.message}`, 'npm run agon -- models lists them all.')
  if (model.value.kind !== 'text') throw usageError(`${option}: ${key} makes ${model.value.kind}, and a team talks.`)
  return model.value.key
}

/** `--member name=model`, or a name alone; and `--role name=text`. */
export function namedMembers(given: readonly string[], roles: readonly string[] = []): Member[] {
  const members = given.map((one): Member => {
    const [, name = '', key] = /^([^=]+?)\s*(?:=\s*(\S+))?$/.exec(one.trim()) ?? []
    if (name === '') throw usageError(`--member ${one}: expected a name, or name=model.`, 'For example --member Ada=openai:gpt-5-mini')
    return { name, ...(key !== undefined && { model_key: textModel(key, `--member ${one}`) }) }
  })
  for (const role of roles) {
    const at = role.indexOf('=')
    const member = members.find(({ name }) => name === role.slice(0, Math.max(0, at)).trim())
    if (!member)
      throw usageError(`--role ${role}: expected name=text, of a member that is named.`, 'For example --role Ada="You doubt everything."')
    member.system_prompt = role.slice(at + 1).trim()
  }
  return members
}

/** A name for who has none: what their model is called. */
function nameOf({ model }: Contender, taken: readonly string[]): string {
  const called = model.replace(/^.*[:/]/, '').replaceAll(/[^A-Za-z0-9 _-]+/g, '-')
  const name = `${called[0]?.toUpperCase() ?? 'M'}${called.slice(1)}`
    .replace(/^[^A-Za-z]+/, 'M')
    .slice(0, 36)
    .replace(/[ _-]+$/, '')
  return taken.includes(name) ? `${name} ${taken.length + 1}` : name
}

/** Who is in a team when nobody is named, and who lends a model to those that name none: as for a battle. */
export function completed(members: readonly Member[], means: Means): { members: Member[]; note?: string } {
  if (members.length > 0 && members.every(({ model_key }) => model_key !== undefined)) return { members: [...members] }
  const { contenders } = defaultLineup(means)
  const isSimulated = contenders.every(({ model }) => model.startsWith('sparring'))
  const told = contenders.map(({ model }) => model).join(' and ')
  const note = isSimulated
    ? `${told} are SIMULATED partners, since no key is set: they show the machinery alone. Set OPENAI_API_KEY or another key in .env, or name models with --member.`
    : `${told}: chosen by what this machine can call. Name others with --member name=model.`
  if (members.length > 0)
    return {
      members: members.map((member, nth) => ({ ...member, model_key: member.model_key ?? contenders[nth % contenders.length]!.model })),
      note,
    }
  const named: Member[] = []
  for (const contender of contenders)
    named.push({
      name: nameOf(
        contender,
        named.map(({ name }) => name),
      ),
      model_key: contender.model,
      ...(contender.system_prompt !== undefined && { system_prompt: contender.system_prompt }),
    })
  return { members: named, note }
}
