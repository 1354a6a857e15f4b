import { laneOf, type Model } from './models.ts'

/** A model as the database keeps it: who makes the call, and in which lane it waits. */
export function chosenModel(model: Model) {
  const lane = laneOf(model)
  return {
    model_key: model.key,
    model_kind: model.kind,
    simulated: model.simulated,
    provider: model.provider,
    concurrency_key: lane.concurrencyKey,
    concurrency_limit: lane.concurrencyLimit ?? null,
  }
}
