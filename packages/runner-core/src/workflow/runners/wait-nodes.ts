import { stepError } from '../../errors.ts'
import { envelopeOf } from '../envelope.ts'
import type { NodeContext, NodeOutcome, NodeRunner } from '../node-runner.ts'
import { done, failing, givenTo, passedOn, valueOr } from './logic-nodes.ts'

const dayMs = 86_400_000

/** Goes on after a time: `duration_ms`, or `until` a date. */
export const waitNode: NodeRunner = async (context) => {
  const { job, config, world } = context
  if (job.wait) {
    const total = job.wait.state.for_ms
    const leftMs = typeof total === 'number' ? total - job.wait.waitedMs : 0
    // Rung before its time, it waits on.
    if (job.wait.expired || leftMs <= 0) return done(passedOn(context, { waited_ms: job.wait.waitedMs }))
    return delay(leftMs, job.wait.state)
  }
  if (typeof config.duration_ms === 'number') return delay(config.duration_ms, { for_ms: config.duration_ms })
  const until = await valueOr(context, 'until', undefined)
  if (!until.ok) return failing(until.error)
  // biome-ignore lint/style/noRestrictedGlobals: it reads a date that is given, and asks no clock
  const at = Date.parse(String(until.value))
  if (Number.isNaN(at))
    return failing(stepError('node_config', `until is no time: ${JSON.stringify(until.value)}; write it like 2027-01-31T09:00:00Z.`))
  if (!world.clock.epochMs) return failing(stepError('capability_missing', 'This driver does not know the date.'))
  const forMs = at - world.clock.epochMs()
  return forMs <= 0 ? done(passedOn(context, { waited_ms: 0 })) : delay(forMs, { for_ms: forMs })
}

const delay = (ms: number, state: Record<string, unknown>): NodeOutcome => ({
  kind: 'waiting',
  wait: { for: 'delay', expiresInMs: Math.max(1, Math.ceil(ms)), state },
})

async function asks(context: NodeContext, what: 'approval' | 'external'): Promise<NodeOutcome> {
  const { job, config, prompt, world } = context
  if (!world.waitToken) return failing(stepError('sealing_key_missing', 'This driver was given nothing to make tokens of.'))
  const { sha256 } = await world.waitToken({ runId: job.runId, nodeId: job.nodeId, jobId: job.jobId })
  const expiresInMs = typeof config.expires_in_ms === 'number' ? config.expires_in_ms : dayMs
  const left = expiresInMs - (job.wait?.waitedMs ?? 0)
  return {
    kind: 'waiting',
    wait: {
      for: what,
      expiresInMs: Math.max(1, left),
      state: {},
      tokenSha256: sha256,
      ...(prompt !== '' && { prompt: prompt.slice(0, 4000) }),
    },
  }
}

/** Asks a person. What it was handed goes on by the port of the answer. */
export const approvalNode: NodeRunner = async (context) => {
  const { job } = context
  const answer = job.wait?.answer
  if (answer) {
    const decision = answer.decision === 'approved' ? 'approved' : 'rejected'
    return done(answeredWith(context, { decision, ...said(answer) }), [decision])
  }
  if (job.wait?.expired) return done(answeredWith(context, { decision: 'expired' }), ['expired'])
  return asks(context, 'approval')
}

const said = ({ data, by }: { data?: unknown; by?: string | null }) => ({
  ...(data !== undefined && { data }),
  ...(by !== undefined && by !== null && { by }),
})

/** The text that was handed over, and beside it what was said of it. */
function answeredWith(context: NodeContext, answer: Record<string, unknown>) {
  const passed = passedOn(context)
  return { ...passed, data: { ...answer, input: passed.data ?? givenTo(context) } }
}

/** Waits until somebody posts to an address with a token in it. */
export const externalWait: NodeRunner = async (context) => {
  const { job } = context
  const answer = job.wait?.answer
  if (answer) return done(envelopeOf(answer.data ?? '', answer.by ? { by: answer.by } : undefined))
  if (job.wait?.expired) return done(passedOn(context, { expired: true }), ['expired'])
  return asks(context, 'external')
}
