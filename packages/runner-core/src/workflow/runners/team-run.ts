import { z } from 'zod'
import { type StepError, stepError } from '../../errors.ts'
import { estimateCostUsd } from '../../models/cost-estimate.ts'
import { findModel } from '../../models/models.ts'
import type { ChildRun } from '../../ports/index.ts'
import type { NodeOutputEnvelope } from '../envelope.ts'
import { TEAM_SUMMARY } from '../nested-bodies.ts'
import { policyOf, timeoutOf } from '../node-policy.ts'
import type { NodeContext, NodeOutcome, NodeRunner } from '../node-runner.ts'
import { AGREED, type TeamConfig, teamConfig } from '../node-types/index.ts'
import { versionIn } from '../version-ids.ts'
import { ended, tooDeep, waitsOn } from './child-nodes.ts'
import { done, failing } from './logic-nodes.ts'
import { summaryPrompt, turnPrompt } from './team-prompt.ts'
import {
  endedBy,
  keptTranscript,
  latestOf,
  lostRound,
  phraseOf,
  placeOf,
  type TeamEnd,
  type Turn,
  turnsOf,
  withoutPhrase,
} from './team-turns.ts'

const stateSchema = z.object({
  /** Set when the team is over and its summary is being made. */
  ended: z.enum(['rounds', 'stop', 'agreed', 'budget']).optional(),
})
type State = z.output<typeof stateSchema>

interface Team {
  context: NodeContext
  config: TeamConfig
  task: string
  turns: Turn[]
  /** What its turns have cost so far. */
  spentUsd: number
}

/**
 * A team: members take turns on one task. Each turn is a run of its member's lens, begun in the transaction that parks this node, so a
 * driver that dies pays for none twice. What was said and what it cost is read from those runs; the node remembers only why it ended.
 */
export const teamRun: NodeRunner = async (context) => {
  const { job } = context
  const config = teamConfig.safeParse(context.config)
  if (!config.success) return failing(stepError('node_config', `${job.nodeId} has no members that were saved with it.`))
  const deep = tooDeep(context)
  if (deep) return failing(deep)
  const task = taskOf(context)
  if (task === '') return failing(stepError('input_contract_violation', `${job.nodeId} is given no task.`))
  if (job.wait && !job.children.every(ended)) {
    if (!job.wait.expired) return waitsOn(context)
    return failing(stepError('node_timeout', `${job.nodeId}: the team did not end within its timeout_ms.`))
  }
  const state = stateSchema.safeParse(job.wait?.state ?? {})
  if (!state.success) return failing(stepError('internal', `${job.nodeId} does not find again how far it came.`))
  const turns = turnsOf(job.children, config.data)
  const spentUsd = job.children.reduce((sum, { costUsd = 0 }) => sum + costUsd, 0)
  const team: Team = { context, config: config.data, task, turns, spentUsd }
  if (state.data.ended) return closing(team, state.data.ended)
  return next(team)
}

function taskOf({ prompt, inputs }: NodeContext): string {
  if (prompt.trim() !== '') return prompt
  const given = inputs.task
  return typeof given === 'string' ? given.trim() : given === undefined || given === null ? '' : JSON.stringify(given)
}

/** What comes after the turns that were had: others, the summary, or the end. */
function next(team: Team): NodeOutcome {
  const { context, config, turns } = team
  if (brokeOff(team)) return concluded(team, 'budget')
  const lost = lostRound(turns, config)
  if (lost) return failing(nobodyAnswered(context.job.nodeId, lost))
  const end = endedBy(turns, config, AGREED)
  if (end) return concluded(team, end)
  const { members, mode } = config
  const begun = turns.length
  const count = mode === 'turns' ? 1 : members.length
  const asked = Array.from({ length: count }, (_, nth) => {
    const { round, member } = placeOf(begun + nth, members.length)
    const { name } = members[member]!
    return { itemIndex: begun + nth, name, prompt: turnPrompt({ ...team, seed: context.idempotencyKey }, { name, round }) }
  })
  const short = overBudget(team, asked)
  if (short && short.code !== 'budget_spent') return failing(short)
  if (short) return turns.some(({ status }) => status === 'completed') ? concluded(team, 'budget') : failing(short)
  return begins(team, asked, {})
}

/** A budget of the run or of its owner has refused a turn: it would refuse the next, too. */
function brokeOff({ turns, config }: Team): boolean {
  const news = latestOf(turns, config)
  return news.some(({ error }) => error?.code === 'budget_spent') && turns.some(({ status }) => status === 'completed')
}

function nobodyAnswered(nodeId: string, lost: readonly Turn[]): StepError {
  const why = lost.find(({ error }) => error)?.error
  return stepError('child_failed', `${nodeId}: nobody answered in round ${lost[0]!.round}${why ? `: ${why.code}: ${why.message}` : ''}.`)
}

function concluded(team: Team, end: TeamEnd): NodeOutcome {
  const { context, config } = team
  if (!config.summary) return finished(team, end)
  const prompt = summaryPrompt({ ...team, seed: context.idempotencyKey }, config.summary.instructions)
  const asked = [{ itemIndex: config.members.length * config.rounds, name: TEAM_SUMMARY, prompt }]
  const short = overBudget(team, asked)
  if (short && short.code !== 'budget_spent') return failing(short)
  return short ? finished(team, 'budget') : begins(team, asked, { ended: end })
}

/** The summary has been made, or has failed. */
function closing(team: Team, end: TeamEnd): NodeOutcome {
  const { context, config } = team
  const voice = context.job.children.find(({ itemIndex }) => itemIndex === config.members.length * config.rounds)
  if (voice?.status === 'completed') return finished(team, end, { text: voice.output?.output ?? '', runId: voice.runId })
  if (voice?.error?.code === 'budget_spent') return finished(team, 'budget')
  return failing(
    stepError(
      'child_failed',
      `${context.job.nodeId}: the summary ended as ${voice?.status}${voice?.error ? `: ${voice.error.code}: ${voice.error.message}` : ''}.`,
    ),
  )
}

function finished({ config, turns, spentUsd }: Team, end: TeamEnd, summary?: { text: string; runId: string }): NodeOutcome {
  const phrase = phraseOf(config, AGREED)
  const said = turns.map(({ text }) => withoutPhrase(text, phrase)).filter((text) => text !== '')
  const { transcript, cut } = keptTranscript(turns)
  const envelope: NodeOutputEnvelope = {
    kind: 'text',
    artifact_kind: 'text',
    output: summary?.text ?? said.at(-1) ?? '',
    data: {
      transcript,
      ...(cut > 0 && { transcript_cut: cut }),
      ...(summary && { summary: { text: summary.text, run_id: summary.runId } }),
      rounds: turns.at(-1)?.round ?? 0,
      ended: end,
      cost_usd: rounded(spentUsd),
    },
  }
  return done(envelope)
}

interface AskedTurn {
  itemIndex: number
  name: string
  prompt: string
}

function begins({ context }: Team, asked: readonly AskedTurn[], state: State): NodeOutcome {
  const { job, config } = context
  const children: ChildRun[] = []
  for (const { itemIndex, name, prompt } of asked) {
    const versionId = versionIn(config, name)
    if (versionId === undefined) return failing(stepError('node_config', `${job.nodeId}: ${name} was not saved with the workflow.`))
    children.push({ itemIndex, versionId, inputs: { prompt } })
  }
  return {
    kind: 'waiting',
    wait: {
      for: 'children',
      expiresInMs: Math.max(1, timeoutOf(job, policyOf(config)) - (job.wait?.waitedMs ?? 0)),
      state,
      children,
    },
  }
}

/** Why these turns do not fit the team's budget; undefined: they do, or it has none. The summary's share is kept back. */
function overBudget({ context, config, spentUsd }: Team, asked: readonly AskedTurn[]): StepError | undefined {
  const { budget_usd, summary } = config
  if (budget_usd === undefined) return undefined
  let needed = spentUsd
  for (const { name, prompt } of asked) {
    const usd = estimateOf(context, config, name, prompt)
    if (usd === undefined)
      return stepError('price_unknown', `${context.job.nodeId}: what ${name} costs is not known, and budget_usd has to hold it.`)
    needed += usd
  }
  if (summary && asked[0]?.name !== TEAM_SUMMARY) needed += context.job.begins?.[TEAM_SUMMARY]?.costEstimateUsd ?? 0
  if (needed <= budget_usd) return undefined
  return stepError(
    'budget_spent',
    `${context.job.nodeId}: the next turn may bring its cost to ${rounded(needed)} USD, and budget_usd is ${budget_usd}.`,
  )
}

function estimateOf({ job }: NodeContext, { members, summary }: TeamConfig, name: string, prompt: string): number | undefined {
  const begun = job.begins?.[name]
  // Nothing on this machine or by a stand-in.
  if (begun?.costEstimateUsd === 0) return 0
  const model = findModel(begun?.modelKey ?? '')
  if (!model.ok) return undefined
  const asked = name === TEAM_SUMMARY ? summary : members.find((each) => each.name === name)
  const system = asked && 'system_prompt' in asked ? (asked.system_prompt ?? '') : ''
  return estimateCostUsd(model.value, { texts: [prompt, system], maxTokens: asked?.max_tokens ?? 4096 })
}

const rounded = (usd: number): number => Math.round(usd * 1e6) / 1e6
