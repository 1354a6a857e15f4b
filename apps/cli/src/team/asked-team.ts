import type { StartTeamRun } from '@agon/client'
import { usageError } from '../cli-error.ts'
import type { FollowOptions } from '../commands/runs.ts'
import { givenValue, readDocument } from '../workflow/documents.ts'
import { type Member, namedMembers, textModel } from './members.ts'

export interface TeamRunOptions extends FollowOptions {
  task?: string
  file?: string
  member?: string[]
  role?: string[]
  mode?: 'turns' | 'parallel'
  rounds?: number
  budget?: number
  stop?: string
  agreed?: true
  summary?: string | true
  instructions?: string
  maxTokens?: number
  key?: string
}

/** The team a file describes, with what options say over it. */
export function teamOf(task: string | undefined, options: TeamRunOptions): Omit<StartTeamRun, 'members'> & { members: Member[] } {
  const { file, member, role, mode, rounds, budget, stop, agreed, summary, instructions, maxTokens } = options
  if (stop !== undefined && agreed) throw usageError('A team ends by a phrase or by agreement: --stop or --agreed.')
  if (instructions !== undefined && summary === undefined) throw usageError('--instructions are for the summary.', 'Add --summary.')
  const told = file === undefined ? {} : (readDocument(file) as Partial<StartTeamRun>)
  const given = options.task === undefined ? task : String(options.task.startsWith('@') ? givenValue(options.task) : options.task)
  const wanted = given ?? told.task
  if (wanted === undefined || wanted.trim() === '')
    throw usageError('A team needs a task.', 'For example npm run agon -- team run "Name a bakery."')
  const members = member ? namedMembers(member, role) : ((told.members ?? []) as Member[])
  if (role && !member) throw usageError('--role is of a member that --member names.')
  if (members.length === 1) throw usageError('A team has 2 to 8 members, and there is one.', 'Give --member again.')
  return {
    ...told,
    task: wanted,
    members: maxTokens === undefined ? members : members.map((each) => ({ max_tokens: maxTokens, ...each })),
    ...(mode && { mode }),
    ...(rounds !== undefined && { rounds }),
    ...(budget !== undefined && { budget_usd: budget }),
    ...(stop !== undefined && { stop_when: stop }),
    ...(agreed && { stop_when: { agreed: true as const } }),
    ...(summary !== undefined && {
      summary: {
        ...(typeof summary === 'string' && { model_key: textModel(summary, `--summary ${summary}`) }),
        ...(instructions !== undefined && { instructions }),
      },
    }),
  }
}
