import { median } from './statistics.ts'

export interface Contestant {
  name: string
  run(): Promise<number>
}

/** Runs every contestant once a round, round after round, so that a slow quarter of an hour is shared by all. Values by name, in round order. */
export async function interleave(
  contestants: Contestant[],
  rounds: number,
  say: (text: string) => void,
): Promise<Record<string, number[]>> {
  const values: Record<string, number[]> = Object.fromEntries(contestants.map(({ name }) => [name, []]))
  for (let round = 1; round <= rounds; round++) {
    for (const { name, run } of contestants) {
      const value = await run()
      values[name]!.push(value)
      say(`round ${round}/${rounds}  ${name}: ${format(value)}`)
    }
  }
  return values
}

export const format = (value: number): string =>
  !Number.isFinite(value) ? '–' : value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(value >= 10 ? 1 : 2)

export const medians = (values: Record<string, number[]>): Record<string, number> =>
  Object.fromEntries(Object.entries(values).map(([name, samples]) => [name, median(samples)]))
