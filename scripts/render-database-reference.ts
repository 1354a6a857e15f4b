import { Client } from 'pg'
import { ourSchemas, ourSchemasInSql } from './our-schemas.ts'

/** docs/database.md: every table, view and function of ours, in the words of its own comment. */
export async function renderDatabaseReference(databaseUrl: string): Promise<string> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const relations = await client.query<{ schema: string; name: string; kind: string; comment: string | null }>(`
      select n.nspname as schema, c.relname as name, case c.relkind when 'v' then 'view' else 'table' end as kind, obj_description(c.oid) as comment
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ${ourSchemasInSql} and c.relkind in ('r', 'v') order by 1, 3, 2`)
    const functions = await client.query<{ schema: string; signature: string; result: string; comment: string | null; worker: boolean }>(`
      select n.nspname as schema, p.proname || '(' || pg_get_function_arguments(p.oid) || ')' as signature, pg_get_function_result(p.oid) as result,
        obj_description(p.oid) as comment, has_function_privilege('service_role', p.oid, 'execute') as worker
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname in ${ourSchemasInSql} order by 1, p.proname`)
    const lines = [
      '# The database',
      '',
      'Made from the comments in the migrations. Functions are called by `service_role` alone; anon and authenticated execute none, and read through row level security.',
      '',
    ]
    for (const schema of ourSchemas) {
      lines.push(`## ${schema}`, '', '### Tables and views', '')
      for (const row of relations.rows.filter((row) => row.schema === schema))
        lines.push(`- \`${row.name}\`${row.kind === 'view' ? ' (view)' : ''}: ${row.comment ?? ''}`)
      lines.push('', '### Functions that drivers and the api call', '')
      for (const row of functions.rows.filter((row) => row.schema === schema && row.worker))
        lines.push(`- \`${row.signature}\` → \`${row.result}\`: ${row.comment ?? ''}`)
      lines.push('', '### Functions within', '')
      for (const row of functions.rows.filter((row) => row.schema === schema && !row.worker))
        lines.push(`- \`${row.signature}\` → \`${row.result}\`: ${row.comment ?? ''}`)
      lines.push('')
    }
    return `${lines.join('\n').trimEnd()}\n`
  } finally {
    await client.end()
  }
}
