import { existsSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { type CodingConfiguration, codingConfiguration, readCodingConfiguration } from '@agon/coding'
import { usageError } from '../cli-error.ts'
import { projectDir, type Variables } from '../settings.ts'

export interface CodingOptions {
  repo?: string
  ref?: string
  /** Each "name" or "name/model". */
  backend?: string[]
  /** Each the name of a check in the file of backends, or "name=program argument …". */
  check?: string[]
}

/** What this machine has, and what of it the battle is about. */
export interface ChosenCoding {
  configuration: CodingConfiguration
  repository: { source: string; ref?: string }
  contenders: { command: string; model?: string }[]
  checks: string[]
  note?: string
}

const sparringCoder = join(projectDir, 'packages/coding/backends/sparring-coder.ts')

/** A stand-in for an agent, in two minds, so that a coding battle can be tried without one. */
const sparring = {
  command: [process.execPath, sparringCoder, '{prompt_file}', '{model}'],
  model: 'steady',
  models: ['steady', 'hasty'],
  simulated: true,
  tokens: { regex: 'tokens: (\\d+)' },
}

/** Reads what AGON_BACKENDS says, adds the repository and the checks that were named here, and finds who contends. */
export function chooseCoding({ repo, ref, backend: named, check: checks = [] }: CodingOptions, variables: Variables): ChosenCoding {
  if (repo === undefined) throw usageError('A coding battle needs a repository.', 'Give --repo <folder of a git repository>.')
  const source = resolve(repo)
  if (!existsSync(source)) throw usageError(`--repo ${repo}: there is no such folder.`, 'Give the folder of a git repository.')
  const file = variables.AGON_BACKENDS
  let known: Partial<CodingConfiguration> = {}
  try {
    if (file) known = readCodingConfiguration(resolve(file))
  } catch (error) {
    throw usageError(`AGON_BACKENDS: ${(error as Error).message}`, 'Correct the file: docs/coding-battles.md tells its form.')
  }
  const name =
    basename(source)
      .toLowerCase()
      .replaceAll(/[^a-z0-9._-]+/g, '-')
      .replaceAll(/^[^a-z0-9]+/g, '')
      .slice(0, 40) || 'repository'
  const configured = Object.entries(known.repositories ?? {}).find(([, each]) => resolve(each.source) === source)
  const [repositoryName, repository] = configured ?? [name, { source, restore: [], checks: {} }]
  const given = checks.map((text) => {
    const [check, ...rest] = text.split('=')
    const command = rest.join('=').trim().split(/\s+/).filter(Boolean)
    if (command.length > 0) return [check!, { command }] as const
    const there = Object.values(known.repositories ?? {}).find((each) => Object.hasOwn(each.checks, check!))
    const found = Object.hasOwn(repository.checks, check!) ? repository.checks[check!] : there?.checks[check!]
    if (!found)
      throw usageError(
        `--check ${text}: no check of that name is configured.`,
        'Say what it runs: --check "test=npm test", or configure it in the file that AGON_BACKENDS names.',
      )
    return [check!, found] as const
  })
  const contenders = (named ?? ['sparring-coder/steady', 'sparring-coder/hasty']).map((text) => {
    const slash = text.indexOf('/')
    return slash < 0 ? { command: text } : { command: text.slice(0, slash), model: text.slice(slash + 1) }
  })
  const backends = {
    ...known.backends,
    ...(contenders.some(({ command }) => command === 'sparring-coder') &&
      !known.backends?.['sparring-coder'] && { 'sparring-coder': sparring }),
  }
  const missing = contenders.find(({ command }) => !Object.hasOwn(backends, command))
  if (missing)
    throw usageError(
      `--backend ${missing.command}: there is none of that name.`,
      `${file ? `${file} has ${Object.keys(known.backends ?? {}).join(', ')}` : 'Set AGON_BACKENDS to a file of backends (docs/coding-battles.md)'}; sparring-coder is always there, simulated.`,
    )
  let configuration: CodingConfiguration
  try {
    configuration = codingConfiguration(
      JSON.stringify({
        backends,
        repositories: { [repositoryName]: { ...repository, checks: { ...repository.checks, ...Object.fromEntries(given) } } },
      }),
    )
  } catch (error) {
    throw usageError((error as Error).message, 'Correct what it names.')
  }
  return {
    configuration,
    repository: { source: repositoryName, ...(ref !== undefined && { ref }) },
    contenders,
    checks: given.map(([check]) => check),
    ...(named === undefined && {
      note: 'No backend is named, so two SIMULATED coders contend: they make no model call. Name others with --backend.',
    }),
  }
}
