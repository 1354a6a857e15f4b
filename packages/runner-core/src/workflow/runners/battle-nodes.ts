import { stepError } from '../../errors.ts'
import type { BattleScore, BattleView } from '../../ports/index.ts'
import { renderedValue, structured } from '../deep-values.ts'
import { envelopeOf } from '../envelope.ts'
import type { NodeContext, NodeOutcome, NodeRunner } from '../node-runner.ts'
import { battleIdOf, battleOf, looksAgain, ownBattle } from './battle-of.ts'
import { battleRow, battleWanted, contendingOf, isLeft } from './battle-row.ts'
import { done, expressionScope, failing } from './logic-nodes.ts'

/** A real battle of the run's owner: a draft, or published where automation_mode says so. Tried again, it finds the one it made. */
export const battleCreate: NodeRunner = async (context) => {
  const { job, config, inputs, world } = context
  const rendered = await renderedValue(config, expressionScope(context))
  if (!rendered.ok) return failing(rendered.error)
  const given = rendered.value as Record<string, unknown>
  const read = battleWanted.safeParse({ ...given, contenders: given.contenders ?? structured(inputs.contenders) })
  if (!read.success) {
    const said = read.error.issues.slice(0, 5).map(({ path, message }) => `${path.join('.')}: ${message}`)
    return failing(stepError('node_config', `${job.nodeId}: ${said.join('; ')}.`))
  }
  const workflows = await contendingOf(read.data, job.ownerId, world.store)
  if (!workflows.ok) return failing(workflows.error)
  const row = battleRow(read.data, context.idempotencyKey, workflows.value)
  if (!row.ok) return failing(row.error)
  const leavesSlots = read.data.contenders.some(isLeft)
  const made = leavesSlots ? await world.store.createBattleInRun(job, row.value) : await world.store.createBattleFor(job.ownerId, row.value)
  if (!made.ok) return failing(made.error)
  const { battleId } = made.value
  if (read.data.automation_mode !== 'manual') {
    const published = await world.store.publishBattleFor(battleId, job.ownerId)
    if (!published.ok) return failing(published.error)
  }
  const data = {
    battle_id: battleId,
    status: read.data.automation_mode === 'manual' ? 'draft' : 'executing',
    title: row.value.title,
    task_prompt: read.data.task_prompt,
    contenders: read.data.contenders.map(({ model, identity, node }, nth) => ({
      slot: String.fromCharCode(65 + nth),
      ...(model !== undefined && { model }),
      ...(node !== undefined && { node }),
      ...(identity !== undefined && { identity }),
    })),
  }
  return done({ kind: 'json', artifact_kind: 'json', output: JSON.stringify(data), data })
}

/**
 * Collects what the contender_run nodes before it made, by slot, whatever became of them. It calls no model; slots that the battle leaves to
 * this run, and that no node has taken by now, get no answer any more, so that the battle goes on. Without a battle id it leaves by its port `error`, with an error object; an abort is thrown.
 */
export const battleExecute: NodeRunner = async (context) => {
  const { job, config, world, signal } = context
  signal.throwIfAborted()
  const startedAt = world.clock.now()
  const id = await battleIdOf(context)
  if (!id.ok) return failing(id.error)
  const refuse = (code: string, message: string): NodeOutcome =>
    done({ ...envelopeOf({ error: { code, message, nodeId: job.nodeId } }), metadata: { battle_id: id.value ?? null } }, ['error'])
  if (id.value === undefined)
    return refuse('battle_id_missing', 'battleId is missing: neither the config nor the input battle names a battle.')
  const battle = await battleOf(id.value, context, world)
  signal.throwIfAborted()
  if (!battle.ok) {
    // A battle that is not there is answered like one that is not named; a database that is not, is tried again.
    return ['node_config', 'not_found', 'forbidden'].includes(battle.error.code)
      ? refuse(battle.error.code, battle.error.message)
      : failing(battle.error)
  }
  if (!job.dryRun) {
    const ended = await world.store.endOpenSlots(job, battle.value.battleId)
    if (!ended.ok) return failing(ended.error)
  }
  const runs = Object.entries(job.parents).filter(([, { nodeType }]) => nodeType === 'contender_run')
  const order = new Map([...job.edges].sort((a, b) => a.ordinal - b.ordinal).map(({ source }, nth) => [source, nth]))
  runs.sort(([a], [b]) => (order.get(a) ?? 0) - (order.get(b) ?? 0))
  const slots: Record<string, unknown> = {}
  const free = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
  const named = runs.map(([nodeId, parent]) => ({ nodeId, parent, slot: slotOf(nodeId, parent) }))
  for (const { slot } of named) if (slot !== undefined) free.splice(free.indexOf(slot), free.includes(slot) ? 1 : 0)
  let longestMs = 0
  for (const { nodeId, parent, slot = free.shift() ?? nodeId } of named) {
    const { status, envelope, error } = parent
    const latencyMs = Number(envelope?.metadata?.latency_ms ?? 0)
    longestMs = Math.max(longestMs, Number.isFinite(latencyMs) ? latencyMs : 0)
    slots[`slot_${slot}`] = {
      slot,
      node_id: nodeId,
      status,
      output: envelope?.output ?? null,
      ...(envelope?.media && { media: envelope.media }),
      ...(envelope?.metadata && { metadata: envelope.metadata }),
      ...(error && { error }),
    }
  }
  const prompt = await renderedValue(config.task_prompt, expressionScope(context))
  if (!prompt.ok) return failing(prompt.error)
  const task = typeof prompt.value === 'string' ? prompt.value : battle.value.taskPrompt
  const data = {
    battleId: battle.value.battleId,
    battle_id: battle.value.battleId,
    taskPrompt: task,
    parallel: config.parallel !== false,
    upstreamCount: runs.length,
    completed: runs.filter(([, { status }]) => status === 'completed').length,
    durationMs: Math.round(longestMs + world.clock.now() - startedAt),
    ...slots,
  }
  return done({ kind: 'json', artifact_kind: 'json', output: task, data, metadata: { battle_id: battle.value.battleId } }, ['results'])
}

/** A contender that failed left no envelope to say its slot: then its node's label or id may. */
function slotOf(nodeId: string, { envelope, label }: NodeContext['job']['parents'][string]): string | undefined {
  const said = envelope?.metadata?.slot
  if (typeof said === 'string' && /^[A-Z]$/.test(said)) return said
  return (/(?:^|[\s_-])([A-Za-z])$/.exec(label) ?? /[_-]([a-z])$/.exec(nodeId))?.[1]?.toUpperCase()
}

const scoreRows = (scores: BattleScore[]) =>
  scores.map(({ slot, judgeMean, verdicts, votes, voteShare, score }) => ({
    slot,
    judge_mean: judgeMean,
    verdicts,
    votes,
    vote_share: voteShare,
    score,
  }))

const over = new Set(['closed', 'cancelled', 'void'])

const battleData = (battle: BattleView, scores: BattleScore[]) => ({
  battle_id: battle.battleId,
  status: battle.status,
  outcome: battle.outcome,
  winner_slot: battle.winnerSlot,
  scores: scoreRows(scores),
})

const stopped = (battle: BattleView): NodeOutcome | undefined =>
  battle.status === 'cancelled' || battle.status === 'void'
    ? failing(stepError('battle_state', `The battle ${battle.battleId} is ${battle.status}.`))
    : battle.status === 'draft'
      ? failing(stepError('battle_state', `The battle ${battle.battleId} is a draft: set automation_mode of battle_create, or publish it.`))
      : undefined

/** Waits until the judges of a battle have given their verdicts. */
export const judgeBattle: NodeRunner = async (context) => {
  const battle = await ownBattle(context)
  if (!battle.ok) return failing(battle.error)
  const end = stopped(battle.value)
  if (end) return end
  const { document, status } = battle.value
  const judges = Array.isArray(document.judges) ? (document.judges as { status?: string | null; seat?: number; model?: string }[]) : []
  if (judges.length === 0 && status !== 'closed')
    return failing(stepError('battle_state', `The battle ${battle.value.battleId} has no judge: votes decide it (vote_collector).`))
  const judged = status === 'closed' || (status === 'scoring' && judges.every((judge) => judge.status !== 'pending'))
  if (!judged) return looksAgain(context, 'for the judges')
  const scores = await context.world.store.battleScores(battle.value.battleId)
  if (!scores.ok) return failing(scores.error)
  const verdicts = Array.isArray(document.verdicts) ? (document.verdicts as Record<string, unknown>[]) : []
  const data = {
    ...battleData(battle.value, scores.value),
    judges: judges.map(({ seat, model, status: stands }) => ({ seat, model, status: stands })),
    verdicts: verdicts.map(({ judge_seat, part, presentation, outcome, winner_slot, reasoning, scores: given }) => ({
      judge_seat,
      part,
      presentation,
      outcome,
      winner_slot,
      reasoning,
      scores: given,
    })),
  }
  return done(envelopeOf(data))
}

/** Waits until a battle has enough votes, or its vote is over, and reads the tally. */
export const voteCollector: NodeRunner = async (context) => {
  const battle = await ownBattle(context)
  if (!battle.ok) return failing(battle.error)
  const end = stopped(battle.value)
  if (end) return end
  const { battleId, status } = battle.value
  const scores = await context.world.store.battleScores(battleId)
  if (!scores.ok) return failing(scores.error)
  const given = scores.value.reduce((sum, { votes }) => sum + votes, 0)
  const quorum = typeof context.config.quorum === 'number' ? context.config.quorum : 0
  const reached = status === 'voting' && quorum > 0 && given >= quorum
  const isOver = status === 'scoring' || over.has(status)
  if (!isOver && !reached) return looksAgain(context, 'for the votes')
  const votes = scores.value.map(({ slot, votes: count, voteShare }) => ({ slot, votes: count, vote_share: voteShare }))
  return done(envelopeOf({ battle_id: battleId, status, votes, given, quorum_reached: quorum > 0 && given >= quorum }))
}

/** Finalises a battle: scores, winner, ratings; once, however often it is asked. */
export const scoreAggregator: NodeRunner = async (context) => {
  const { store } = context.world
  const battle = await ownBattle(context)
  if (!battle.ok) return failing(battle.error)
  const end = stopped(battle.value)
  if (end) return end
  const { battleId } = battle.value
  const finalised = await store.finalizeBattle(battleId)
  if (!finalised.ok) return failing(finalised.error)
  if (finalised.value === 'judging_failed')
    return failing(stepError('battle_state', `The judges of the battle ${battleId} failed: redrive them, or override the winner.`))
  if (finalised.value !== 'closed' && finalised.value !== 'already_closed') return looksAgain(context, 'for the battle to be decided')
  const [closed, scores] = [await ownBattle(context), await store.battleScores(battleId)]
  if (!closed.ok) return failing(closed.error)
  if (!scores.ok) return failing(scores.error)
  return done(envelopeOf(battleData(closed.value, scores.value)))
}

/** Rates the contenders of a closed battle, if that has not been done, and reads where they stand. */
export const leaderboardUpdate: NodeRunner = async (context) => {
  const { store } = context.world
  const battle = await ownBattle(context)
  if (!battle.ok) return failing(battle.error)
  const end = stopped(battle.value)
  if (end) return end
  const { battleId, status } = battle.value
  if (status !== 'closed') return looksAgain(context, 'for the battle to be closed')
  const rated = await store.rateBattle(battleId)
  if (!rated.ok) return failing(rated.error)
  const after = await ownBattle(context)
  if (!after.ok) return failing(after.error)
  const contenders = Array.isArray(after.value.document.contenders) ? (after.value.document.contenders as Record<string, unknown>[]) : []
  const data = {
    battle_id: battleId,
    rated_now: rated.value,
    outcome: after.value.outcome,
    winner_slot: after.value.winnerSlot,
    ratings: contenders.map(({ slot, model, identity, rating }) => ({ slot, model, identity, rating: rating ?? null })),
  }
  return done(envelopeOf(data))
}
