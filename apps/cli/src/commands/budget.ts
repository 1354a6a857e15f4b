import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { table } from '../terminal/columns.ts'
import type { Context } from './context.ts'
import { asOwner, type OwnerOptions } from './keys.ts'

const usd = (amount: number): string => `${amount.toFixed(amount < 0.1 && amount > 0 ? 6 : 2)} USD`

/** What the user's battles may cost on the platform's keys, and what is spent of it. */
export async function budgetCommand(options: OwnerOptions, context: Context): Promise<ExitCode> {
  const { budget } = await asOwner(options, context, (agon) => agon.budget())
  if (options.json) context.print(JSON.stringify(budget))
  else if (budget === null) context.print('No limit is set on what your battles may cost.')
  else {
    const period = { day: 'a day', month: 'a month', total: 'in all' }[budget.period]
    const rows = [
      ['limit', usd(budget.limit_usd), period],
      ['spent', usd(budget.spent_usd), budget.period_ends_at ? `until ${budget.period_ends_at.slice(0, 10)}` : ''],
      ['set aside', usd(budget.reserved_usd), 'for calls under way'],
      ['left', context.out.bold(usd(budget.left_usd)), ''],
    ]
    context.print(table(rows, [1]))
  }
  return exitCodes.done
}
