import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { table } from '../terminal/columns.ts'
import { printable } from '../terminal/printable.ts'
import { inputsOf, readDocument, written } from '../workflow/documents.ts'
import { changesText } from '../workflow/problems-text.ts'
import type { Context } from './context.ts'
import { asPerson, type PersonSessionOptions, valueOrProblem } from './person-session.ts'
import { type FollowOptions, follow } from './runs.ts'

export interface ListOptions extends PersonSessionOptions {
  mine?: true
  kind?: string
  tag?: string
  search?: string
}

export const listLensesCommand = (options: ListOptions, context: Context): Promise<ExitCode> =>
  asPerson(options, context, async ({ agon }) => {
    const { mine, kind, tag, search } = options
    const query = {
      limit: 100,
      ...(mine && { mine: 'true' as const }),
      ...(kind && { kind: kind as 'text' }),
      ...(tag && { tag }),
      ...(search && { search }),
    }
    const { lenses } = await valueOrProblem(agon.lenses.list(query))
    if (options.json) context.print(JSON.stringify(lenses))
    else if (lenses.length === 0) context.print('No lens yet: npm run agon -- lens create haiku.yaml')
    else
      context.print(
        table(
          lenses.map((lens) => [
            lens.lens_id,
            `v${lens.number}`,
            lens.kind,
            lens.visibility,
            printable(lens.title),
            lens.yours ? '' : 'of another',
          ]),
        ),
      )
    return exitCodes.done
  })

export interface CreateOptions extends PersonSessionOptions {
  title?: string
  tag?: string[]
  note?: string
}

/** Makes a lens of a file: its document, whose title may stand in it. */
export const createLensCommand = (file: string, options: CreateOptions, context: Context): Promise<ExitCode> => {
  const { title, description, tags, ...document } = readDocument(file) as { title?: string; description?: string; tags?: string[] }
  return asPerson(options, context, async ({ agon }) => {
    const named = options.title ?? title ?? file.replace(/^.*[\\/]|\.[^.]*$/g, '')
    const lens = await valueOrProblem(
      agon.lenses.create({
        title: named,
        document,
        ...(description !== undefined && { description }),
        ...((options.tag ?? tags) && { tags: options.tag ?? tags }),
        ...(options.note !== undefined && { note: options.note }),
      }),
    )
    context.print(options.json ? JSON.stringify(lens) : lens.lens_id)
    return exitCodes.done
  })
}

export interface VersionOptions extends PersonSessionOptions {
  version?: number
  yaml?: true
}

export const showLensCommand = (id: string, options: VersionOptions, context: Context): Promise<ExitCode> =>
  asPerson(options, context, async ({ agon }) => {
    const lens = await valueOrProblem(agon.lenses.get(id, options.version))
    if (options.json) context.print(JSON.stringify(lens))
    else {
      const { title, number, kind, visibility, tags, published_at } = lens
      context.tell(context.err.bold(printable(title)))
      context.tell(`version ${number}  ${kind}  ${visibility}${published_at ? ', published' : ''}  ${tags.join(' ')}`)
      context.print(written(lens.document, true))
    }
    return exitCodes.done
  })

export const publishLensCommand = (id: string, options: VersionOptions, context: Context): Promise<ExitCode> =>
  asPerson(options, context, async ({ agon }) => {
    const lens = await valueOrProblem(agon.lenses.publish(id, options.version))
    context.print(options.json ? JSON.stringify(lens) : `Version ${lens.number} of ${printable(lens.title)} is published.`)
    return exitCodes.done
  })

export interface ForkOptions extends VersionOptions {
  title?: string
}

export const forkLensCommand = (id: string, options: ForkOptions, context: Context): Promise<ExitCode> =>
  asPerson(options, context, async ({ agon }) => {
    const { version, title } = options
    const lens = await valueOrProblem(
      agon.lenses.fork(id, { ...(version !== undefined && { version }), ...(title !== undefined && { title }) }),
    )
    context.print(options.json ? JSON.stringify(lens) : lens.lens_id)
    return exitCodes.done
  })

export const diffLensCommand = (id: string, from: number, to: number, options: PersonSessionOptions, context: Context): Promise<ExitCode> =>
  asPerson(options, context, async ({ agon }) => {
    const changes = await valueOrProblem(agon.lenses.diff(id, from, to))
    context.print(
      options.json ? JSON.stringify(changes) : changes.changes.length === 0 ? 'They say the same.' : changesText(changes, context.out),
    )
    return exitCodes.done
  })

export interface RunLensOptions extends FollowOptions {
  input?: string[]
  inputs?: string
  version?: number
  config?: string
  budget?: number
}

export const runLensCommand = (id: string, options: RunLensOptions, context: Context): Promise<ExitCode> => {
  const inputs = inputsOf(options.input, options.inputs)
  const config = options.config === undefined ? undefined : readDocument(options.config)
  return asPerson(options, context, async (session) => {
    const { version, budget } = options
    const begun = await valueOrProblem(
      session.agon.lenses.run(id, {
        inputs,
        ...(version !== undefined && { version }),
        ...(config && { config }),
        ...(budget !== undefined && { budget_usd: budget }),
      }),
    )
    return follow(session, begun.run_id, options, context)
  })
}
