import type { Battle } from '@agon/client'
import { printable } from '../terminal/printable.ts'

export type ShownContender = Battle['contenders'][number]

export const simulatedMark = 'SIMULATED'

/** A model and its identity, as everything that is shown names a competitor: simulated ones say so. */
export function competitorName({ model, identity, simulated }: { model: string | null; identity: string; simulated: boolean }): string {
  const name = `${model ?? 'a person'}${identity ? ` · ${identity}` : ''}`
  return `${printable(name)}${simulated ? ` (${simulatedMark})` : ''}`
}

export const contenderName = (contender: ShownContender): string => `${contender.slot}  ${competitorName(contender)}`

export const judgeName = ({ judge }: Battle): string => (judge ? competitorName({ ...judge, identity: '' }) : 'the crowd')

/** Milliseconds as a person reads them. */
export const duration = (ms: number): string => (ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`)
