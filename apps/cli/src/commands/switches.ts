import type { AgonOperator } from '@agon/client'
import { problemError } from '../cli-error.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { asOperator, type OperatorOptions } from '../platform/operator.ts'
import type { Context } from './context.ts'

export interface StopOptions extends OperatorOptions {
  reason?: string
}

type Act = ReturnType<AgonOperator['hold']>

async function act(options: OperatorOptions, context: Context, what: string, work: (operator: AgonOperator) => Act): Promise<ExitCode> {
  return asOperator(options, context, async (operator) => {
    const done = await work(operator)
    if (!done.ok) throw problemError(done.problem)
    context.print(options.json ? JSON.stringify(done.value) : `${what}: ${done.value.outcome.replace('_', ' ')}`)
    return exitCodes.done
  })
}

/** The kill switch of the system, or of a provider. */
export const switchCommand = (
  position: 'on' | 'off',
  provider: string | undefined,
  options: StopOptions,
  context: Context,
): Promise<ExitCode> =>
  act(options, context, provider ?? 'the whole system', (operator) =>
    position === 'off' ? operator.switchOff(provider, options.reason) : operator.switchOn(provider),
  )

/** The kill switch of one battle. */
export const holdCommand = (battleId: string, options: StopOptions, context: Context): Promise<ExitCode> =>
  act(options, context, battleId, (operator) => operator.hold(battleId, options.reason))

export const releaseCommand = (battleId: string, options: OperatorOptions, context: Context): Promise<ExitCode> =>
  act(options, context, battleId, (operator) => operator.release(battleId))
