import { setTimeout as delay } from 'node:timers/promises'
import type { Dice } from './dice.ts'
import type { Fault } from './faults.ts'
import type { Stage } from './stage.ts'

export interface Strike {
  fault: string
  /** Jobs that those it hit had in hand. */
  inHand: number
  /** Until every one of those leases was gone: its jobs ended, given back or taken over. Undefined: not within the run. */
  recoveredAfterMs: number | undefined
}

/** Strikes, and goes on timing how long it takes until nothing is left of what it cut off. */
export async function strike(fault: Fault, stage: Stage, dice: Dice, log: (strike: Strike) => void): Promise<{ recovered: Promise<void> }> {
  const before = await stage.sql<{ lease_token: string; driver: string; jobs: number }>(
    'select lease_token, driver, cardinality(job_ids) as jobs from execution.leases',
  )
  const began = performance.now()
  const hit = await fault.strike(stage, dice)
  const pattern = hit?.drivers === undefined ? undefined : new RegExp(`^${hit.drivers.replaceAll('%', '.*')}$`)
  const leases = before.filter(({ driver }) => pattern?.test(driver))
  const inHand = leases.reduce((sum, { jobs }) => sum + jobs, 0)
  return { recovered: watch() }

  async function watch(): Promise<void> {
    const tokens = leases.map(({ lease_token }) => lease_token)
    let left = tokens.length
    while (left > 0 && performance.now() - began < 60_000) {
      await delay(50)
      const [row] = await stage.sql<{ n: string }>('select count(*) as n from execution.leases where lease_token = any ($1)', [tokens])
      left = Number(row!.n)
    }
    await stage.sql('select') // and the database answers
    log({ fault: fault.name, inHand, recoveredAfterMs: left > 0 ? undefined : performance.now() - began })
  }
}
