import { writeFileSync } from 'node:fs'
import { allTemplates, findTemplate, missingKinds, type WorkflowTemplate } from '@agon/templates'
import { usageError } from '../cli-error.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { remoteOf } from '../platform/session.ts'
import { table, wrap } from '../terminal/columns.ts'
import { printable } from '../terminal/printable.ts'
import { namedModels, withChosenModels } from '../workflow/chosen-models.ts'
import { isYaml, written } from '../workflow/documents.ts'
import type { Context } from './context.ts'
import { asPerson, type PersonSessionOptions, valueOrProblem } from './person-session.ts'

/** The templates come with the command line: nothing is asked of a project to list them. */
export function listTemplatesCommand({ json }: { json?: true }, { print, out }: Context): ExitCode {
  if (json) print(JSON.stringify(allTemplates.map(({ document, samples: _, ...told }) => ({ ...told, asks: missingKinds(document) }))))
  else {
    print(table(allTemplates.map(({ slug, task, kinds }) => [slug, task, out.dim(kinds.join(', '))])))
    print('\nnpm run agon -- workflow templates show <slug>, workflow run <slug>, workflow fork <slug>')
  }
  return exitCodes.done
}

export function templateOr(named: string): WorkflowTemplate {
  const found = findTemplate(named)
  if (!found) throw usageError(`There is no template ${printable(named)}.`, 'npm run agon -- workflow templates lists them.')
  return found
}

interface Declared {
  type: string
  required?: boolean
  default?: unknown
  description?: string
}

export function showTemplateCommand(slug: string, { json }: { json?: true }, { print, out, width }: Context): ExitCode {
  const template = templateOr(slug)
  const { task, title, description, kinds, shows, document, samples } = template
  if (json) {
    print(JSON.stringify({ ...template, asks: missingKinds(document) }))
    return exitCodes.done
  }
  const inputs = Object.entries(document.inputs as Record<string, Declared>).map(([name, field]) => [
    `  ${out.name(name)}`,
    field.type,
    field.default === undefined ? (field.required === false ? 'optional' : 'needed') : JSON.stringify(field.default),
    field.description ?? '',
  ])
  const nodes = (document.nodes as { id: string; type: string; lens?: { kind: string } }[]).map(({ id, type, lens }) => [
    `  ${id}`,
    lens ? `lens (${lens.kind})` : type,
  ])
  const sample = Object.entries(samples[0] ?? {})
    .filter(([, value]) => String(value).length < 60 && typeof value !== 'object')
    .map(([name, value]) => ` -i ${name}="${String(value)}"`)
  print(
    [
      out.bold(title),
      wrap(description, width),
      '',
      table([
        ['Task', task],
        ['Kinds', kinds.join(', ')],
        ['Shows', shows],
        ['Asks for models of', missingKinds(document).join(', ') || 'nothing'],
      ]),
      '',
      'Inputs',
      table(inputs),
      '',
      'Nodes',
      table(nodes),
      '',
      `npm run agon -- workflow run ${template.slug}${sample.join('')}`,
    ].join('\n'),
  )
  return exitCodes.done
}

export interface ForkTemplateOptions extends PersonSessionOptions {
  title?: string
  model?: string[]
  output?: string
}

/** A template as a workflow of one's own: kept, or in a file. */
export async function forkTemplateCommand(slug: string, options: ForkTemplateOptions, context: Context): Promise<ExitCode> {
  const template = templateOr(slug)
  const { output, title } = options
  const isRemote = remoteOf(options, context.variables) !== undefined
  const choice = await withChosenModels(template.document, namedModels(options.model), context, isRemote)
  const document = { ...choice.document, ...(title !== undefined && { title }) }
  if (choice.note) context.tell(context.err.dim(choice.note))
  if (output !== undefined) {
    writeFileSync(output, `${written(document, isYaml(output))}\n`)
    context.tell(`Written to ${output}. Change it, then: npm run agon -- workflow run ${output}`)
    return exitCodes.done
  }
  return asPerson(options, context, async ({ agon }) => {
    const workflow = await valueOrProblem(
      agon.workflows.create({ document, tags: [`template:${template.slug}`], note: `Begun as the template ${template.slug}` }),
    )
    if (options.json) context.print(JSON.stringify(workflow))
    else {
      context.tell(`${printable(workflow.title)}, version ${workflow.number}`)
      context.print(workflow.workflow_id)
    }
    return exitCodes.done
  })
}
