/**
 * Shares of the slots by kind of job, as AGON_WEIGHTS says. Undefined: none, and the lines are asked in their own order.
 *
 * @example weightsOf('battle_job=3,lens_run=1') // { battle_job: 3, lens_run: 1 }
 */
export function weightsOf(text: string | undefined): Readonly<Record<string, number>> | undefined {
  const weights: Record<string, number> = {}
  for (const part of (text ?? '').split(',')) {
    if (part.trim() === '') continue
    const [, kind, weight] = part.trim().match(/^([a-z][a-z0-9_]*)\s*=\s*(\d{1,4}(?:\.\d{1,3})?)$/) ?? []
    if (kind === undefined || !(Number(weight) > 0))
      throw new Error(`must be kind=weight between commas, such as battle_job=3; ${part.trim()} is not`)
    weights[kind] = Number(weight)
  }
  return Object.keys(weights).length === 0 ? undefined : weights
}
