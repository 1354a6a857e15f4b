import type { Run, RunEvent, RunNode } from '@agon/client'
import { table } from '../terminal/columns.ts'
import { printable } from '../terminal/printable.ts'
import type { Style } from '../terminal/style.ts'

/** In this order a run is told: what is at work first. */
const order = ['running', 'waiting', 'queued', 'failed', 'timed_out', 'cancelled', 'awaiting_dependency', 'completed', 'skipped'] as const

const signs: Record<string, string> = {
  running: '●',
  waiting: '◔',
  queued: '○',
  failed: '✗',
  timed_out: '✗',
  cancelled: '–',
  awaiting_dependency: '·',
  completed: '✓',
  skipped: '–',
}

export function statusText(status: string, style: Style): string {
  if (status === 'completed') return style.good(status)
  if (status === 'failed' || status === 'timed_out') return style.bad(status)
  if (status === 'running' || status === 'waiting' || status === 'pending_approval') return style.warn(status)
  return style.dim(status.replace('_', ' '))
}

const took = ({ latency_ms }: RunNode): string => (latency_ms === null ? '' : `${(latency_ms / 1000).toFixed(1)} s`)
const cost = (usd: number | null): string => (usd === null || usd === 0 ? '' : `$${usd.toFixed(4)}`)

function remark({ status, error, reason, waits, reused, model, children_open }: RunNode): string {
  if (error && (status === 'failed' || status === 'timed_out')) return `${error.code ?? ''}: ${error.message ?? ''}`
  if (status === 'waiting' && waits)
    return waits.for === 'children' ? `${children_open} runs` : `for ${waits.for === 'delay' ? 'a time' : `an ${waits.for} answer`}`
  if (reason) return reason.replace('_', ' ')
  return [reused ? 'taken over' : '', model ?? ''].filter(Boolean).join(', ')
}

const clipped = (text: string, most: number): string => {
  const line = printable(text).replaceAll('\n', ' ')
  return line.length > most ? `${line.slice(0, Math.max(0, most - 1))}…` : line
}

interface TableOptions {
  style: Style
  width: number
  height: number
  /** Who has a turn in which team, by its node. */
  speaking?: ReadonlyMap<string, readonly string[]>
}

/** A run as a table: how many nodes stand where, and each of them, at most `height` lines. */
export function runTable(run: Run, { style, width, height, speaking }: TableOptions): string {
  const counts = order.flatMap((status) => {
    const count = run.nodes.filter((node) => node.status === status).length
    return count === 0 ? [] : [`${count} ${statusText(status, style)}`]
  })
  const head = `${style.bold(printable(run.title ?? 'Run'))}  ${statusText(run.status, style)}  ${counts.join('  ')}`
  const ranked = run.nodes.map((node, nth) => ({ node, nth, rank: order.indexOf(node.status) }))
  const fits = height - 2
  // All of them in the workflow's order where they fit; else those first that something happens to.
  const shown = ranked.length <= fits ? ranked : ranked.toSorted((a, b) => a.rank - b.rank || a.nth - b.nth).slice(0, Math.max(1, fits - 1))
  const rows = shown.map(({ node }) => [
    `${signs[node.status] ?? '?'} ${clipped(node.label, 32)}`,
    style.dim(node.node_type),
    statusText(node.status, style),
    took(node),
    cost(node.cost_usd),
    clipped(speaking?.get(node.node_id)?.join(', ') || remark(node), Math.max(16, width - 84)),
  ])
  const rest = ranked.length - shown.length
  return [head, ...(rows.length > 0 ? [table(rows, [3, 4])] : []), ...(rest > 0 ? [style.dim(`… and ${rest} more`)] : [])].join('\n')
}

/** An event in a line, for a terminal that cannot be drawn over, and for files. */
export function eventLine(event: RunEvent, style: Style): string | undefined {
  if (event.type === 'node.delta') return undefined
  const {
    error,
    reason,
    latency_ms,
    for: waitsFor,
    progress,
    prompt,
    member,
    round,
    summary,
    status,
  } = event.data as {
    error?: { code?: string; message?: string }
    reason?: string
    latency_ms?: number
    for?: string
    progress?: number
    prompt?: string
    member?: string
    round?: number
    summary?: true
    status?: string
  }
  const more = [
    summary ? 'summary' : member === undefined ? '' : `${member}, round ${round}${status === undefined ? '' : `: ${status}`}`,
    latency_ms === undefined ? '' : `${latency_ms} ms`,
    progress === undefined ? '' : `${Math.round(progress * 100)} %`,
    waitsFor === undefined ? '' : `for ${waitsFor}`,
    reason ?? '',
    error ? `${error.code ?? ''}: ${error.message ?? ''}` : '',
    prompt === undefined ? '' : JSON.stringify(prompt),
  ].filter(Boolean)
  const end = event.type.split('.')[1]!
  const told = event.type.startsWith('run.') ? style.bold(event.type) : statusText(end, style)
  return [
    style.dim(event.created_at.slice(11, 19)),
    told,
    ...(event.node_id ? [event.node_id] : []),
    ...(more.length > 0 ? [style.dim(printable(more.join('  ')))] : []),
  ].join('  ')
}
