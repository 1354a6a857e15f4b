import type { AgonClient, JudgeWeights, LearnedWeights, Outcome } from '@agon/client'
import { findModel, type WeighedJudge, weighJudge } from '@agon/runner-core'
import { usageError } from '../cli-error.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { type GoldRules, readGoldVerdicts } from '../rate/read-gold.ts'
import { table } from '../terminal/columns.ts'
import { printable } from '../terminal/printable.ts'
import type { Context } from './context.ts'
import { asOwner, type OwnerOptions } from './keys.ts'

export interface WeighOptions extends OwnerOptions, GoldRules {
  save?: true
}

interface Weighed extends WeighedJudge {
  judge: string
}

/** As a shell takes it for one word. */
const quoted = (word: string) => (/^[\w:./@=+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)

const percent = (share: number) => `${(share * 100).toFixed(1)} %`

/** What each judge's word should weigh, by pairs whose better side is known. Without --save nothing is asked of any project. */
export async function weighCommand(path: string, options: WeighOptions, context: Context): Promise<ExitCode> {
  const { judges, passed } = await readGoldVerdicts(path, options)
  const weighed = [...judges]
    .map(([judge, pairs]) => ({ judge, ...weighJudge(pairs) }))
    .toSorted((one, other) => other.weight - one.weight || (one.judge < other.judge ? -1 : 1))
  if (!weighed.some(({ pairs }) => pairs > 0))
    throw usageError(`${path} has no judge's verdict on a gold pair`, 'Every row needs gold, or --gold names a file of battle_id and gold.')
  const panel = weighed.filter(({ weight }) => weight > 0).map(({ judge, weight }) => `-j ${quoted(`${judge}=${weight}`)}`)
  if (options.save) await save(weighed, options, context)
  if (options.json)
    context.print(JSON.stringify({ judges: weighed, panel: panel.join(' '), passed_by: passed, saved: options.save ?? false }))
  else {
    context.print(shown(weighed, context))
    context.print(notes(weighed, panel, passed, options))
  }
  return exitCodes.done
}

function shown(weighed: Weighed[], { out }: Context): string {
  const heading = ['judge', 'pairs', 'accuracy', '95 %', 'weight', 'abstained']
  const rows = weighed.map(({ judge, pairs, accuracy, interval, weight, abstained }) => [
    printable(judge),
    String(pairs),
    accuracy === null ? '–' : percent(accuracy),
    interval === null ? '–' : `${(interval.lower * 100).toFixed(1)}–${(interval.upper * 100).toFixed(1)}`,
    out.bold(weight.toFixed(3)),
    String(abstained),
  ])
  return table([heading.map((cell) => out.dim(cell)), ...rows], [1, 2, 3, 4, 5])
}

function notes(weighed: Weighed[], panel: string[], passed: number, { save: saved }: WeighOptions): string {
  const coins = weighed.filter(({ weight }) => weight === 0)
  const unsure = weighed.filter(({ weight, interval }) => weight > 0 && interval !== null && interval.lower <= 0.5)
  const named = (some: Weighed[]) => some.map(({ judge }) => printable(judge)).join(', ')
  return [
    '',
    'accuracy: how often one of its calls was right; who flips with the order is right half the time. abstained: pairs left out.',
    ...(coins.length > 0 ? [`No better than a coin, so their word weighs 0: ${named(coins)}.`] : []),
    ...(unsure.length > 0 ? [`May be no better than a coin, by the interval; more pairs would tell: ${named(unsure)}.`] : []),
    ...(passed > 0 ? [`${passed} rows say nothing of a gold pair and were passed by.`] : []),
    ...(saved ? ['Saved: a new battle takes these with -j <model>=learned.'] : []),
    ...(panel.length > 0 ? ['', panel.join(' ')] : ['', 'Nobody is better than a coin: this makes no panel.']),
  ].join('\n')
}

/** Keeps the weights of these judges, beside what was learned of others before. */
async function save(weighed: Weighed[], options: WeighOptions, context: Context): Promise<void> {
  const learned = weighed.flatMap(({ judge, pairs, accuracy, weight }) => {
    if (accuracy === null) return []
    const model = findModel(judge)
    if (!model.ok)
      throw usageError(
        `${printable(judge)} is saved as no judge: ${model.error.message}`,
        'Name each judge in the file as provider:model; npm run agon -- models lists them.',
      )
    return [{ model: model.value.key, weight, accuracy: Number(accuracy.toFixed(4)), gold_pairs: pairs }]
  })
  await asOwner(options, context, (agon) => addWeights(agon, learned))
}

async function addWeights(agon: AgonClient, learned: LearnedWeights['weights']): Promise<Outcome<JudgeWeights>> {
  const before = await agon.judgeWeights()
  if (!before.ok) return before
  const others = before.value.weights.filter(({ model }) => !learned.some((one) => one.model === model))
  return agon.setJudgeWeights([...others.map(({ learned_at: _, ...kept }) => kept), ...learned])
}

/** What the user has learned of judges. */
export async function judgeWeightsCommand(options: OwnerOptions, context: Context): Promise<ExitCode> {
  const { weights } = await asOwner(options, context, (agon) => agon.judgeWeights())
  if (options.json) context.print(JSON.stringify(weights))
  else if (weights.length === 0) context.print('You have learned no weight yet: npm run agon -- judges weigh <file> --save')
  else {
    const heading = ['judge', 'weight', 'accuracy', 'pairs', 'learned'].map((cell) => context.out.dim(cell))
    const rows = weights.map(({ model, weight, accuracy, gold_pairs, learned_at }) => [
      model,
      context.out.bold(weight.toFixed(3)),
      percent(accuracy),
      String(gold_pairs),
      learned_at.slice(0, 10),
    ])
    context.print(table([heading, ...rows], [1, 2, 3]))
  }
  return exitCodes.done
}
