import type { BenchPostgres } from './postgres.ts'

export interface Goal {
  text: string
  /** What was measured against it. */
  value: number
  atLeast?: number
  atMost?: number
}

export interface Outcome {
  head: string[]
  rows: (string | number)[][]
  goals: Goal[]
  /** What the reader must know to judge the numbers. */
  notes: string[]
  /** Every value of every round, as measured. */
  rounds: unknown
}

export interface Bench {
  postgres: BenchPostgres
  quick: boolean
  say(text: string): void
}

/** One measurement: what it is called on the command line, and how it is taken. It never fails for being slow. */
export interface Measure {
  name: string
  title: string
  /** PostgreSQL settings it needs beyond those every measurement has. */
  settings?: Record<string, string>
  take(bench: Bench): Promise<Outcome>
}

export const isMet = ({ value, atLeast, atMost }: Goal): boolean =>
  Number.isFinite(value) && (atLeast === undefined || value >= atLeast) && (atMost === undefined || value <= atMost)
