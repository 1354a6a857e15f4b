const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const

/** A length of time as an operator says it: its largest unit, and no more precise than that. */
export function spell(ms: number): string {
  const [unit, size] = units.find(([, size]) => ms >= size) ?? units.at(-1)!
  return `${Math.floor(Math.max(0, ms) / size)} ${unit}`
}

/** A moment in the past: a timestamp, or how long ago, as 30m, 2h or 1d. Undefined: neither. */
export function momentOf(text: string, nowMs: number): string | undefined {
  const [, count, unit] = /^(\d+)\s*([smhd])$/.exec(text) ?? []
  if (count !== undefined) return new Date(nowMs - Number(count) * units.find(([name]) => name === unit)![1]).toISOString()
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : new Date(at).toISOString()
}
