import type { ErrorCode, StepError } from '@agon/runner-core/errors'
import type { Result } from '@agon/runner-core/result'
import type { RunStore, ShownRun } from '@agon/store/run-store'
import { problem } from '../../_shared/problem.ts'
import { given } from '../given.ts'
import type { Handlers } from '../routes.ts'
import { stateBeside } from './replayed-run.ts'
import { runInputs } from './run-inputs.ts'
import type { runRoutes } from './run-routes.ts'
import { loadRules } from './workflow-compiler.ts'
import { mermaidType } from './workflow-handlers.ts'
import { inputsRefused } from './workflow-problems.ts'

export type AnswerOutcome = 'answered' | 'already_answered' | 'ended' | 'expired' | 'not_found'

/** What became of an answer, to who gave it. */
export function answerOutcome(outcome: AnswerOutcome): Response {
  switch (outcome) {
    case 'answered':
      return Response.json({ answered: true })
    case 'not_found':
      return problem('wait_unknown')
    case 'already_answered':
      return problem('wait_answered')
    case 'ended':
      return problem('run_state', 'The run does not wait for it any more.')
    case 'expired':
      return problem('wait_expired')
  }
}

/** Why an answer is none to what is asked: an approval that says neither would count as a rejection. */
export const undecided = (asked: 'approval' | 'external' | undefined, decision: string | undefined): Response | undefined =>
  asked === 'approval' && decision === undefined
    ? problem('invalid_request', '/decision: an approval takes approved or rejected', [
        { path: '/decision', message: 'an approval takes approved or rejected' },
      ])
    : undefined

type Again =
  | { run_id: string }
  | { refused: 'not_found' | 'run_is_child' | 'run_state' | 'unknown_node'; status?: string | undefined; run_id?: string | undefined }

/** Runs, for their owner. The database decides; these say who asks and turn refusals into problems. */
export function runHandlers(store: RunStore): Handlers<Exclude<keyof typeof runRoutes, 'runWait' | 'getWait' | 'answerWait'>> {
  const none = (id: string) => problem('not_found', `You have no run ${id}.`)
  const broken = ({ code, message }: StepError) => problem(code, message)

  async function seen(id: string, user: string, answer: (run: ShownRun) => Response | Promise<Response>): Promise<Response> {
    const run = await store.get(id, user)
    if (!run.ok) return broken(run.error)
    return run.value === null ? none(id) : answer(run.value)
  }
  const show = (id: string, user: string, status = 200) => seen(id, user, (run) => Response.json(run, { status }))

  /** After an act that says in a word what became of it: `run_<status>` changed nothing. */
  async function acted(id: string, user: string, outcome: Result<string, StepError>): Promise<Response> {
    if (!outcome.ok) return broken(outcome.error)
    if (outcome.value === 'not_found') return none(id)
    const state = /^run_(.+)$/.exec(outcome.value)?.[1]
    return state === undefined ? show(id, user) : problem('run_state', `The run is ${state}.`)
  }

  /** After an act that runs something again. */
  async function begun(
    id: string,
    user: string,
    outcome: Result<Again, StepError>,
    what: { node?: string; needs: string; status?: number },
  ): Promise<Response> {
    if (!outcome.ok) return broken(outcome.error)
    if (!('refused' in outcome.value)) return show(outcome.value.run_id, user, what.status)
    const { refused, status, run_id } = outcome.value
    const told: Record<typeof refused, () => readonly [ErrorCode, string?]> = {
      not_found: () => ['not_found', `You have no run ${id}.`],
      run_is_child: () => ['run_is_child', `Run ${run_id} began it: do it there.`],
      run_state: () => ['run_state', `The run is ${status}; ${what.needs}.`],
      unknown_node: () => ['node_not_found', `The run has no node ${what.node}.`],
    }
    return problem(...told[refused]())
  }

  /** Every event of a run, in order. */
  async function logOf(id: string, user: string) {
    const events: { event_id: number; type: string; node_id: string | null; data: Record<string, unknown> }[] = []
    for (let after = 0; ; ) {
      const page = await store.eventsAfter(id, user, after, 1000)
      if (!page.ok) return page
      if (page.value === null) return { ok: true as const, value: events }
      events.push(...(page.value.events as typeof events))
      if (!page.value.more) return { ok: true as const, value: events }
      after = page.value.cursor
    }
  }

  return {
    async listRuns({ user, query: { limit, cursor, ...filter } }) {
      const found = await store.list(user, { filter: given(filter), most: limit, cursor })
      return found.ok ? Response.json(found.value) : broken(found.error)
    },

    getRun: ({ user, params: { run_id } }) => show(run_id, user),

    async runEvents({ user, params: { run_id }, query: { after, limit } }) {
      const found = await store.eventsAfter(run_id, user, after, limit)
      if (!found.ok) return broken(found.error)
      return found.value === null ? none(run_id) : Response.json(found.value)
    },

    async runTranscript({ user, params: { run_id } }) {
      const found = await store.transcript(run_id, user)
      if (!found.ok) return broken(found.error)
      if (found.value === null) return none(run_id)
      return found.value.teams.length === 0 ? problem('no_team', `Run ${run_id} has no team_run node.`) : Response.json(found.value)
    },

    runDiagram: ({ user, params: { run_id } }) =>
      seen(run_id, user, async (run) => {
        const { mermaidOf } = await loadRules()
        const nodes = run.nodes as (ShownRun['nodes'][number] & {
          node_type: string
          label: string
          latency_ms: number | null
          error: { code?: string } | null
        })[]
        const drawn = nodes.map(({ node_id, node_type, label, status, latency_ms, error }) => {
          const note = error?.code ?? (latency_ms === null ? undefined : `${latency_ms} ms`)
          return { id: node_id, type: node_type, label, status, ...(note !== undefined && { note }) }
        })
        const edges = run.edges as { source: string; target: string; source_port: string; target_param_label: string }[]
        return new Response(mermaidOf(drawn, edges), { headers: { 'content-type': mermaidType } })
      }),

    replayedRun: ({ user, params: { run_id } }) =>
      seen(run_id, user, async (run) => {
        const log = await logOf(run_id, user)
        return log.ok ? Response.json(await stateBeside(run, log.value)) : broken(log.error)
      }),

    cancelRun: async ({ user, params: { run_id } }) => acted(run_id, user, await store.cancel(run_id, user)),

    approveRun: async ({ user, params: { run_id }, body: { approved, note } }) =>
      acted(run_id, user, await store.approve(run_id, user, approved, note)),

    retryRun: async ({ user, params: { run_id }, body: { node_id } }) =>
      begun(run_id, user, await store.retry(run_id, user, node_id), {
        ...(node_id !== undefined && { node: node_id }),
        needs: 'what failed or was cancelled is run again, or of one that completed a node that is named',
      }),

    forkRun: ({ user, params: { run_id }, body: { node_id, inputs, node_inputs } }) =>
      seen(run_id, user, async (run) => {
        const before = run.inputs as Record<string, unknown>
        const bound = inputs && (await runInputs(run.declared_inputs, { ...before, ...inputs }))
        if (bound && bound.violations.length > 0) return inputsRefused(bound.violations)
        const changes = { ...(bound && { inputs, inputs_hash: bound.hash }), ...(node_inputs && { node_inputs }) }
        return begun(run_id, user, await store.fork(run_id, user, node_id, changes), {
          node: node_id,
          needs: 'only one that has ended is forked',
          status: 201,
        })
      }),

    replayRun: async ({ user, params: { run_id } }) =>
      begun(run_id, user, await store.replay(run_id, user), { needs: 'only one that completed or failed is replayed', status: 201 }),

    async answerNode({ user, params: { run_id, node_id }, body }) {
      const asked = await store.waitOf(run_id, user, node_id)
      if (!asked.ok) return broken(asked.error)
      // Who needs no token is not told that theirs is wrong.
      if (asked.value === null) return problem('wait_unknown', `No node ${node_id} of a run ${run_id} of yours waits for an answer.`)
      const refused = undecided(asked.value.for, body.decision)
      if (refused) return refused
      const outcome = await store.answer(run_id, user, node_id, { ...given(body), by: user })
      return outcome.ok ? answerOutcome(outcome.value) : broken(outcome.error)
    },
  }
}
