import { nodeTypes } from './node-types/index.ts'

/** What a picture shows of a node. */
export interface DrawnNode {
  id: string
  type: string
  label?: string | null | undefined
  /** Of a run: its status. */
  status?: string | undefined
  /** Of a run: one more line, as its latency or its error code. */
  note?: string | undefined
}

export interface DrawnEdge {
  source: string
  target: string
  source_port?: string | undefined
  target_param_label?: string | undefined
  condition?: { path?: string | undefined; operator: string; value?: unknown } | null | undefined
}

/** Fill and line of each status: readable without colours too, since a node says its status in words. */
const colours: Record<string, string> = {
  awaiting_dependency: 'fill:#f6f8fa,stroke:#8c959f,color:#24292f',
  queued: 'fill:#fff8c5,stroke:#bf8700,color:#24292f',
  running: 'fill:#ddf4ff,stroke:#0969da,color:#24292f',
  waiting: 'fill:#fbefff,stroke:#8250df,color:#24292f',
  completed: 'fill:#dafbe1,stroke:#1a7f37,color:#24292f',
  failed: 'fill:#ffebe9,stroke:#cf222e,color:#24292f',
  timed_out: 'fill:#fff1e5,stroke:#bc4c00,color:#24292f',
  cancelled: 'fill:#eaeef2,stroke:#57606a,color:#24292f',
  skipped: 'fill:#f6f8fa,stroke:#8c959f,color:#57606a,stroke-dasharray:4 3',
}

/** Text in a label: nothing in it is markup, an entity or the end of the label. */
const escaped = (text: string, most = 80): string => {
  const line = text.replace(/\s+/g, ' ').trim()
  const short = [...line].length > most ? `${[...line].slice(0, most - 1).join('')}…` : line
  return short.replace(/[#&<>"'`\\[\]{}()|;:]/g, (character) => `#${character.codePointAt(0)};`)
}

const shapes: Record<string, [string, string]> = {
  lens: ['(', ')'],
  battle: ['[[', ']]'],
  media: ['[/', '/]'],
  logic: ['{{', '}}'],
  data: ['[', ']'],
  tool: ['[\\', '\\]'],
}

function conditionText({ path, operator, value }: NonNullable<DrawnEdge['condition']>): string {
  return `${path ?? 'output'} ${operator}${value === undefined ? '' : ` ${JSON.stringify(value)}`}`
}

/**
 * A flowchart in Mermaid, of a workflow, or of a run where nodes have a status. Whatever nodes and ports are called, it is text.
 *
 * @example mermaidOf([{ id: 'a', type: 'lens' }, { id: 'b', type: 'merge' }], [{ source: 'a', target: 'b' }])
 */
export function mermaidOf(nodes: readonly DrawnNode[], edges: readonly DrawnEdge[]): string {
  const names = new Map(nodes.map(({ id }, at) => [id, `n${at}`]))
  const lines = ['flowchart TD']
  for (const { id, type, label, status, note } of nodes) {
    const [open, close] = shapes[nodeTypes.get(type)?.family ?? ''] ?? ['[', ']']
    const told = [
      escaped(label ?? id),
      escaped(type),
      ...(status === undefined ? [] : [escaped(status)]),
      ...(note === undefined ? [] : [escaped(note)]),
    ]
    const colour = status !== undefined && Object.hasOwn(colours, status) ? `:::${status}` : ''
    lines.push(`  ${names.get(id)}${open}"${told.join('<br/>')}"${close}${colour}`)
  }
  for (const { source, target, source_port = 'output', target_param_label = 'input', condition } of edges) {
    const [from, to] = [names.get(source), names.get(target)]
    if (from === undefined || to === undefined) continue
    if (source_port.startsWith('@')) {
      lines.push(`  ${from} -.-> ${to}`)
      continue
    }
    const said = [
      ...(source_port === 'output' ? [] : [source_port]),
      ...(condition ? [conditionText(condition)] : []),
      ...(target_param_label === 'input' ? [] : [`→ ${target_param_label}`]),
    ]
    lines.push(said.length === 0 ? `  ${from} --> ${to}` : `  ${from} -->|"${escaped(said.join(' '))}"| ${to}`)
  }
  const used = new Set(nodes.map(({ status }) => status))
  for (const [status, style] of Object.entries(colours)) if (used.has(status)) lines.push(`  classDef ${status} ${style}`)
  return `${lines.join('\n')}\n`
}
