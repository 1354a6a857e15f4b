import { renderTask } from '@agon/runner-core'
import type { CodingJob } from '@agon/runner-core/coding'
import { type StepError, stepError } from '@agon/runner-core/errors'
import { fail, ok, type Result } from '@agon/runner-core/result'
import type { Backend, Check, CodingConfiguration, Repository } from './configuration.ts'
import { splitKey } from './results.ts'

/** What a contender is to do here: its command, its repository and its checks, by this worker's configuration. */
export interface Asked {
  backend: Backend
  model: string | undefined
  repository: Repository
  checks: (Check & { name: string })[]
  prompt: string
}

/** What the names of a job stand for on this machine. */
export async function whatIsAsked(job: CodingJob, { backends, repositories }: CodingConfiguration): Promise<Result<Asked, StepError>> {
  const [name, model] = splitKey(job.modelKey)
  const misused = (message: string) => fail(stepError('backend_misused', message))
  const backend = Object.hasOwn(backends, name) ? backends[name] : undefined
  if (!backend) return misused(`This worker has no backend ${name}`)
  if (model !== undefined && !backend.command.includes('{model}'))
    return misused(`The backend ${name} takes no model, and the contender names ${model}`)
  if (model !== undefined && backend.models && !backend.models.includes(model))
    return misused(`The backend ${name} does not offer ${model}; it offers ${backend.models.join(', ')}`)
  const { source, ref: _ref } = job.repository
  const repository = Object.hasOwn(repositories, source) ? repositories[source] : undefined
  if (!repository) return misused(`This worker has no repository ${source}`)
  const unknown = job.checks.find((check) => !Object.hasOwn(repository.checks, check))
  if (unknown !== undefined) return misused(`The repository ${source} has no check ${unknown}`)
  const prompt = await renderTask(job)
  if (!prompt.ok) return prompt
  return ok({
    backend,
    model: model ?? backend.model,
    repository,
    checks: job.checks.map((check) => ({ name: check, ...repository.checks[check]! })),
    prompt: prompt.value,
  })
}
