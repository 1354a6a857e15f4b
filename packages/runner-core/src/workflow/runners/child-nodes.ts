import { stepError } from '../../errors.ts'
import type { ChildResult, ChildRun } from '../../ports/index.ts'
import { renderedValue, structured } from '../deep-values.ts'
import { valueAtPath } from '../edge-values.ts'
import { envelopeOf, type NodeOutputEnvelope } from '../envelope.ts'
import { listLabels } from '../loop-list.ts'
import { policyOf, timeoutOf } from '../node-policy.ts'
import type { NodeContext, NodeOutcome, NodeRunner } from '../node-runner.ts'
import { versionIn } from '../version-ids.ts'
import { done, expressionScope, failing } from './logic-nodes.ts'

/** How deep a run may stand below the one a person began. */
const mostDepth = 8

/** What the runs that a loop begins are given together, as JSON in UTF-8: they are begun all at once, by a driver with a memory. */
const mostGivenBytes = 16 * 1024 * 1024

export const tooDeep = ({ job }: NodeContext) =>
  job.depth + 1 > mostDepth
    ? stepError('node_config', `${job.nodeId} would begin a run ${job.depth + 1} deep; ${mostDepth} is the deepest.`)
    : undefined

export const ended = (child: ChildResult): boolean => child.status !== 'queued' && child.status !== 'running'

const told = ({ runId, status, error }: ChildResult, of: string) =>
  stepError(
    'child_failed',
    `${of} (run ${runId}) ended as ${status}${error ? `: ${error.code}: ${error.message.replace(/\.$/, '')}` : ''}.`,
  )

const madeBy = (envelope: NodeOutputEnvelope | null): unknown => (envelope === null ? null : (envelope.data ?? envelope.output))

const waitsFor = (context: NodeContext, children: ChildRun[], maxConcurrent: number, state: Record<string, unknown>): NodeOutcome => ({
  kind: 'waiting',
  wait: {
    for: 'children',
    expiresInMs: timeoutOf(context.job, policyOf(context.config)),
    state,
    children,
    maxConcurrent,
  },
})

/** Waits on: something other than its last child woke it. */
export const waitsOn = ({ job, config }: NodeContext): NodeOutcome => ({
  kind: 'waiting',
  wait: {
    for: 'children',
    expiresInMs: Math.max(1, timeoutOf(job, policyOf(config)) - (job.wait?.waitedMs ?? 0)),
    state: job.wait?.state ?? {},
  },
})

/**
 * Runs a body for each item of a list, at most `concurrency` at once, and collects what they came to in the list's order. `on_item_error`:
 * fail ends the node and what still runs; skip leaves the item out; collect puts its error in its place.
 */
export const loopMap: NodeRunner = async (context) => {
  const { job, config, inputs } = context
  const path = typeof config.items_path === 'string' ? config.items_path : 'items'
  const [label = 'items', ...rest] = path.split('.')
  const found = structured(inputs[label])
  const items = rest.length === 0 ? found : valueAtPath(found, rest.join('.'))
  if (!Array.isArray(items)) return failing(stepError('input_contract_violation', `${job.nodeId} finds no list at ${path} of its inputs.`))
  const onError = String(config.on_item_error ?? 'fail')
  if (job.wait === null) return begun(context, items, onError)

  const children = [...job.children].sort((a, b) => a.itemIndex - b.itemIndex)
  const fallen = children.filter((child) => ended(child) && child.status !== 'completed')
  if (onError === 'fail' && fallen[0]) return failing(told(fallen[0], `Item ${fallen[0].itemIndex}`))
  if (!children.every(ended)) {
    if (!job.wait.expired) return waitsOn(context)
    return failing(
      stepError('node_timeout', `${job.nodeId}: ${children.filter((child) => !ended(child)).length} items did not end in time.`),
    )
  }
  const results = children.flatMap((child) => {
    if (child.status === 'completed') return [madeBy(child.output)]
    return onError === 'collect' ? [{ error: child.error ?? { code: child.status, message: `The item ended as ${child.status}.` } }] : []
  })
  return done(envelopeOf({ results, count: results.length, items: items.length, failed: fallen.length }))
}

const jsonBytes = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).length

function begun(context: NodeContext, items: unknown[], onError: string): NodeOutcome {
  const { config, job, inputs } = context
  const most = typeof config.max_items === 'number' ? config.max_items : 1000
  if (items.length > most)
    return failing(stepError('context_too_large', `${job.nodeId} got ${items.length} items, and max_items is ${most}.`))
  if (items.length === 0) return done(envelopeOf({ results: [], count: 0, items: 0, failed: 0 }))
  const versionId = versionIn(config, 'body')
  const deep = tooDeep(context)
  if (deep || versionId === undefined) return failing(deep ?? stepError('node_config', `${job.nodeId} has no body that was saved with it.`))
  const name = typeof config.item_variable === 'string' ? config.item_variable : 'item'
  const ofList = listLabels(config)
  const shared = Object.fromEntries(Object.entries({ ...job.runInputs, ...inputs }).filter(([label]) => !ofList.has(label)))
  const bytes = items.length * jsonBytes(shared) + jsonBytes(items)
  if (bytes > mostGivenBytes)
    return failing(
      stepError(
        'context_too_large',
        `${job.nodeId} would give its ${items.length} items ${bytes} bytes together, and ${mostGivenBytes} are allowed: each gets the inputs of the run and of the node.`,
      ),
    )
  const children = items.map(
    (item, itemIndex): ChildRun => ({ itemIndex, versionId, inputs: { ...shared, [name]: item, index: itemIndex } }),
  )
  return waitsFor(context, children, typeof config.concurrency === 'number' ? config.concurrency : 1, { fail_fast: onError === 'fail' })
}

/** Runs another workflow, in the version it had when this one was saved. */
export const subWorkflow: NodeRunner = async (context) => {
  const { job, config, inputs } = context
  if (job.wait === null) {
    const versionId = versionIn(config, 'workflow')
    const deep = tooDeep(context)
    if (deep || versionId === undefined)
      return failing(deep ?? stepError('node_config', `${job.nodeId} has no version that was saved with it.`))
    const mapped = config.input_mapping === undefined ? undefined : await renderedValue(config.input_mapping, expressionScope(context))
    if (mapped && !mapped.ok) return failing(mapped.error)
    const given = (mapped?.value ?? inputs) as Record<string, unknown>
    return waitsFor(context, [{ itemIndex: 0, versionId, inputs: given }], 1, { fail_fast: true })
  }
  const child = job.children[0]
  if (!child || !ended(child)) {
    if (!job.wait.expired) return waitsOn(context)
    return failing(stepError('node_timeout', `${job.nodeId}: its workflow did not end in time.`))
  }
  if (child.status !== 'completed') return failing(told(child, 'The workflow'))
  return done({ ...(child.output ?? envelopeOf('')), metadata: { ...child.output?.metadata, run_id: child.runId } })
}
