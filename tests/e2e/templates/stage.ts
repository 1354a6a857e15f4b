import type { Run } from '@agon/client'
import { findTemplate } from '@agon/templates'
import { scribe } from '../../../apps/cli/src/sparring/scribe.ts'
import { startArena } from '../../support/arena.ts'
import { startWireFal } from '../../support/wire-fal.ts'

/** What a model is asked, as it stands on the wire. */
export interface Asked {
  system: string
  prompt: string
}

/** What it answers: text, a value as JSON, a refusal; undefined: whatever fits the schema. */
export type Answer = string | { json: unknown } | { status: number } | undefined
export type Script = (asked: Asked, nth: number) => Answer

export interface Played {
  run: Run
  /** What each node came to. */
  nodes: Record<string, string>
  /** The envelope of a node that completed. */
  output: (node: string) => NonNullable<Run['output']>
  asked: Asked[]
}

/** One platform for all templates: functions in Deno, models behind their real SDKs, media behind fal's queue, made-up search results. */
export async function openStage() {
  const fal = await startWireFal()
  const arena = await startArena({ functionEnv: { AGON_SEARCH: 'simulated', FAL_BASE_URL: fal.url, FAL_KEY: 'fal-key' } })
  let models = 0

  /** A model of its own for a script: `sparring:…`. */
  function model(script: Script = () => undefined, heard: Asked[] = []): string {
    const name = `part-${++models}`
    arena.provider.on({ model: name }, ({ messages }) => {
      const said = (roles: string[]) =>
        messages
          .filter(({ role }) => roles.includes(String(role)))
          .map(({ content }) => (typeof content === 'string' ? content : (content ?? []).map((part) => part.text ?? '').join('')))
          .join('\n\n')
      const asked = { system: said(['system', 'developer']), prompt: said(['user']) }
      heard.push(asked)
      const answer = script(asked, heard.length - 1) ?? scribe(asked.system, asked.prompt)
      if (typeof answer === 'object' && 'status' in answer)
        return { error: { message: 'The part refuses.', type: 'invalid_request_error' }, status: answer.status }
      const content = typeof answer === 'string' ? answer : JSON.stringify(answer.json)
      return { content, usage: { prompt_tokens: 10, completion_tokens: 20 } }
    })
    return `sparring:${name}`
  }

  /** Forks a template over the API, runs it, and waits until it has ended. `parts`: who answers for single nodes. */
  async function play(
    slug: string,
    inputs: Record<string, unknown> | undefined,
    script?: Script,
    parts: Record<string, Script> = {},
  ): Promise<Played> {
    const asked: Asked[] = []
    const chosen = {
      text: model(script, asked),
      image: 'fal:flux-2-pro',
      video: 'fal:veo-3.1-fast',
      ...Object.fromEntries(Object.entries(parts).map(([node, part]) => [node, model(part)])),
    }
    const forked = await read<{ workflow_id: string }>(await arena.post(`/workflow-templates/${slug}/fork`, { models: chosen }), 201)
    const started = await read<{ run_id: string }>(
      await arena.post(`/workflows/${forked.workflow_id}/runs`, { inputs: inputs ?? findTemplate(slug)!.samples[0] }),
      201,
    )
    const run = await ended(started.run_id)
    return {
      run,
      nodes: Object.fromEntries(run.nodes.map(({ node_id, status, reason }) => [node_id, reason ? `${status} (${reason})` : status])),
      output: (node) => run.nodes.find(({ node_id }) => node_id === node)!.output!,
      asked,
    }
  }

  async function ended(runId: string): Promise<Run> {
    // What a queue would look at again in some seconds, it looks at now.
    const hurry = setInterval(() => {
      arena.database
        .query('update execution.later set run_after = now() where run_after > now()')
        .then(() => arena.database.query('select execution.sweep()'))
        .catch(() => {}) // the last look may meet a database that is being closed
    }, 500)
    try {
      for (let until = Date.now() + 60_000; ; ) {
        const run = await read<Run>(await arena.api(`/runs/${runId}`, { headers: arena.asOwner }), 200)
        if (['completed', 'failed', 'cancelled', 'timed_out'].includes(run.status)) return run
        if (Date.now() > until)
          throw new Error(`The run did not end: ${JSON.stringify(run.nodes.map(({ node_id, status, error }) => [node_id, status, error]))}`)
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    } finally {
      clearInterval(hurry)
    }
  }

  return {
    arena,
    fal,
    play,
    async close() {
      await arena.stop()
      await fal.stop()
    },
  }
}

export type Stage = Awaited<ReturnType<typeof openStage>>

async function read<T>(response: Response, status: number): Promise<T> {
  const body = (await response.json()) as T
  if (response.status !== status) throw new Error(`${response.status}: ${JSON.stringify(body)}`)
  return body
}

/** Why a run failed, for a test that expected it not to. */
export const faults = ({ run }: Played) =>
  run.nodes.flatMap(({ node_id, error }) => (error ? [`${node_id}: ${error.code}: ${error.message}`] : []))
