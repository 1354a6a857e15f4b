import { setTimeout as delay } from 'node:timers/promises'
import type { Analysis, Battle, Outcome } from '@agon/client'
import { problemError, usageError } from '../cli-error.ts'
import { checkedJudge } from '../contenders/named.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { wrap } from '../terminal/columns.ts'
import { printable } from '../terminal/printable.ts'
import { type Context, closeSession, openSession } from './context.ts'
import { actOn, type PersonOptions, sessionFor } from './people.ts'

export interface AnalyseOptions extends PersonOptions {
  model?: string
}

export interface OverrideOptions extends PersonOptions {
  note?: string
}

/** Asks for an analysis of a battle that is over, waits for it and shows it. */
export async function analyseCommand(
  kind: Analysis['kind'],
  battleId: string,
  options: AnalyseOptions,
  context: Context,
): Promise<ExitCode> {
  const { remote, asUser } = sessionFor(battleId, options, context)
  const named = options.model === undefined ? undefined : checkedJudge(options.model, '--model')
  const session = await openSession(context, remote, asUser)
  try {
    const model = named ?? (await firstJudge(() => session.agon.getBattle(battleId)))
    const asked = await session.agon.analyse(battleId, { kind, model })
    if (!asked.ok) throw problemError(asked.problem)
    const id = asked.value.analyses.at(-1)!.analysis_id
    context.tell(
      context.err.dim(
        `${model} is ${kind === 'digest_judge' ? 'digesting the answers' : 'cross-examining the answers and their verdict'}…`,
      ),
    )
    for (;;) {
      const found = await session.agon.analyses(battleId)
      if (!found.ok) throw problemError(found.problem)
      const analysis = found.value.analyses.find(({ analysis_id }) => analysis_id === id)
      if (analysis && analysis.status !== 'pending') {
        context.print(options.json ? JSON.stringify(analysis) : analysisReport(analysis, context.width))
        return analysis.status === 'completed' ? exitCodes.done : exitCodes.failed
      }
      if (context.interrupt.signal.aborted) return exitCodes.cancelled
      await delay(300, undefined, { signal: context.interrupt.signal }).catch(() => undefined)
    }
  } finally {
    await closeSession(context, session)
  }
}

async function firstJudge(read: () => Promise<Outcome<Battle>>): Promise<string> {
  const found = await read()
  if (!found.ok) throw problemError(found.problem)
  if (!found.value.judge) throw usageError('This battle has no judge whose model could be taken.', 'Name one: --model openai:gpt-5-mini')
  return found.value.judge.model
}

/** Says who should have won a battle, and why. */
export function overrideCommand(battleId: string, winner: string, options: OverrideOptions, context: Context): Promise<ExitCode> {
  if (!/^([A-Za-z]|none)$/.test(winner))
    throw usageError(`${printable(winner)} is no slot.`, 'npm run agon -- override <battle> B --note "B alone names the source", or none.')
  if (!options.note?.trim()) throw usageError('An override is explained.', 'Give --note "B alone names the source".')
  const slot = winner === 'none' ? null : winner.toUpperCase()
  return actOn(
    battleId,
    options,
    context,
    (agon) => agon.overrideWinner(battleId, { winner_slot: slot, note: options.note!.trim() }),
    (battle) =>
      `Noted: ${slot === null ? 'nobody' : slot} should have won. The outcome (${battle.outcome}${battle.winner_slot ? ` ${battle.winner_slot}` : ''}) and the ratings stay.`,
  )
}

const listed = (points: string[], sign: string, width: number) => points.map((point) => wrap(`  ${sign} ${printable(point)}`, width))

/** An analysis for a person. */
export function analysisReport({ result, error, model, simulated }: Analysis, width: number): string {
  const by = `${model}${simulated ? ' (SIMULATED)' : ''}`
  if (!result) return `${by} gave up: ${error?.code ?? 'unknown'}: ${printable(error?.message ?? '')}`
  if ('findings' in result) {
    if (result.findings.length === 0) return `${by} found nothing wrong.`
    const shown = result.findings.map(({ slot, claim, severity, evidence, quoted }) =>
      [
        wrap(`${slot ?? 'verdict'}  ${severity}: ${printable(claim)}`, width),
        wrap(`   “${printable(evidence)}”${quoted ? '' : ' (these words do not stand there)'}`, width),
      ].join('\n'),
    )
    return [`${by} examined the answers and their verdict:`, ...shown].join('\n\n')
  }
  const digests = result.contenders.map(({ slot, summary, strengths, weaknesses }) =>
    [wrap(`${slot}  ${printable(summary)}`, width), ...listed(strengths, '+', width), ...listed(weaknesses, '−', width)].join('\n'),
  )
  const outcome = result.winner_slot ? `it prefers ${result.winner_slot}` : `its outcome is ${result.outcome ?? 'none'}`
  return [`${by} digested the answers; by the digests alone ${outcome}:`, ...digests].join('\n\n')
}
