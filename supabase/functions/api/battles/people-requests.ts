import { z } from 'zod'

/** What people send who contend and vote, and who keeps a battle's clock. */

export const hourMs = 3_600_000
const dayMs = 24 * hourMs
const longestMs = 30 * dayMs

const window = (least: number) =>
  z.number().int().min(least, `expected at least ${least} ms`).max(longestMs, `expected at most ${longestMs} ms, which is 30 days`)

export const inTheFuture = z.iso
  .datetime({ offset: true, error: 'expected a time like 2027-01-31T00:00:00Z' })
  .refine((text) => !(Date.parse(text) <= Date.now()), 'lies in the past; to begin now, publish')
  .refine((text) => !(Date.parse(text) > Date.now() + 366 * dayMs), 'lies more than a year ahead')

const invitedVoters = z.array(z.uuid()).min(1).max(1000)

/** Fields of a new battle that are about people, votes and time. */
export const crowdFields = {
  battle_type: z
    .enum(['ai_vs_ai', 'human_vs_ai', 'human_vs_human', 'qa', 'workflow_battle', 'coding'])
    .optional()
    .meta({ description: 'Follows from the contenders; when given, it is checked. A workflow among them makes it a workflow_battle' }),
  scoring_mode: z.enum(['ai_judge', 'community', 'hybrid', 'checks']).default('ai_judge').meta({
    description:
      'Who decides: a judge, the votes, or half and half. In a coding battle checks decide alone (checks), or half beside its judge (hybrid)',
  }),
  voting_window_ms: window(0).optional().meta({
    description:
      'How long may be voted. Default: 24 hours where votes decide, else 0, which is no vote. A battle with a vote is blind until it is closed',
  }),
  voter_eligibility: z
    .enum(['anyone', 'confirmed_email', 'account_age', 'invited'])
    .default('anyone')
    .meta({ description: 'Who may vote: anyone who is signed in, or of those only some' }),
  vote_weighting: z.enum(['equal', 'reliability']).default('equal').meta({
    description:
      'What a vote weighs: one; or less than one, when its voter has agreed with other voters on ten battles or more hardly more often than chance would. Both tallies are shown',
  }),
  min_account_age_ms: z
    .number()
    .int()
    .min(60_000, 'expected at least a minute')
    .max(3650 * dayMs, 'expected at most ten years')
    .optional()
    .meta({ description: 'With account_age: how old a voter’s account must be' }),
  invited_voters: invitedVoters.optional().meta({ description: 'With invited: their user ids' }),
  submission_window_ms: window(1000).optional().meta({ description: 'How long people have to submit. Default: 24 hours' }),
  promote_at: inTheFuture.optional().meta({ description: 'When the draft publishes itself, within a minute', format: 'date-time' }),
  auto_publish_results: z.boolean().default(true).meta({ description: 'false: only you see how it ended, until you publish the results' }),
  priority: z.number().int().min(0).max(10).default(0).meta({ description: 'Lower runs first. Below 0 is for who runs the project' }),
} as const

/** A person in a contender's place. */
export const human = z
  .strictObject({
    user_id: z.uuid().optional().meta({ description: 'Who; without it the seat is open, and a signed-in user takes it by joining' }),
    identity: z.string().trim().min(1).max(80).optional().meta({ description: 'The name they are shown under' }),
  })
  .meta({ description: 'A person contends instead of a model' })

interface Contender {
  model?: string | undefined
  workflow_id?: string | undefined
  workflow_version_id?: string | undefined
  inputs?: unknown
  byok_keys?: unknown
  byok_key_id?: unknown
  command?: string | undefined
  human?: z.output<typeof human> | undefined
  identity?: string | undefined
  system_prompt?: string | undefined
}

interface Crowd {
  contenders: Contender[]
  judge?: unknown
  judges?: unknown
  battle_type?: string | undefined
  scoring_mode: 'ai_judge' | 'community' | 'hybrid' | 'checks'
  voting_window_ms?: number | undefined
  voter_eligibility: string
  vote_weighting: string
  min_account_age_ms?: number | undefined
  invited_voters?: string[] | undefined
  submission_window_ms?: number | undefined
  promote_at?: string | undefined
  publish: boolean
}

/** Whether a workflow answers. */
export const isWorkflow = ({ workflow_id, workflow_version_id }: Pick<Contender, 'workflow_id' | 'workflow_version_id'>): boolean =>
  workflow_id !== undefined || workflow_version_id !== undefined

const hasPeople = (contenders: Contender[]): boolean => contenders.some(({ human: person }) => person !== undefined)

/** What a battle of these contenders is. */
export function battleTypeOf(contenders: Contender[]): 'coding' | 'workflow_battle' | 'ai_vs_ai' | 'human_vs_ai' | 'human_vs_human' {
  if (contenders.some(({ command }) => command !== undefined)) return 'coding'
  if (contenders.some(isWorkflow)) return 'workflow_battle'
  const people = contenders.filter((contender) => contender.human).length
  return people === 0 ? 'ai_vs_ai' : people === contenders.length ? 'human_vs_human' : 'human_vs_ai'
}

/** What no single field can say: which of them go together. Each finding names its field. */
export function crowdRules(body: Crowd, tell: (path: (string | number)[], message: string) => void): void {
  for (const [nth, { model, human: person, ...persona }] of body.contenders.entries()) {
    if (isWorkflow(persona)) {
      const { workflow_id, workflow_version_id, inputs, byok_keys, byok_key_id, identity, ...others } = persona
      if (workflow_id !== undefined && workflow_version_id !== undefined)
        tell(['contenders', nth, 'workflow_version_id'], 'is given beside workflow_id: name one of them')
      if (byok_key_id !== undefined)
        tell(['contenders', nth, 'byok_key_id'], 'pays for one model: name the keys that pay for a workflow by provider, as byok_keys')
      for (const [name, value] of Object.entries({ model, human: person, ...others }))
        if (value !== undefined) tell(['contenders', nth, name], 'does not belong to a workflow: its nodes say it')
      continue
    }
    if (persona.inputs !== undefined) tell(['contenders', nth, 'inputs'], 'belongs to a workflow: name it as workflow_id')
    if (persona.byok_keys !== undefined)
      tell(['contenders', nth, 'byok_keys'], 'belongs to a workflow: of a model the key that pays is byok_key_id')
    if (persona.command !== undefined) continue // codingRules
    if ((model === undefined) === (person === undefined))
      tell(['contenders', nth], 'expected model, human or workflow_id, and one of them alone')
    else if (person)
      for (const [name, value] of Object.entries(persona))
        if (value !== undefined) tell(['contenders', nth, name], 'belongs to a model; a person is named by human.identity')
  }
  const made = battleTypeOf(body.contenders)
  const { battle_type: wanted, scoring_mode: mode } = body
  if (wanted !== undefined && wanted !== made && !(wanted === 'qa' && made === 'ai_vs_ai'))
    tell(['battle_type'], `these contenders make it ${made}; leave it out`)
  if (mode === 'community' && body.judge !== undefined)
    tell(['judge'], 'a community battle is decided by votes alone; leave the judge out, or choose hybrid')
  if (mode === 'checks' && (body.judge ?? body.judges) !== undefined)
    tell(['judge'], 'checks decide alone; leave the judge out, or choose hybrid')
  if (mode !== 'community' && mode !== 'checks' && body.judge === undefined && body.judges === undefined)
    tell(['judge'], `${mode} needs a judge`)
  if (mode !== 'ai_judge' && made !== 'coding' && body.voting_window_ms !== undefined && body.voting_window_ms < 1000)
    tell(['voting_window_ms'], `${mode} needs a vote: expected at least 1000 ms`)
  for (const [field, eligibility] of [
    ['min_account_age_ms', 'account_age'],
    ['invited_voters', 'invited'],
  ] as const) {
    if (body.voter_eligibility === eligibility && body[field] === undefined) tell([field], `voter_eligibility ${eligibility} needs it`)
    if (body.voter_eligibility !== eligibility && body[field] !== undefined) tell([field], `belongs to voter_eligibility ${eligibility}`)
  }
  if (body.voter_eligibility !== 'anyone' && windowsOf(body).voting_window_ms === 0)
    tell(['voter_eligibility'], 'nobody votes here: give voting_window_ms, or leave it out')
  if (body.vote_weighting !== 'equal' && !votesDecide(body))
    tell(['vote_weighting'], 'votes decide nothing here: choose community or hybrid, or leave it out')
  if (!hasPeople(body.contenders) && body.submission_window_ms !== undefined)
    tell(['submission_window_ms'], 'nobody submits here: no contender is a person; handicap.time_budget_ms bounds a model')
  if (body.publish && body.promote_at !== undefined) tell(['promote_at'], 'a battle that is published at once is not promoted later')
}

/** Half of what decides in a hybrid of commands are their checks, and nobody votes. */
const votesDecide = ({ scoring_mode: mode, contenders }: Pick<Crowd, 'scoring_mode' | 'contenders'>): boolean =>
  mode === 'community' || (mode === 'hybrid' && battleTypeOf(contenders) !== 'coding')

/** The windows of a battle as they are stored. */
export const windowsOf = (body: Crowd) => ({
  voting_window_ms: body.voting_window_ms ?? (votesDecide(body) ? dayMs : 0),
  submission_window_ms: hasPeople(body.contenders) ? (body.submission_window_ms ?? dayMs) : null,
})

export const submission = z
  .strictObject({
    content_text: z
      .string()
      .max(100_000)
      .refine((text) => text.trim() !== '', 'expected some text')
      .meta({ description: 'The answer, at most 100,000 characters. People submit text so far' }),
    final: z.boolean().default(false).meta({ description: 'Hand it in for good; until then, or until the deadline, it can be revised' }),
  })
  .meta({ id: 'NewSubmission' })

export const vote = z
  .strictObject({
    choice: z
      .string()
      .regex(/^([A-Z]|tie|both_bad)$/, 'expected a slot from A to Z, tie or both_bad')
      .meta({ example: 'A' }),
  })
  .meta({ id: 'Vote' })

export const voters = z
  .strictObject({
    invited_voters: invitedVoters.meta({ description: 'The user ids of all who may vote; a vote that was given stays' }),
  })
  .meta({ id: 'InvitedVoters' })

export const promotion = z
  .strictObject({ promote_at: inTheFuture.nullable().meta({ description: 'null: not by itself' }) })
  .meta({ id: 'Promotion' })
