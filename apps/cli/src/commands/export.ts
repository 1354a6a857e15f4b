import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import { createAgonClient, type Exported, type ExportQuery } from '@agon/client'
import { problemError, usageError } from '../cli-error.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { remoteOf } from '../platform/session.ts'
import { type Context, closeSession, openSession } from './context.ts'

export interface ExportOptions {
  format: 'jsonl' | 'csv'
  output?: string
  source?: NonNullable<ExportQuery['source']>
  kind?: NonNullable<ExportQuery['kind']>
  category?: string
  since?: string
  url?: string
  publishableKey?: string
  secretKey?: string
}

/** Writes an export to stdout or to a file, a page at a time. The file appears when it is whole: half an export is none. */
export async function exportCommand(what: Exported, options: ExportOptions, context: Context): Promise<ExitCode> {
  const { format, output, source, kind, category, since, secretKey } = options
  // A secret key opens what a publishable one does, and battles whose results their owners keep.
  const remote = remoteOf({ ...options, publishableKey: secretKey ?? options.publishableKey }, context.variables)
  const session = await openSession(context, remote, false)
  const agon = secretKey ? createAgonClient({ url: session.url, publishableKey: secretKey }) : session.agon
  const unfinished = output && `${output}.${process.pid}.part`
  const out: Writable = unfinished ? createWriteStream(unfinished) : process.stdout
  const broken = new Promise<never>((_, reject) =>
    out.once('error', (error: Error) =>
      reject(usageError(`${output ?? 'stdout'} cannot be written: ${error.message}`, 'Name another file with -o.')),
    ),
  )
  broken.catch(() => undefined)
  try {
    const query: ExportQuery = {
      format,
      ...(what === 'votes' && { export_id: randomUUID() }),
      ...(source && { source }),
      ...(kind && { kind }),
      ...(category && { category }),
      ...(since && { since }),
    }
    let after: string | undefined
    do {
      const page = await agon.exportPage(what, { ...query, ...(after !== undefined && { after }) }, { signal: context.interrupt.signal })
      if (!page.ok) throw problemError(page.problem)
      if (!out.write(page.value.text)) await Promise.race([once(out, 'drain'), broken])
      after = page.value.next
    } while (after !== undefined)
    if (unfinished) {
      out.end()
      await Promise.race([once(out, 'finish'), broken])
      await rename(unfinished, output)
      context.tell(`Wrote ${output}.`)
    }
    return exitCodes.done
  } catch (error) {
    if (unfinished) {
      out.destroy()
      await rm(unfinished, { force: true })
    }
    throw error
  } finally {
    await closeSession(context, session)
  }
}
