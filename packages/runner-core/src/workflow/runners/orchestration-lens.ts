import { z } from 'zod'
import { stepError } from '../../errors.ts'
import { dataRules, fencedPrompt, strictObject } from '../../judge/fenced-prompt.ts'
import { neutralise } from '../../judge/neutralise.ts'
import { costUsd, findModel } from '../../models/models.ts'
import type { ChildResult, ChildRun } from '../../ports/index.ts'
import type { NodeContext, NodeOutcome, NodeRunner } from '../node-runner.ts'
import { versionIn } from '../version-ids.ts'
import { ended } from './child-nodes.ts'
import { saidJson } from './said-json.ts'
import { addSpent, askText, type Spent } from './text-call.ts'
import { answered, failedAnswer, promptOf, systemOf } from './text-lens.ts'

/** A lens a plan may use. What it was when the workflow was saved, `config.version_ids` says. */
const offered = z.array(
  z.looseObject({
    name: z.string().min(1),
    description: z.string().optional(),
    parameters: z.array(z.string()).optional(),
    /** Where it is inline, its contract tells what a plan has to give it. */
    lens: z.looseObject({ input_contract: z.looseObject({ parameters: z.record(z.string(), z.unknown()) }).optional() }).optional(),
    cost_estimate_usd: z.number().nullish(),
  }),
)
type Offered = z.output<typeof offered>

const plan = z.object({
  steps: z.array(
    z.object({
      id: z.string().min(1),
      lens: z.string(),
      inputs: z.array(z.object({ label: z.string(), value: z.string() })),
      depends_on: z.array(z.string()),
    }),
  ),
})
type Plan = z.output<typeof plan>['steps']

const state = z.object({
  steps: plan.shape.steps,
  launched: z.array(z.number()),
  /** What the model said of the steps it did itself, by their ids; null: a step that failed. */
  made: z.record(z.string(), z.string().nullable()).default({}),
  /** Of the calls so far. What they cost was told with each wait. */
  tokens: z.object({ inputTokens: z.number().optional(), outputTokens: z.number().optional() }),
  /** By its own calls so far, in USD. What its runs cost, they say themselves. */
  spentUsd: z.number().default(0),
})
type State = z.output<typeof state>

const capsSchema = z.object({
  max_nodes: z.number().int().min(1).default(5),
  max_depth: z.number().int().min(1).default(2),
  budget_usd: z.number().min(0).optional(),
})
type Caps = z.output<typeof capsSchema>

const capsOf = (config: Record<string, unknown>): Caps => capsSchema.catch(() => capsSchema.parse({})).parse(config.caps ?? {})

/** At most so many of a plan's steps at once. */
const mostAtOnce = 10
/** A plan whose steps do not end by then has failed. */
const childrenMs = 86_400_000

/**
 * Lens kind orchestration: the model plans which lenses of `config.lenses` to run with what, within caps; the plan runs as child runs,
 * layer by layer; and the model makes one answer of what came back. A plan names a lens by name and can name no other.
 */
export const orchestrationLens: NodeRunner = async (context) => {
  const { job } = context
  const lenses = offered.safeParse(context.config.lenses ?? [])
  if (!lenses.success) return { kind: 'failed', error: stepError('node_config', `${job.nodeId}: lenses names what a plan may use.`) }
  const unsaved = lenses.data.find(({ name }) => versionIn(context.config, name) === undefined)
  if (unsaved) return { kind: 'failed', error: stepError('node_config', `${job.nodeId}: ${unsaved.name} was not saved with the workflow.`) }
  if (job.wait === null) return planned(context, lenses.data)
  const held = state.safeParse(job.wait.state)
  if (!held.success) return { kind: 'failed', error: stepError('internal', `${job.nodeId} does not find its plan again.`) }
  if (job.wait.expired && job.wait.for === 'children')
    return {
      kind: 'failed',
      error: stepError('node_timeout', `${job.nodeId}: the runs it planned did not end within a day.`),
    }
  const next = lenses.data.length === 0 ? await ownLayer(context, held.data) : launch(context, held.data)
  if (next) return next
  // Whoever woke it, a step that still runs is waited for.
  return job.children.every(ended) ? synthesised(context, held.data) : waitsFor(context, held.data)
}

const waitsFor = ({ job }: NodeContext, held: State): NodeOutcome => ({
  kind: 'waiting',
  wait: { for: 'children', expiresInMs: Math.max(1, childrenMs - (job.wait?.waitedMs ?? 0)), state: held },
})

async function planned(context: NodeContext, lenses: Offered): Promise<NodeOutcome> {
  const { job } = context
  const limits = capsOf(context.config)
  const names = lenses.length === 0 ? [OWN] : lenses.map(({ name }) => name)
  const schema = strictObject({
    steps: {
      type: 'array',
      items: strictObject({
        id: { type: 'string', description: 'A short name: a letter, then letters, digits and _.' },
        lens: { type: 'string', enum: names },
        inputs: {
          type: 'array',
          items: strictObject({
            label: { type: 'string' },
            value: { type: 'string', description: 'Text; [[id]] stands for what the step of that id made.' },
          }),
        },
        depends_on: { type: 'array', items: { type: 'string' }, description: 'Ids of steps that must be done before.' },
      }),
    },
  })
  const list =
    lenses.length === 0
      ? `- ${OWN} (prompt): you answer a prompt yourself`
      : lenses
          .map(({ name, description, lens, parameters, cost_estimate_usd }) => {
            // In their author's order where the lens is inline; else as the version that is named declares them.
            const takes = parameters ?? Object.keys(lens?.input_contract?.parameters ?? {})
            const labels = takes.length > 0 ? takes : (job.begins?.[name]?.parameters ?? [])
            const usd = limits.budget_usd === undefined ? undefined : estimateOf(context, name, cost_estimate_usd)
            const told = [description, ...(usd ? [`at most $${usd.toFixed(4)} a run`] : [])].filter(Boolean).join('; ')
            return `- ${name}${labels.length > 0 ? ` (${labels.join(', ')})` : ''}${told ? `: ${told}` : ''}`
          })
          .join('\n')
  const within = limits.budget_usd === undefined ? '' : ` All steps together may cost $${limits.budget_usd}.`
  const asked = await askText(context, {
    part: 'plan',
    prompt: promptOf(context),
    system: `${systemOf(context) ?? 'You plan how to do a task with the lenses at hand.'}\n\nPlan at most ${limits.max_nodes} steps, at most ${limits.max_depth} after one another. Steps that do not need each other run at once.${within} These lenses are at hand, and no others:\n${list}`,
    schema: { name: 'plan', schema },
  })
  if (!asked.ok) return asked.error
  const said = saidJson(asked.value, job.nodeId)
  if (!said.ok) return failedAnswer(said.error, asked.value)
  const read = plan.safeParse(said.value)
  const fault = read.success ? planFault(context, read.data.steps, names, lenses, limits) : 'it is no list of steps'
  if (!read.success || fault !== undefined)
    return failedAnswer(stepError('output_contract_violation', `${job.nodeId}: the plan cannot be carried out: ${fault}.`), asked.value)
  const held: State = {
    steps: read.data.steps,
    launched: [],
    made: {},
    tokens: tokensOf(asked.value),
    spentUsd: asked.value.costUsd ?? 0,
  }
  const launched = lenses.length === 0 ? nextAct(held, asked.value.costUsd) : launch(context, held, asked.value.costUsd)
  // A plan has a step that waits for none, so it is the budget that keeps it.
  return launched ?? failedAnswer(overBudget(context), asked.value)
}

const overBudget = (context: NodeContext) =>
  stepError('budget_spent', `${context.job.nodeId}: caps.budget_usd of ${capsOf(context.config).budget_usd} covers no step of the plan.`)

/** The most one run of a lens is expected to cost; undefined: nobody knows, and only what it has cost counts. */
const estimateOf = ({ job }: NodeContext, name: string, told?: number | null): number | undefined =>
  told ?? job.begins?.[name]?.costEstimateUsd ?? undefined

const maxTokensOf = ({ job, config }: NodeContext): number =>
  [job.lens?.max_tokens, config.max_tokens].find((most) => typeof most === 'number') ?? 4096

/** A call of the lens's own model, by list price: an answer of full length to so many characters. */
function ownCallUsd(context: NodeContext, characters: number): number {
  const model = findModel(context.job.modelKey ?? '')
  return (model.ok && costUsd(model.value, Math.ceil(characters / 2), maxTokensOf(context))) || 0
}

/**
 * Of steps that may begin, those that caps.budget_usd covers, in the plan's order: beside what was spent, and what the answer at the end
 * will cost. Without a budget, all of them.
 */
function affordable<T extends { usd: number }>(context: NodeContext, held: State, steps: readonly T[]): T[] {
  const { budget_usd } = capsOf(context.config)
  if (budget_usd === undefined) return [...steps]
  const byRuns = context.job.children.reduce((sum, { costUsd: usd = 0 }) => sum + usd, 0)
  // What it has to read then: the task, and the answers so far.
  let left = budget_usd - held.spentUsd - byRuns - ownCallUsd(context, promptOf(context).length + 4000)
  return left <= 0
    ? []
    : steps.filter(({ usd }) => {
        if (usd > left) return false
        left -= usd
        return true
      })
}

/** Why a plan cannot be carried out; undefined: it can. */
function planFault(context: NodeContext, steps: Plan, names: readonly string[], lenses: Offered, limits: Caps): string | undefined {
  if (steps.length === 0) return 'it has no step'
  if (steps.length > limits.max_nodes) return `it has ${steps.length} steps, and max_nodes is ${limits.max_nodes}`
  const ids = steps.map(({ id }) => id)
  const bad = steps.find(({ id }, nth) => !/^[A-Za-z_]\w{0,40}$/.test(id) || ids.indexOf(id) !== nth)
  if (bad) return `the id ${bad.id.slice(0, 50)} is no name, or stands twice`
  const lost = steps.find(({ lens }) => !names.includes(lens))
  if (lost) return `there is no lens ${lost.lens.slice(0, 80)}`
  const unasked = steps.find(({ inputs, depends_on }) => referencesOf(inputs).some((id) => !depends_on.includes(id)))
  if (unasked) return `${unasked.id} uses what a step made that it does not depend on`
  const depths = new Map<string, number>()
  for (let pass = 0; pass <= steps.length && depths.size < steps.length; pass++)
    for (const { id, depends_on } of steps)
      if (depends_on.every((other) => depths.has(other))) depths.set(id, 1 + Math.max(0, ...depends_on.map((other) => depths.get(other)!)))
  if (depths.size < steps.length) return 'a step waits for itself, or for one that is not there'
  const depth = Math.max(...depths.values())
  if (depth > limits.max_depth) return `it is ${depth} deep, and max_depth is ${limits.max_depth}`
  const usd = steps.map(({ lens }) => estimateOf(context, lens, lenses.find(({ name }) => name === lens)?.cost_estimate_usd))
  if (limits.budget_usd !== undefined && usd.every((each) => typeof each === 'number')) {
    const sum = usd.reduce<number>((total, each) => total + (each ?? 0), 0)
    if (sum > limits.budget_usd) return `it may cost ${sum.toFixed(4)} USD, and budget_usd is ${limits.budget_usd}`
  }
  return undefined
}

const tokensOf = ({ inputTokens, outputTokens }: Spent): Spent => ({
  ...(inputTokens !== undefined && { inputTokens }),
  ...(outputTokens !== undefined && { outputTokens }),
})

const resultOf = (children: ChildResult[], nth: number) => children.find(({ itemIndex }) => itemIndex === nth)

/** The steps that have not begun and whose parents are done. */
const readySteps = (held: State, children: ChildResult[]) =>
  held.steps.flatMap((step, nth) => {
    if (held.launched.includes(nth)) return []
    const done = (id: string) =>
      typeof held.made[id] === 'string' ||
      resultOf(
        children,
        held.steps.findIndex((other) => other.id === id),
      )?.status === 'completed'
    return step.depends_on.every(done) ? [{ step, nth }] : []
  })

/** Begins the steps whose parents are done and that the budget covers; undefined: none is left that could run. */
function launch(context: NodeContext, held: State, costUsd?: number): NodeOutcome | undefined {
  const { job } = context
  const offers = offered.catch([]).parse(context.config.lenses ?? [])
  const ready = affordable(
    context,
    held,
    readySteps(held, job.children).map(({ step, nth }) => ({
      step,
      nth,
      usd: estimateOf(context, step.lens, offers.find(({ name }) => name === step.lens)?.cost_estimate_usd) ?? 0,
    })),
  )
  if (ready.length === 0) return undefined
  const made = new Map(
    held.steps.flatMap(({ id }, nth): [string, string][] => {
      const output = resultOf(job.children, nth)?.output
      return output ? [[id, output.output]] : []
    }),
  )
  const children = ready.map(
    ({ step, nth }): ChildRun => ({
      itemIndex: nth,
      versionId: versionIn(context.config, step.lens)!,
      inputs: inputsOf(step.inputs, made),
    }),
  )
  const waitedMs = job.wait?.waitedMs ?? 0
  return {
    kind: 'waiting',
    wait: {
      for: 'children',
      expiresInMs: Math.max(1, childrenMs - waitedMs),
      state: { ...held, launched: [...held.launched, ...ready.map(({ nth }) => nth)] },
      children,
      maxConcurrent: mostAtOnce,
      ...(costUsd !== undefined && { costUsd }),
    },
  }
}

/** The model's text is no template of ours: [[id]] of a step stands for what it made, once, and nothing else stands for anything. */
const stepReference = /\[\[\s*([A-Za-z_]\w*)\s*\]\]/g

const referencesOf = (inputs: Plan[number]['inputs']): string[] =>
  inputs.flatMap(({ value }) => [...value.matchAll(stepReference)].map(([, name]) => name!))

const inputsOf = (inputs: Plan[number]['inputs'], made: ReadonlyMap<string, string>): Record<string, unknown> =>
  Object.fromEntries(
    inputs.map(({ label, value }) => [label, value.replace(stepReference, (whole, name: string) => made.get(name) ?? whole)]),
  )

/** What a step is called that the model does itself, where no lens is at hand. */
const OWN = 'answer'

/** The next act goes on at once: each layer of the model's own steps has a slice of its own. */
const nextAct = (state: State, costUsd?: number): NodeOutcome => ({
  kind: 'waiting',
  wait: { for: 'delay', expiresInMs: 1, state, ...(costUsd !== undefined && { costUsd }) },
})

/** Asks the model the steps whose parents are done; undefined: none is left that could be asked. */
async function ownLayer(context: NodeContext, held: State): Promise<NodeOutcome | undefined> {
  const made = new Map(Object.entries(held.made).flatMap(([id, text]) => (text === null ? [] : [[id, text] as const])))
  const asks = readySteps(held, []).map(({ step }) => {
    const prompt = Object.values(inputsOf(step.inputs, made)).join('\n\n')
    return { step, prompt, usd: ownCallUsd(context, prompt.length) }
  })
  const ready = affordable(context, held, asks)
  if (ready.length === 0) return undefined
  const answers = await Promise.all(
    ready.map(async ({ step, prompt }) => ({ step, asked: await askText(context, { part: step.id, prompt }) })),
  )
  const lost = answers.find(({ asked }) => !asked.ok && asked.error.kind === 'failed' && asked.error.error.code === 'lease_lost')
  if (lost && !lost.asked.ok) return lost.asked.error
  const spent = addSpent(...answers.flatMap(({ asked }) => (asked.ok ? [asked.value] : [])))
  const next: State = {
    ...held,
    launched: [...held.launched, ...ready.map(({ step }) => held.steps.indexOf(step))],
    made: { ...held.made, ...Object.fromEntries(answers.map(({ step, asked }) => [step.id, asked.ok ? asked.value.text : null])) },
    tokens: addSpent(held.tokens, tokensOf(spent)),
    spentUsd: held.spentUsd + (spent.costUsd ?? 0),
  }
  return nextAct(next, spent.costUsd)
}

/** What became of a step: of its run, or of the call the model made itself. */
function becameOf(step: Plan[number], nth: number, held: State, children: ChildResult[]) {
  const child = resultOf(children, nth)
  if (child) return { status: child.status, output: child.output?.output, error: child.error, runId: child.runId }
  const own = Object.hasOwn(held.made, step.id) ? held.made[step.id] : undefined
  if (own === undefined) return { status: 'skipped', error: null }
  return own === null ? { status: 'failed', error: null } : { status: 'completed', output: own, error: null }
}

async function synthesised(context: NodeContext, held: State): Promise<NodeOutcome> {
  const { job } = context
  const withheld = new Set(readySteps(held, job.children).map(({ nth }) => nth))
  const results = held.steps.map((step, nth) => ({
    step,
    ...becameOf(step, nth, held, job.children),
    ...(withheld.has(nth) && { reason: 'budget' as const }),
  }))
  if (withheld.size > 0 && !results.some(({ status }) => status === 'completed')) return failedAnswer(overBudget(context), {})
  if (!results.some(({ status }) => status === 'completed')) {
    const first = results.find(({ error }) => error)
    const why = first?.error ? `: ${first.step.id}: ${first.error.message}` : ''
    return failedAnswer(stepError('child_failed', `${job.nodeId}: no step of the plan completed${why}.`), {})
  }
  const { fence, prompt } = fencedPrompt(
    context.idempotencyKey,
    results.map(({ step, output, status, error, reason }) => ({
      name: `STEP ${step.id.toUpperCase()}`,
      text: output === undefined ? `(this step did not complete: ${error?.code ?? reason ?? status})` : neutralise(output),
    })),
    promptOf(context),
  )
  const asked = await askText(context, {
    part: 'synthesis',
    prompt,
    system: `${systemOf(context) ?? 'You make one answer of what several steps have worked out.'}\n\n${dataRules(fence)}\n\nSay it where a step that matters did not complete.`,
  })
  if (!asked.ok) return asked.error
  const data = {
    summary: asked.value.text,
    ...(withheld.size > 0 && { ended: 'budget' }),
    steps: results.map(({ step, status, output, error, runId, reason }) => ({
      id: step.id,
      lens: step.lens,
      depends_on: step.depends_on,
      status,
      ...(reason && { reason }),
      ...(runId && { run_id: runId }),
      ...(output !== undefined && { output }),
      ...(error && { error }),
    })),
  }
  return answered(
    { kind: 'orchestration', artifact_kind: 'json', output: asked.value.text, data },
    { ...asked.value, ...addSpent(held.tokens, asked.value) },
  )
}
