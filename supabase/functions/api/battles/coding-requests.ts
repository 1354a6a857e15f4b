import { z } from 'zod'

/** What callers send about coding battles. All of it is names: what they stand for is in the configuration of a worker. */

const name = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,39}$/, 'expected the name of one that a worker has: a-z, 0-9, ".", "_" and "-"')

/** A contender that is a command of a worker. */
export const command = name.meta({
  description: 'A coding backend that a worker has, by its name; model is then the name that backend knows a model by',
  example: 'claude-code',
})

export const codingFields = {
  repository: z
    .strictObject({
      source: name.meta({ description: 'A repository that the worker has, by its name', example: 'shop' }),
      ref: z
        .string()
        .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$/, 'expected a branch, a tag or a commit')
        .refine((text) => !text.includes('..') && !text.includes('//'), 'expected a branch, a tag or a commit')
        .default('HEAD')
        .meta({ description: 'Where every contender begins. The commit it stands for is pinned when the first does' }),
    })
    .optional()
    .meta({ description: 'Of a coding battle: what its contenders work on' }),
  checks: z
    .array(name)
    .min(1)
    .max(20)
    .refine((names) => new Set(names).size === names.length, 'each check is named once')
    .optional()
    .meta({
      description:
        'Commands of the repository, by name, that are run on what each contender left; with scoring_mode checks or hybrid they decide',
    }),
} as const

/** A model as a backend knows it: it becomes one argument of the command, so it cannot begin like a flag. */
const backendModel = /^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,99}$/

interface Coding {
  contenders: {
    command?: string | undefined
    model?: string | undefined
    byok_key_id?: unknown
    system_prompt?: unknown
    human?: unknown
  }[]
  repository?: unknown
  checks?: string[] | undefined
  scoring_mode: string
  voting_window_ms?: number | undefined
  handicap?: object | undefined
}

/** Whether commands contend. */
export const isCoding = ({ contenders }: Pick<Coding, 'contenders'>): boolean => contenders.some(({ command: each }) => each !== undefined)

/** What no single field can say of coding battles. Each finding names its field. */
export function codingRules(body: Coding, tell: (path: (string | number)[], message: string) => void): void {
  if (!isCoding(body)) {
    if (body.repository !== undefined) tell(['repository'], 'belongs to a coding battle: its contenders are commands')
    if (body.checks !== undefined) tell(['checks'], 'belongs to a coding battle: its contenders are commands')
    if (body.scoring_mode === 'checks') tell(['scoring_mode'], 'checks decide coding battles: its contenders are commands')
    return
  }
  for (const [nth, contender] of body.contenders.entries()) {
    if (contender.command === undefined) tell(['contenders', nth], 'a coding battle is fought by commands alone: name one as command')
    else {
      for (const field of ['byok_key_id', 'system_prompt', 'human'] as const)
        if (contender[field] !== undefined) tell(['contenders', nth, field], 'does not belong to a command: its worker configures it')
      if (contender.model !== undefined && !backendModel.test(contender.model))
        tell(
          ['contenders', nth, 'model'],
          'expected the name of a model: letters, digits and . _ : / @ -, beginning with a letter or digit',
        )
    }
  }
  if (body.repository === undefined) tell(['repository'], 'a coding battle needs one: {"source": "<a repository of the worker>"}')
  const byChecks = body.scoring_mode === 'checks' || body.scoring_mode === 'hybrid'
  if (byChecks && body.checks === undefined) tell(['checks'], `${body.scoring_mode} needs at least one check in a coding battle`)
  if (byChecks && body.voting_window_ms !== undefined && body.voting_window_ms > 0)
    tell(['voting_window_ms'], 'nobody votes here: in a coding battle hybrid is half its checks and half its judge')
  for (const field of Object.keys(body.handicap ?? {}))
    if (!['time_budget_ms', 'injected_delay_ms'].includes(field))
      tell(['handicap', field], 'bounds calls to a model; a command has time_budget_ms and injected_delay_ms')
}
