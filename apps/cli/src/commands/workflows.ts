import { existsSync, writeFileSync } from 'node:fs'
import type { AgonClient, Workflow } from '@agon/client'
import { findTemplate, type WorkflowTemplate } from '@agon/templates'
import { problemError, usageError } from '../cli-error.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { remoteOf } from '../platform/session.ts'
import { table } from '../terminal/columns.ts'
import { printable } from '../terminal/printable.ts'
import { namedModels, withChosenModels } from '../workflow/chosen-models.ts'
import { type Document, inputsOf, isYaml, readDocument, written } from '../workflow/documents.ts'
import { changesText, problemsText } from '../workflow/problems-text.ts'
import type { Context } from './context.ts'
import type { ForkOptions, ListOptions, VersionOptions } from './lenses.ts'
import { asPerson, type PersonSessionOptions, valueOrProblem } from './person-session.ts'
import { type FollowOptions, follow } from './runs.ts'

export const listWorkflowsCommand = (options: ListOptions, context: Context): Promise<ExitCode> =>
  asPerson(options, context, async ({ agon }) => {
    const { mine, tag, search } = options
    const query = { limit: 100, ...(mine && { mine: 'true' as const }), ...(tag && { tag }), ...(search && { search }) }
    const { workflows } = await valueOrProblem(agon.workflows.list(query))
    if (options.json) context.print(JSON.stringify(workflows))
    else if (workflows.length === 0) context.print('No workflow yet: npm run agon -- workflow create pipeline.yaml')
    else
      context.print(
        table(
          workflows.map((one) => [
            one.workflow_id,
            `v${one.number}`,
            `${one.nodes} nodes`,
            one.visibility,
            printable(one.title),
            one.yours ? '' : 'of another',
          ]),
        ),
      )
    return exitCodes.done
  })

export interface KeepOptions extends PersonSessionOptions {
  tag?: string[]
  note?: string
}

const kept = ({ tag, note }: KeepOptions) => ({ ...(tag && { tags: tag }), ...(note !== undefined && { note }) })

/** What was saved, and what might be said of it. */
function tellSaved(workflow: Workflow, options: PersonSessionOptions, context: Context): ExitCode {
  if (options.json) context.print(JSON.stringify(workflow))
  else {
    if (workflow.warnings.length > 0) context.tell(problemsText(workflow.warnings, context.err))
    context.tell(`${printable(workflow.title)}, version ${workflow.number}`)
    context.print(workflow.workflow_id)
  }
  return exitCodes.done
}

/** Refused for its faults, a document is told of them as `validate` tells them. */
async function savedOrFaults(asked: ReturnType<AgonClient['workflows']['create']>, context: Context): Promise<Workflow | undefined> {
  const saved = await asked
  if (saved.ok) return saved.value
  if (saved.problem.code !== 'workflow_invalid') throw problemError(saved.problem)
  const problems = (saved.problem.errors ?? []).map(({ code = '', severity = 'error', remedy = '', ...rest }) => ({
    code,
    severity,
    remedy,
    ...rest,
  }))
  context.tell(problemsText(problems, context.err))
  return undefined
}

export const createWorkflowCommand = (file: string, options: KeepOptions, context: Context): Promise<ExitCode> => {
  const document = readDocument(file)
  return asPerson(options, context, async ({ agon }) => {
    const workflow = await savedOrFaults(agon.workflows.create({ document, ...kept(options) }), context)
    return workflow ? tellSaved(workflow, options, context) : exitCodes.usage
  })
}

export const saveWorkflowCommand = (id: string, file: string, options: KeepOptions, context: Context): Promise<ExitCode> => {
  const document = readDocument(file)
  return asPerson(options, context, async ({ agon }) => {
    const workflow = await savedOrFaults(agon.workflows.save(id, { document, ...kept(options) }), context)
    return workflow ? tellSaved(workflow, options, context) : exitCodes.usage
  })
}

/** Your workflow of the document's title takes it as its next version; without one it is made. */
async function importDocument(agon: AgonClient, document: Document, options: KeepOptions, context: Context): Promise<Workflow | undefined> {
  const title = typeof document.title === 'string' ? document.title.trim() : ''
  const found =
    title === '' ? [] : (await valueOrProblem(agon.workflows.list({ mine: 'true', search: title.slice(0, 200), limit: 100 }))).workflows
  const same = found.find((each) => each.title === title)
  return savedOrFaults(
    same ? agon.workflows.save(same.workflow_id, { document, ...kept(options) }) : agon.workflows.create({ document, ...kept(options) }),
    context,
  )
}

export const importWorkflowCommand = (file: string, options: KeepOptions, context: Context): Promise<ExitCode> => {
  const document = readDocument(file)
  return asPerson(options, context, async ({ agon }) => {
    const workflow = await importDocument(agon, document, options, context)
    return workflow ? tellSaved(workflow, options, context) : exitCodes.usage
  })
}

export const validateWorkflowCommand = (file: string, options: PersonSessionOptions, context: Context): Promise<ExitCode> => {
  const document = readDocument(file)
  return asPerson(options, context, async ({ agon }) => {
    const { valid, problems } = await valueOrProblem(agon.workflows.validate(document))
    if (options.json) context.print(JSON.stringify({ valid, problems }))
    else
      context.print(
        [problemsText(problems, context.out), valid ? context.out.good('valid') : context.out.bad('not valid')].filter(Boolean).join('\n'),
      )
    return valid ? exitCodes.done : exitCodes.usage
  })
}

export const showWorkflowCommand = (id: string, options: VersionOptions, context: Context): Promise<ExitCode> =>
  asPerson(options, context, async ({ agon }) => {
    const workflow = await valueOrProblem(agon.workflows.get(id, options.version))
    if (options.json) context.print(JSON.stringify(workflow))
    else {
      const { title, number, nodes, visibility, tags, published_at, cost_estimate_usd: cost } = workflow
      context.tell(context.err.bold(printable(title)))
      context.tell(
        `version ${number}  ${nodes} nodes  ${visibility}${published_at ? ', published' : ''}  ${cost === null ? '' : `at most $${cost}  `}${tags.join(' ')}`,
      )
      context.print(written(workflow.document, true))
    }
    return exitCodes.done
  })

export interface ExportOptions extends VersionOptions {
  output?: string
}

export const exportWorkflowCommand = (id: string, options: ExportOptions, context: Context): Promise<ExitCode> =>
  asPerson(options, context, async ({ agon }) => {
    const document = await valueOrProblem(agon.workflows.export(id, options.version))
    const { output } = options
    if (output === undefined) context.print(written(document, options.yaml === true))
    else {
      writeFileSync(output, `${written(document, isYaml(output))}\n`)
      context.tell(`Written to ${output}.`)
    }
    return exitCodes.done
  })

export const publishWorkflowCommand = (id: string, options: VersionOptions, context: Context): Promise<ExitCode> =>
  asPerson(options, context, async ({ agon }) => {
    const workflow = await valueOrProblem(agon.workflows.publish(id, options.version))
    context.print(options.json ? JSON.stringify(workflow) : `Version ${workflow.number} of ${printable(workflow.title)} is published.`)
    return exitCodes.done
  })

export const forkWorkflowCommand = (id: string, options: ForkOptions, context: Context): Promise<ExitCode> =>
  asPerson(options, context, async ({ agon }) => {
    const { version, title } = options
    const fork = { ...(version !== undefined && { version }), ...(title !== undefined && { title }) }
    return tellSaved(await valueOrProblem(agon.workflows.fork(id, fork)), options, context)
  })

export const diffWorkflowCommand = (
  id: string,
  from: number,
  to: number,
  options: PersonSessionOptions,
  context: Context,
): Promise<ExitCode> =>
  asPerson(options, context, async ({ agon }) => {
    const changes = await valueOrProblem(agon.workflows.diff(id, from, to))
    context.print(
      options.json ? JSON.stringify(changes) : changes.changes.length === 0 ? 'They say the same.' : changesText(changes, context.out),
    )
    return exitCodes.done
  })

export interface RunWorkflowOptions extends FollowOptions, KeepOptions {
  model?: string[]
  input?: string[]
  inputs?: string
  version?: number
  pin?: string[]
  dryRun?: true
  budget?: number
  key?: string
}

export const isId = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)

/** What there is to run besides what is kept: a file, else a template. Undefined: `what` is an id. */
function sourceOf(what: string): { document: Document; template?: WorkflowTemplate } | undefined {
  if (isId(what)) return undefined
  if (existsSync(what)) return { document: readDocument(what) }
  const template = findTemplate(what)
  if (template) return { document: template.document, template }
  throw usageError(
    `${printable(what)} is neither the id of a workflow, nor a file, nor a template.`,
    'npm run agon -- workflow list, or workflow templates',
  )
}

/** The workflow that runs of a template are of: one of its own, so that a fork of the template is not written over. */
async function keepTemplate(agon: AgonClient, slug: string, document: Document, context: Context): Promise<Workflow | undefined> {
  const tag = `template-run:${slug}`
  const [before] = (await valueOrProblem(agon.workflows.list({ mine: 'true', tag, limit: 1 }))).workflows
  return savedOrFaults(
    before ? agon.workflows.save(before.workflow_id, { document }) : agon.workflows.create({ document, tags: [tag] }),
    context,
  )
}

/** Runs a workflow by its id; or a document, or a template: that is kept first. */
export const runWorkflowCommand = async (what: string, options: RunWorkflowOptions, context: Context): Promise<ExitCode> => {
  const source = sourceOf(what)
  const models = namedModels(options.model)
  if (!source && options.model) throw usageError('A workflow that is kept names its models itself.', 'Leave --model out, or save it anew.')
  const given = inputsOf(options.input, options.inputs)
  const isSample = source?.template !== undefined && !options.input && !options.inputs
  const inputs = isSample ? { ...source.template?.samples[0] } : given
  const choice = source && (await withChosenModels(source.document, models, context, remoteOf(options, context.variables) !== undefined))
  if (choice?.note) context.tell(context.err.dim(choice.note))
  if (isSample) context.tell(context.err.dim(`With the sample inputs of the template: ${JSON.stringify(inputs).slice(0, 200)}`))
  return asPerson(options, context, async (session) => {
    const { agon } = session
    let id = what
    if (choice) {
      const imported = await (source?.template
        ? keepTemplate(agon, source.template.slug, choice.document, context)
        : importDocument(agon, choice.document, options, context))
      if (!imported) return exitCodes.usage
      id = imported.workflow_id
    }
    const { version, dryRun, budget, key, pin } = options
    const pinned = pin && Object.fromEntries(Object.entries(inputsOf(pin, undefined)).map(([node, output]) => [node, { output }]))
    const begun = await valueOrProblem(
      agon.workflows.start(
        id,
        {
          inputs,
          ...(version !== undefined && { version }),
          ...(dryRun && { dry_run: true }),
          ...(budget !== undefined && { budget_usd: budget }),
          ...(pinned && { pinned }),
        },
        key === undefined ? {} : { idempotencyKey: key },
      ),
    )
    return follow(session, begun.run_id, options, context)
  })
}

/** The graph of a workflow, or of a run by --run. */
export const diagramCommand = (id: string, options: VersionOptions & { run?: true }, context: Context): Promise<ExitCode> =>
  asPerson(options, context, async ({ agon }) => {
    const drawn = await valueOrProblem(options.run ? agon.runs.diagram(id) : agon.workflows.diagram(id, options.version))
    context.print(drawn.trimEnd())
    return exitCodes.done
  })
