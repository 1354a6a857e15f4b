import { z } from 'zod'
import { closed } from '../closed-object.ts'
import { type ConfigFault, DAY_MS, modelKey, type NodeConfig, type NodeType, needed, nodeType, optional, template } from './node-type.ts'

/** Of one team. A turn is a call, so their product is what a team may cost. */
export const teamLimits = { members: 8, rounds: 20 } as const

/** What each says when it has nothing to change, where a team ends by agreement. */
export const AGREED = 'AGREED'

const member = closed({
  name: z
    .string()
    .regex(
      /^[A-Za-z](?:[A-Za-z0-9 _-]{0,38}[A-Za-z0-9])?$/,
      'expected a letter, then up to 39 letters, digits, spaces, _ and -, no space last',
    ),
  model_key: modelKey.optional(),
  system_prompt: z.string().max(30_000).optional().describe('Who it is in the team'),
  max_tokens: z.int().min(1).max(1_000_000).optional(),
  temperature: z.number().min(0).max(2).optional(),
})

const summary = closed({
  model_key: modelKey.optional().describe('Without it, that of the first member'),
  instructions: z.string().min(1).max(30_000).default('Make one answer to the task of what the team has worked out.'),
  max_tokens: z.int().min(1).max(1_000_000).optional(),
  temperature: z.number().min(0).max(2).optional(),
})

/** The keys of a team, as its node's config has them and as POST /team-runs takes them. */
export const teamKeys = {
  members: z.array(member).min(2).max(teamLimits.members).describe('Who takes turns, in this order'),
  mode: z
    .enum(['turns', 'parallel'], 'expected turns or parallel')
    .default('turns')
    .describe('turns: one after the other, each sees all that was said. parallel: a round at once, and none sees the others’ turns of it'),
  rounds: z.int().min(1).max(teamLimits.rounds).default(3).describe('In a round each has one turn'),
  budget_usd: z
    .number()
    .min(0)
    .max(1_000_000)
    .optional()
    .describe('What its turns may cost together. A turn that may exceed it does not begin: the team ends with what there is'),
  stop_when: z
    .union([z.string().trim().min(1).max(200), closed({ agreed: z.literal(true) })], 'expected a phrase, or {agreed: true}')
    .optional()
    .describe(
      `A phrase that ends the team when a member’s last line is that alone; or {agreed: true}: each in their latest turn says ${AGREED} so`,
    ),
  summary: summary
    .optional()
    .describe(
      'One more call when the team has ended, that makes one answer of it, by the first member’s model or model_key. Without it, the last turn is the answer',
    ),
}
export const teamConfig = z.object(teamKeys)
export type TeamConfig = z.output<typeof teamConfig>

function faults({ members }: NodeConfig): ConfigFault[] {
  const named = new Set<string>()
  return ((members ?? []) as { name: string }[]).flatMap(({ name }, nth): ConfigFault[] => {
    const key = name.toLowerCase()
    if (!named.has(key)) {
      named.add(key)
      return []
    }
    return [
      {
        code: 'invalid_config',
        path: `members/${nth}/name`,
        message: `there are two members ${name}`,
        remedy: 'Give each member a name of its own.',
      },
    ]
  })
}

export const teamTypes: NodeType[] = [
  nodeType({
    type: 'team_run',
    family: 'lens',
    summary: 'Lets several models work on one task in rounds: a transcript they all see, and one answer of it.',
    keys: {
      task: template().optional().describe('The task. Without it, the input task'),
      ...teamKeys,
    },
    parameters: { task: optional('any', 'The task, where config names none'), input: optional('any', 'For the template') },
    parametersOf: ({ task }) => ({
      task: (task === undefined ? needed : optional)('any', 'The task, where config names none'),
      input: optional('any', 'For the template'),
    }),
    jobKind: 'team_run',
    asksModel: true,
    templates: ['task'],
    promptKey: 'task',
    faults,
    timeoutMs: DAY_MS,
  }),
]
