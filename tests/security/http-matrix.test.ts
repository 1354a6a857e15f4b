import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ourSchemas } from '../../scripts/our-schemas.ts'
import { type Arena, startArena } from '../support/arena.ts'
import { closedColumns, closedToTheService, openDefinerFunctions, readable } from './open-to-applications.ts'

/*
 * Every table × role × verb and every function × role, by really trying it over PostgREST: with the publishable key, as a signed-in user, and
 * with the secret keys.
 */

let arena: Arena
let callers: { name: string; service: boolean; headers: Record<string, string> }[]
let before: string

/** Those that PostgREST exposes: content is read by functions alone. */
const schemas = ourSchemas.filter((schema) => schema !== 'content')
const ours = `n.nspname = any ($1)`
const query = async <Row>(text: string, values: unknown[] = [schemas]) => (await arena.database.query(text, values)).rows as Row[]

interface Relation {
  schema: string
  name: string
  columns: string[]
  /** A column that could be written. */
  plain: string
}

beforeAll(async () => {
  arena = await startArena({ functionsEnabled: false })
  const { publishableKey, secretKeys } = arena.platform
  const user = await arena.signUp('curious')
  callers = [
    { name: 'the publishable key', service: false, headers: { apikey: publishableKey } },
    { name: 'a signed-in user', service: false, headers: { apikey: publishableKey, authorization: `Bearer ${user}` } },
    { name: 'the default secret key', service: true, headers: { apikey: secretKeys.default! } },
    { name: 'the worker key', service: true, headers: { apikey: secretKeys.worker! } },
  ]
  await query('update cron.job set active = false', []) // nothing changes of its own accord
  // Something to be found in the tables that matter most.
  await query(
    `select battles.fn_battles_publish((battles.fn_battles_create(gen_random_uuid(), '{"title":"a draft","task_prompt":"p","judge":{"model_key":"j"},"contenders":[{"model_key":"a"},{"model_key":"b"}]}')
       ->> 'battle_id')::uuid, gen_random_uuid())`,
    [],
  )
  before = await contents()
})
afterAll(() => arena.stop())

const relations = () =>
  query<Relation>(
    `select n.nspname as schema, c.relname as name, array_agg(a.attname::text order by a.attnum) as columns,
       (array_agg(a.attname::text order by a.attnum) filter (where a.attidentity = ''))[1] as plain
     from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where ${ours} and c.relkind in ('r', 'p', 'v', 'm') group by 1, 2 order by 1, 2`,
  )

async function contents(): Promise<string> {
  const counts = await Promise.all(
    (await relations()).map(async ({ schema, name }) => {
      const [row] = await query<{ hash: string }>(
        `select coalesce(md5(string_agg(t::text, ',' order by t::text)), '') as hash from ${schema}.${name} t`,
        [],
      )
      return `${schema}.${name} ${row!.hash}`
    }),
  )
  return counts.join('\n')
}

async function ask(caller: (typeof callers)[number], method: string, path: string, schema: string, body?: unknown) {
  const response = await fetch(`${arena.platform.url}/rest/v1/${path}`, {
    method,
    headers: {
      ...caller.headers,
      'accept-profile': schema,
      'content-profile': schema,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, code: /"code":\s*"([^"]+)"/.exec(text)?.[1] ?? '', text }
}

/** Refused for want of rights: no permission in PostgreSQL, or a schema or function that is not shown at all. */
const isRefusal = ({ status, code }: { status: number; code: string }) =>
  [401, 403].includes(status) || (status === 404 && /^(PGRST|42883)/.test(code)) || (status === 406 && code === 'PGRST106')

describe('tables and views', () => {
  test('are read as the list says, column by column, and no row of them is written by anybody', async () => {
    const wrong: string[] = []
    for (const { schema, name, columns, plain } of await relations()) {
      const relation = `${schema}.${name}`
      for (const caller of callers) {
        const open = caller.service
          ? closedToTheService.includes(relation)
            ? []
            : columns.filter((column) => !closedColumns[relation]?.includes(column))
          : readable[relation] === 'all columns'
            ? columns
            : (readable[relation]?.split(' ') ?? [])
        await Promise.all(
          columns.map(async (column) => {
            const read = await ask(caller, 'GET', `${name}?select=${column}&limit=1`, schema)
            const may = open.includes(column)
            if (may ? read.status !== 200 : !isRefusal(read))
              wrong.push(`${caller.name} reads ${relation}.${column}: ${read.status} ${read.text.slice(0, 200)}`)
          }),
        )
        const writes = [
          ['POST', name, { [plain]: null }],
          ['PATCH', `${name}?${plain}=not.is.null`, { [plain]: null }],
          ['DELETE', `${name}?${plain}=not.is.null`, undefined],
        ] as const
        await Promise.all(
          writes.map(async ([method, path, body]) => {
            const write = await ask(caller, method, path, schema, body)
            // A view that nobody could write to, whatever their rights, says so first (55000).
            if (!isRefusal(write) && write.code !== '55000')
              wrong.push(`${caller.name} ${method} ${relation}: ${write.status} ${write.text.slice(0, 200)}`)
          }),
        )
      }
    }
    expect(wrong).toEqual([])
    expect(await contents(), 'a refused call changed something').toBe(before)
  })
})

describe('functions', () => {
  const functions = () =>
    query<{ schema: string; name: string; arguments: string[]; service: boolean; trigger: boolean }>(
      `select n.nspname as schema, p.proname as name, coalesce(p.proargnames[1:p.pronargs], '{}')::text[] as arguments,
         has_function_privilege('service_role', p.oid, 'execute') and has_schema_privilege('service_role', n.oid, 'usage') as service, p.prorettype = 'trigger'::regtype as trigger
       from pg_proc p join pg_namespace n on n.oid = p.pronamespace where ${ours} order by 1, 2`,
    )

  test('are called by no application and no user; by the service where it has the right, and nowhere else', async () => {
    const wrong: string[] = []
    for (const { schema, name, arguments: names, service, trigger } of await functions()) {
      if (trigger) continue // no way over HTTP leads to one
      const body = Object.fromEntries(names.map((argument) => [argument, null]))
      for (const caller of callers) {
        if (caller.service && service) continue // tried below, last: these do something
        const called = await ask(caller, 'POST', `rpc/${name}`, schema, body)
        const open = !caller.service && `${schema}.${name}` in openDefinerFunctions
        if (open ? isRefusal(called) : !isRefusal(called))
          wrong.push(`${caller.name} calls ${schema}.${name}: ${called.status} ${called.text.slice(0, 200)}`)
      }
    }
    expect(wrong).toEqual([])
    expect(await contents(), 'a refused call changed something').toBe(before)
    for (const { schema, name, arguments: names, service, trigger } of await functions()) {
      if (trigger || !service) continue
      const body = Object.fromEntries(names.map((argument) => [argument, null]))
      for (const caller of callers.filter((each) => each.service)) {
        const called = await ask(caller, 'POST', `rpc/${name}`, schema, body)
        if (isRefusal(called)) wrong.push(`${caller.name} may not call ${schema}.${name}: ${called.status} ${called.text.slice(0, 200)}`)
      }
    }
    expect(wrong).toEqual([])
  })

  test('with their owner’s rights are open to no application’s role, in any schema the API shows (splinter 0028, 0029)', async () => {
    const found = await query<{ name: string }>(
      `select distinct n.nspname || '.' || p.proname as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace, unnest(array['anon', 'authenticated']) r (role)
       where p.prosecdef and n.nspname = any ($1 || array['public', 'graphql_public']) and has_schema_privilege(r.role, n.oid, 'usage') and has_function_privilege(r.role, p.oid, 'execute') order by 1`,
    )
    expect(found.map(({ name }) => name)).toEqual(Object.keys(openDefinerFunctions).toSorted())
  })

  test('hold under the compiler’s own checks: no variable is hidden, no row is dropped unsaid', async () => {
    const warnings: string[] = []
    arena.database.on('notice', (notice) => warnings.push(notice.message ?? ''))
    await query(`set plpgsql.extra_warnings = 'shadowed_variables, strict_multi_assignment'`, [])
    for (const { definition } of await query<{ definition: string }>(
      `select pg_get_functiondef(p.oid) as definition from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang where ${ours} and l.lanname = 'plpgsql'`,
    ))
      await query(definition, [])
    expect(warnings).toEqual([])
  })
})
