import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startPlatform } from '@agon/local-platform'
import { schemaFromOpenApi } from '../packages/client/generate-schema.ts'
import { openApiDocument } from './openapi-document.ts'
import { ourSchemas } from './our-schemas.ts'
import { renderApiReference } from './render-api-reference.ts'
import { renderDatabaseReference } from './render-database-reference.ts'
import { renderErrors } from './render-errors.ts'
import { renderWorkflowNodes } from './render-workflow-nodes.ts'
import { root } from './root.ts'

const run = promisify(execFile)
const bin = (name: string) => join(root, 'node_modules/.bin', name)

/** Every file of the project that is made from another, with the content it should have. */
export async function generatedFiles(): Promise<Map<string, string>> {
  const files = new Map(await databaseFiles())
  const openapi = openApiDocument()
  files.set('docs/api/openapi.json', openapi)
  files.set('docs/api/reference.md', renderApiReference(JSON.parse(openapi)))
  files.set('docs/errors.md', renderErrors())
  files.set('docs/workflow-nodes.md', renderWorkflowNodes())
  files.set('packages/client/src/schema.ts', await schemaFromOpenApi(openapi))
  return files
}

/** The migrations applied to an empty database: its types, and its own comments as a reference. */
async function databaseFiles(): Promise<[string, string][]> {
  const platform = await startPlatform({ projectDir: root, temporary: true, functionsEnabled: false })
  try {
    const { stdout } = await run(
      bin('supabase'),
      ['gen', 'types', `--remote=${platform.dbUrl}`, ...ourSchemas.flatMap((schema) => ['--schema', schema])],
      { env: { ...process.env, PGSSLMODE: 'disable' } },
    ) // else the CLI writes a warning about the plain connection into the file
    return [
      ['packages/store/src/database.types.ts', stdout],
      ['docs/database.md', await renderDatabaseReference(platform.dbUrl)],
    ]
  } finally {
    await platform.stop()
  }
}

/** Files whose committed content is not what it should be. */
export async function staleFiles(files: Map<string, string>): Promise<string[]> {
  const stale: string[] = []
  for (const [path, content] of files) {
    const committed = await readFile(join(root, path), 'utf8').catch(() => null)
    if (committed !== content) stale.push(path)
  }
  return stale
}

/** The edge functions, by folder. */
export async function functionNames(): Promise<string[]> {
  const entries = await readdir(join(root, 'supabase/functions'), { withFileTypes: true })
  return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('_')).map((entry) => entry.name)
}
