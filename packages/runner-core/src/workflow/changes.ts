import { sameJson } from './contracts.ts'
import { isObject } from './document.ts'

/** A line of a text that changed: kept, taken out, or put in. */
export interface LineChange {
  op: 'same' | 'removed' | 'added'
  text: string
}

/** One difference between two documents. */
export interface Change {
  /** JSON pointer; in a workflow, nodes are told by their ids and edges by what they join. */
  path: string
  op: 'added' | 'removed' | 'changed'
  from?: unknown
  to?: unknown
  /** Of a text of several lines. */
  lines?: LineChange[]
}

const pointer = (part: string): string => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`

/**
 * What changed from one document to another, lens or workflow, in the order of the newer one. Nodes that only moved in the list, and edges
 * that did, have not changed.
 *
 * @example changesBetween({ template: 'a' }, { template: 'b' }) // [{ path: '/template', op: 'changed', from: 'a', to: 'b' }]
 */
export function changesBetween(from: unknown, to: unknown): Change[] {
  return between(keyed(from), keyed(to), '')
}

/** Lists of a workflow as objects, by what tells their members apart. */
function keyed(document: unknown): unknown {
  if (!isObject(document) || !Array.isArray(document.nodes)) return document
  return { ...document, nodes: byName(document.nodes, nodeName), edges: byName((document.edges ?? []) as unknown[], edgeName) }
}

function byName(members: unknown[], nameOf: (member: Record<string, unknown>) => string): Record<string, unknown> {
  const named: Record<string, unknown> = {}
  for (const member of members) {
    const name = isObject(member) ? nameOf(member) : JSON.stringify(member)
    // Two edges may join the same.
    let free = name
    for (let twin = 2; Object.hasOwn(named, free); twin++) free = `${name} ${twin}`
    named[free] = member
  }
  return named
}

const nodeName = ({ id }: Record<string, unknown>): string => String(id)
const edgeName = ({ source, source_port = 'output', target, target_param_label = 'input' }: Record<string, unknown>): string =>
  `${source}:${source_port} → ${target}.${target_param_label}`

function between(from: unknown, to: unknown, path: string): Change[] {
  if (sameJson(from, to)) return []
  if (from === undefined) return [{ path, op: 'added', to }]
  if (to === undefined) return [{ path, op: 'removed', from }]
  if (isObject(from) && isObject(to)) {
    const names = [...Object.keys(to), ...Object.keys(from).filter((name) => !Object.hasOwn(to, name))]
    return names.flatMap((name) => between(own(from, name), own(to, name), path + pointer(name)))
  }
  const isText = typeof from === 'string' && typeof to === 'string' && (from.includes('\n') || to.includes('\n'))
  return [{ path, op: 'changed', from, to, ...(isText && { lines: lineChanges(from, to) }) }]
}

const own = (object: Record<string, unknown>, name: string): unknown => (Object.hasOwn(object, name) ? object[name] : undefined)

/** Above it the whole middle is told as taken out and put in: the table below is lines × lines. */
const mostCells = 1_000_000

/** Two texts line by line: the longest common subsequence stays. */
export function lineChanges(from: string, to: string): LineChange[] {
  const [a, b] = [from.split('\n'), to.split('\n')]
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let end = 0
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end++
  const same = (lines: string[]): LineChange[] => lines.map((text) => ({ op: 'same', text }))
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)]
  return [...same(a.slice(0, start)), ...middle(left, right), ...same(end === 0 ? [] : a.slice(-end))]
}

function middle(a: string[], b: string[]): LineChange[] {
  const removed = (text: string): LineChange => ({ op: 'removed', text })
  const added = (text: string): LineChange => ({ op: 'added', text })
  if (a.length * b.length > mostCells) return [...a.map(removed), ...b.map(added)]
  // longest[i][j]: of a from i and b from j.
  const longest = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1))
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      longest[i]![j] = a[i] === b[j] ? longest[i + 1]![j + 1]! + 1 : Math.max(longest[i + 1]![j]!, longest[i]![j + 1]!)
  const changes: LineChange[] = []
  let [i, j] = [0, 0]
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      changes.push({ op: 'same', text: a[i++]! })
      j++
    } else if (longest[i + 1]![j]! >= longest[i]![j + 1]!) changes.push(removed(a[i++]!))
    else changes.push(added(b[j++]!))
  }
  return [...changes, ...a.slice(i).map(removed), ...b.slice(j).map(added)]
}
