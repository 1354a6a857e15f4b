import { z } from 'zod'
import { byokKey } from '../funding/funding-requests.ts'

/** What callers send about judges, and about what comes after their verdict. */

const modelKey = z.string().min(1).max(200).meta({ example: 'openai:gpt-5-mini', description: 'provider:model; GET /models lists them' })

const criterion = z.strictObject({
  title: z.string().min(1).max(200),
  description: z.string().max(2000).optional(),
  weight: z.number().positive().max(100).optional(),
})

/** Fields of a new battle that are about its judges. */
export const judgeFields = {
  judge: z
    .strictObject({ model: modelKey, byok_key_id: byokKey })
    .optional()
    .meta({ description: 'The one judge; several come as judges. One of the two is needed unless scoring_mode is community' }),
  judges: z
    .array(
      z.strictObject({
        model: modelKey,
        weight: z
          .union([z.number().min(0).max(999), z.literal('learned')], 'expected a number from 0 to 999, or "learned"')
          .default(1)
          .meta({
            description:
              'What its word counts for beside the others’; 0 is heard and does not count. "learned": what you have learned of it from gold pairs (PUT /judge-weights)',
          }),
        byok_key_id: byokKey,
      }),
    )
    .min(1)
    .max(9)
    .optional()
    .meta({ description: 'A panel. Judges of equal weight should be about equally good: docs/judging.md' }),
  judge_mode: z.enum(['listwise', 'pairwise', 'rubric']).optional().meta({
    description:
      'How each judge is asked, always in both orders: about all answers at once (2 calls), about each pair (n(n-1) calls), or about each criterion of the rubric (2 calls a criterion). Default: listwise up to 8 contenders, else pairwise',
  }),
  allow_own_family: z
    .boolean()
    .default(false)
    .meta({ description: 'Lets a judge judge models of its own family. Otherwise it is recused, and refused when no judge is left' }),
  auto_analyse: z
    .boolean()
    .default(false)
    .meta({ description: 'When the battle closes, its first judge digests and compares the answers; it decides nothing' }),
  rubric: z
    .union([z.literal('auto'), z.array(criterion).min(1).max(20)])
    .optional()
    .meta({ description: 'What to judge by; "auto": the first judge writes it, of the task alone, before it judges' }),
} as const

interface Judged {
  judge?: unknown
  judges?: { model: string; weight: number | 'learned' }[] | undefined
  judge_mode?: string | undefined
  rubric?: unknown
  auto_analyse: boolean
  scoring_mode: string
}

/** What no single field can say of judges. Each finding names its field. */
export function judgeRules(body: Judged, tell: (path: (string | number)[], message: string) => void): void {
  if (body.judge !== undefined && body.judges !== undefined) tell(['judges'], 'expected judge, or judges, and not both')
  if (body.judges && !body.judges.some(({ weight }) => weight !== 0)) tell(['judges'], 'expected a weight above 0 for at least one judge')
  if (body.judge_mode === 'rubric' && body.rubric === undefined)
    tell(['rubric'], 'judge_mode rubric asks by criterion: give a rubric, or "auto"')
  if (body.scoring_mode !== 'community') return
  for (const [field, given] of [
    ['judges', body.judges !== undefined],
    ['judge_mode', body.judge_mode !== undefined],
    ['auto_analyse', body.auto_analyse],
  ] as const)
    if (given) tell([field], 'a community battle is decided by votes alone; it has no judges')
}

export const analysis = z
  .strictObject({
    kind: z.enum(['digest_judge', 'cross_examination']).meta({
      description:
        'digest_judge: each answer is digested by itself, then the digests are compared in both orders. cross_examination: the answers and their verdict are searched for faults, each with its evidence',
    }),
    model: modelKey,
    byok_key_id: byokKey,
  })
  .meta({ id: 'NewAnalysis' })

export const learnedWeights = z
  .strictObject({
    weights: z
      .array(
        z.strictObject({
          model: modelKey,
          weight: z
            .number()
            .min(0)
            .max(999)
            .meta({ description: 'log(p / (1 - p)), where p is how often a single call is right; 0 for a coin' }),
          accuracy: z.number().min(0).max(1).meta({ description: 'How often a single call was right, for the record' }),
          gold_pairs: z.number().int().min(1).max(100_000_000).meta({ description: 'Of how many pairs' }),
        }),
      )
      .max(500),
  })
  .meta({ id: 'LearnedWeights' })

export const override = z
  .strictObject({
    winner_slot: z
      .string()
      .regex(/^[A-Z]$/, 'expected a slot from A to Z')
      .nullable()
      .meta({ description: 'Who should have won; null: nobody' }),
    note: z.string().trim().min(1).max(2000).meta({ description: 'Why. It is shown with the battle' }),
  })
  .meta({ id: 'WinnerOverride' })
