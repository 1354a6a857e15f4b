import { hasEnded, type Run, type RunEvent, WatchError } from '@agon/client'
import { problemError } from '../cli-error.ts'
import type { Context } from '../commands/context.ts'
import type { Session } from '../platform/session.ts'
import { eventLine, runTable } from './run-table.ts'

/** How often a table is drawn anew at most. */
const drawMs = 200

export interface FollowOptions {
  json?: true | undefined
  after?: number | undefined
}

/**
 * Tells a run as it happens, until it has ended or is waited for no longer: on a terminal a table that is drawn over, else a line an event.
 * The run as it stood then.
 */
export async function followRun({ agon }: Session, runId: string, { json, after }: FollowOptions, context: Context): Promise<Run> {
  const { signal } = context.interrupt
  const draws = !json && process.stderr.isTTY === true
  const screen = createScreen(context)
  const read = async (): Promise<Run> => {
    const found = await agon.runs.get(runId)
    if (!found.ok) throw problemError(found.problem)
    return found.value
  }
  let run = await read()
  let drawnAt = 0
  const speaking = new Map<string, string[]>()
  const draw = async () => {
    run = await read()
    screen.draw(run, speaking)
    drawnAt = performance.now()
  }
  const onReconnect = (problem?: { detail: string }) => problem && context.tell(context.err.warn(`${problem.detail} Trying again.`))
  try {
    if (draws) screen.draw(run)
    for await (const event of agon.watchRun(runId, { signal, onReconnect, ...(after !== undefined && { after }) })) {
      hear(event, speaking)
      if (json) context.print(JSON.stringify(event))
      else if (!draws) {
        const line = eventLine(event, context.err)
        if (line !== undefined) context.tell(line)
      } else if (event.type !== 'node.delta' && performance.now() - drawnAt >= drawMs) await draw()
    }
  } catch (error) {
    if (error instanceof WatchError) throw problemError(error.problem)
    throw error
  }
  run = await read()
  if (draws) screen.draw(run)
  return run
}

/** Keeps who has a turn in a team, by its node: from its beginning until it is over. */
export function hear(event: RunEvent, speaking: Map<string, string[]>): void {
  const { node_id } = event
  if (node_id === null) return
  if (event.type === 'node.turn_begun') {
    const { member, round } = event.data
    speaking.set(node_id, [...(speaking.get(node_id) ?? []), event.data.summary ? 'summary' : `${member}, round ${round}`])
  } else if (event.type === 'node.turn') {
    const { member, round } = event.data
    speaking.set(node_id, speaking.get(node_id)?.filter((turn) => turn !== `${member}, round ${round}`) ?? [])
  } else if (/^node\.(completed|failed|timed_out|cancelled|skipped)$/.test(event.type)) speaking.delete(node_id)
}

/** A part of the terminal that is written over. */
function createScreen({ err: style, width, tell }: Context) {
  let lines = 0
  return {
    draw(run: Run, speaking?: ReadonlyMap<string, readonly string[]>): void {
      const height = Math.max(6, (process.stderr.rows ?? 24) - 2)
      const text = runTable(run, { style, width, height, ...(speaking && { speaking }) })
      if (lines > 0) process.stderr.write(`\u001b[${lines}A\u001b[0J`)
      tell(text)
      lines = text.split('\n').length
    },
  }
}

export const endedWell = (run: Run): boolean => hasEnded(run) && run.status === 'completed'
