import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { connect, createRatingStore } from '@agon/store'
import { CliError } from '../cli-error.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { inProject, type ProjectOptions } from '../platform/project.ts'
import { type ImportedComparison, readImport } from '../rate/read-import.ts'
import type { Context } from './context.ts'

export interface ImportOptions extends ProjectOptions {
  kind: string
}

const batch = 2000

/**
 * Takes comparisons, or closed battles, of elsewhere into the log, as a source of their own. The file is read to its end before anything is
 * sent, so that one bad row imports nothing; a row is known by the file's hash and its number, so that the same file again adds nothing.
 */
export async function importCommand(path: string, options: ImportOptions, context: Context): Promise<ExitCode> {
  let rows = 0
  for await (const _ of readImport(path)) rows++
  const importId = await hashOf(path)
  return inProject(options, context, async (project) => {
    const ratings = createRatingStore(connect(project))
    let added = 0
    let held: ImportedComparison[] = []
    const send = async () => {
      if (held.length === 0) return
      const written = await ratings.importComparisons(importId, options.kind, held)
      if (!written.ok)
        throw new CliError(`${written.error.message} (${written.error.code})`, { remedy: 'Run it again: what is in stays in.' })
      added += written.value
      held = []
    }
    for await (const row of readImport(path)) if (held.push(row) === batch) await send()
    await send()
    if (options.json) context.print(JSON.stringify({ comparisons: rows, added, import_id: importId }))
    else
      context.print(
        `${added} of ${rows} comparisons added${added < rows ? '; the others were in already' : ''}. Read them with: agon leaderboard --board bradley_terry --source imported`,
      )
    return exitCodes.done
  })
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest('hex').slice(0, 32)
}
