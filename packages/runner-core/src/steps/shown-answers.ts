import type { ActBounds, StepWorld } from '../engine/step.ts'
import { type StepError, stepError } from '../errors.ts'
import type { ShownAnswer } from '../judge/index.ts'
import type { Model } from '../models/models.ts'
import type { Answer, Provider } from '../ports/index.ts'
import { fail, ok, type Result } from '../result.ts'

/** What writes down recordings for judges that read. */
const transcriber = { provider: 'openai', wireModel: 'gpt-4o-mini-transcribe' }

/**
 * Each answer of a battle as its judge can meet it, by slot: text as it is, an image by its URL where the judge sees, a film by pictures out
 * of it, a recording by what is said in it. What was written down once is not written down again.
 */
export async function shownAnswers(
  job: { jobId: number; leaseToken: number; answers: readonly Answer[] },
  judge: { model: Model; provider: Provider },
  world: StepWorld,
  bounds: ActBounds,
): Promise<Result<Map<string, ShownAnswer>, StepError>> {
  const shown = new Map<string, ShownAnswer>()
  for (const answer of job.answers) {
    const met = await meet(answer, job, judge.model, world, bounds)
    if (!met.ok) return met
    shown.set(answer.slot, met.value)
  }
  return ok(shown)
}

async function meet(
  answer: Answer,
  job: { jobId: number; leaseToken: number },
  model: Model,
  world: StepWorld,
  bounds: ActBounds,
): Promise<Result<ShownAnswer, StepError>> {
  const { modality, contentText, contentUrl, mimeType, transcript, keyframes, slot } = answer
  if (modality === 'text' || contentUrl === null) return ok(contentText ?? '')
  if (modality === 'image') {
    if (!model.vision) return fail(stepError('judge_cannot_see', `${model.key} does not look at images, and contender ${slot} made one`))
    return ok({ image: { url: contentUrl, mimeType: mimeType ?? 'image/png' } })
  }
  if (modality === 'video') {
    if (!model.vision)
      return fail(stepError('judge_cannot_see', `${model.key} does not look at pictures, and contender ${slot} made a film`))
    return ok({ frames: keyframes ?? [] })
  }
  if (transcript !== null) return ok({ transcript })
  const provider = world.providers(transcriber.provider)
  if (!provider.ok) return provider
  if (!provider.value.transcribe) return fail(stepError('adapter_missing', `${transcriber.provider} writes down no recordings here`))
  const said = await provider.value.transcribe(
    { wireModel: transcriber.wireModel, recording: { url: contentUrl, mimeType: mimeType ?? 'audio/mpeg' } },
    { signal: bounds.signal, timeoutMs: bounds.timeoutMs, idempotencyKey: `agon-transcript-${answer.contenderId}` },
  )
  if (!said.ok) return said
  const kept = await world.store.recordTranscript(job.jobId, job.leaseToken, answer.contenderId, said.value.text)
  if (kept.ok && !kept.value) return fail(stepError('lease_lost', 'Another driver judges this battle'))
  return ok({ transcript: said.value.text })
}
