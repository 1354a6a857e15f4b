import type { ActBounds, StepWorld } from '../engine/step.ts'
import { type StepError, stepError } from '../errors.ts'
import type { ShownAnswer } from '../judge/index.ts'
import type { Model } from '../models/models.ts'
import { transcriber, transcriptionUsd } from '../models/transcription.ts'
import type { Answer, HeardRecording, PaidJob, Provider } from '../ports/index.ts'
import { fail, ok, type Result } from '../result.ts'

type HearingJob = PaidJob & { jobId: number; leaseToken: number }

/**
 * Each answer of a battle as its judge can meet it, by slot: text as it is, an image by its URL where the judge sees, a film by pictures out
 * of it, a recording by what is said in it. What was written down once is not written down again.
 */
export async function shownAnswers(
  job: HearingJob & { answers: readonly Answer[] },
  judge: { model: Model; provider: Provider },
  world: StepWorld,
  bounds: ActBounds,
): Promise<Result<Map<string, ShownAnswer>, StepError>> {
  const shown = new Map<string, ShownAnswer>()
  for (const answer of job.answers) {
    const met = await meet(answer, job, judge, world, bounds)
    if (!met.ok) return met
    shown.set(answer.slot, met.value)
  }
  return ok(shown)
}

async function meet(
  answer: Answer,
  job: HearingJob,
  judge: { model: Model; provider: Provider },
  world: StepWorld,
  bounds: ActBounds,
): Promise<Result<ShownAnswer, StepError>> {
  const { modality, contentText, contentUrl, mimeType, transcript, keyframes, slot } = answer
  if (modality === 'text' || contentUrl === null) return ok(contentText ?? '')
  const { model } = judge
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
  const heard = await hear(
    { url: contentUrl, mimeType: mimeType ?? 'audio/mpeg' },
    `agon-transcript-${answer.contenderId}`,
    job,
    judge,
    world,
    bounds,
  )
  if (!heard.ok) return heard
  const kept = await world.store.recordTranscript(job.jobId, job.leaseToken, answer.contenderId, heard.value)
  if (kept.ok && !kept.value) return fail(stepError('lease_lost', 'Another driver judges this battle'))
  return ok({ transcript: heard.value.text })
}

/** Writes a recording down: on the judge's own key where that is one of the transcriber's, else on the platform's. */
async function hear(
  recording: { url: string; mimeType: string },
  idempotencyKey: string,
  job: HearingJob,
  judge: { model: Model; provider: Provider },
  world: StepWorld,
  bounds: ActBounds,
): Promise<Result<HeardRecording, StepError>> {
  const isJudges = judge.model.provider === transcriber.provider
  const provider = isJudges ? ok(judge.provider) : world.providers(transcriber.provider)
  if (!provider.ok) return provider
  if (!provider.value.transcribe) return fail(stepError('adapter_missing', `${transcriber.provider} writes down no recordings here`))
  const said = await provider.value.transcribe(
    { wireModel: transcriber.wireModel, recording },
    { signal: bounds.signal, timeoutMs: bounds.timeoutMs, idempotencyKey },
  )
  return said.ok
    ? ok({ text: said.value.text, costUsd: transcriptionUsd(said.value), onPlatform: !(isJudges && job.byok !== undefined) })
    : said
}
