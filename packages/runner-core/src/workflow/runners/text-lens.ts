import { stepError } from '../../errors.ts'
import { ok } from '../../result.ts'
import type { OutputContract } from '../contract-schema.ts'
import { jsonSchemaOf } from '../contracts.ts'
import type { NodeOutputEnvelope } from '../envelope.ts'
import type { NodeContext, NodeOutcome, NodeRunner } from '../node-runner.ts'
import { withoutNulls } from '../strict-schema.ts'
import { battleIdOf, uuid } from './battle-of.ts'
import { saidJson } from './said-json.ts'
import { askText, type TextAnswer } from './text-call.ts'

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

/** What a model answered, as a node ends with it. */
export const answered = (
  envelope: Omit<NodeOutputEnvelope, 'metadata'> & { metadata?: Record<string, unknown> },
  answer: TextAnswer,
  ports: string[] = ['output'],
): NodeOutcome => ({
  kind: 'completed',
  result: {
    envelope: { ...envelope, metadata: { model: answer.wireModel, finish_reason: answer.finishReason, ...envelope.metadata } },
    ports,
    wireModel: answer.wireModel,
    ...(answer.inputTokens !== undefined && { inputTokens: answer.inputTokens }),
    ...(answer.outputTokens !== undefined && { outputTokens: answer.outputTokens }),
    ...(answer.costUsd !== undefined && { costUsd: answer.costUsd }),
  },
})

/** A failure of an answer that was paid for. */
export const failedAnswer = (error: Extract<NodeOutcome, { kind: 'failed' }>['error'], answer: { costUsd?: number }): NodeOutcome => ({
  kind: 'failed',
  error: { ...error, ...(answer.costUsd !== undefined && { costUsd: answer.costUsd }) },
})

export const systemOf = ({ job, config }: NodeContext): string | undefined => text(job.lens?.system_prompt) ?? text(config.system_prompt)

export const outputContractOf = ({ job }: NodeContext): OutputContract | undefined =>
  (job.lens?.output_contract as OutputContract | null | undefined) ?? undefined

/** Lens kinds text and transform: the prompt, answered; as data where the output contract has a schema. */
export const textLens: NodeRunner = async (context) => {
  const contract = outputContractOf(context)
  const schema = jsonSchemaOf(contract)
  const kind = context.job.lens?.kind === 'transform' ? 'transform' : 'text'
  const system = systemOf(context)
  const asked = await askText(context, { prompt: promptOf(context), streams: true, ...(system && { system }), ...(schema && { schema }) })
  if (!asked.ok) return asked.error
  const answer = asked.value
  if (!schema) {
    const asJson = contract?.artifact_kind === 'json'
    if (!asJson) return answered({ kind, artifact_kind: 'text', output: answer.text }, answer)
  }
  const said = saidJson(answer, context.job.nodeId)
  if (!said.ok) return failedAnswer(said.error, answer)
  const data = schema ? withoutNulls(said.value, schema.schema) : said.value
  // Text lenses with structured fields may still be made for reading: the contract says which of both the artifact is.
  const artifact_kind = contract?.artifact_kind === 'text' ? 'text' : 'json'
  return answered({ kind, artifact_kind, output: JSON.stringify(data), data }, answer)
}

/** The rendered template; a node without one is asked what it was handed. */
export function promptOf({ prompt, inputs }: NodeContext): string {
  if (prompt !== '') return prompt
  const given = inputs.prompt ?? inputs.input
  return typeof given === 'string' ? given : given === undefined ? '' : JSON.stringify(given)
}

/**
 * contender_run: one slot of a battle, answered by its model within the workflow. Where the battle leaves the slot to this run, it is taken
 * before anything is paid for, and what the node comes to is its answer.
 */
export const contenderRun: NodeRunner = async (context) => {
  const { config, job, world } = context
  const battle = job.dryRun ? ok(undefined) : await battleIdOf(context, ['battle'])
  if (!battle.ok) return { kind: 'failed', error: battle.error }
  let task: string | undefined
  if (battle.value !== undefined && job.checkpoint === null) {
    if (!uuid.test(battle.value))
      return { kind: 'failed', error: stepError('node_config', `${JSON.stringify(battle.value.slice(0, 60))} is no id of a battle.`) }
    const taken = await world.store.takeSlot(job, battle.value, String(config.slot))
    if (!taken.ok) return { kind: 'failed', error: taken.error }
    task = taken.value.taskPrompt
  }
  const asks = promptOf(context)
  const personality = text(config.personality_note)
  const system = [systemOf(context), personality].filter((part) => part !== undefined).join('\n\n')
  const asked = await askText(context, { prompt: asks === '' ? (task ?? '') : asks, streams: true, ...(system !== '' && { system }) })
  if (!asked.ok) return asked.error
  const metadata = Object.fromEntries(
    ['slot', 'battle_id', 'contender_id'].flatMap((key) => (config[key] === undefined ? [] : [[key, config[key]]])),
  )
  return answered({ kind: 'text', artifact_kind: 'text', output: asked.value.text, metadata }, asked.value)
}
