import { PostgresConnection } from '@supabase/lite/postgres'
import { sql } from 'kysely'

type Executor = Parameters<ReturnType<typeof sql.raw>['execute']>[0]

interface RequestContext {
  auth?: { role?: string; uid?: string | null; jwt?: Record<string, unknown> | null }
  storage?: { operation?: string }
}

interface RpcContext {
  method: string
  path: string
  requestHeaders?: Record<string, string>
}

/** What this file needs of the REST service's parsed request. */
interface ParsedRequest {
  type: string
  schema?: string
  from?: string
  function?: string
  args?: unknown
  values?: unknown
  httpMethod?: string
}

/** PostgreSQL writes `2026-01-02 03:04:05+00`; PostgREST answers with JSON's `2026-01-02T03:04:05+00:00`. */
const isoTime = (type: number) => ({
  to: type,
  from: [type],
  serialize: (value: unknown) => (value instanceof Date ? value.toISOString() : value),
  parse: (value: string) => value.replace(/^(\d{4,}-\d\d-\d\d) /, '$1T').replace(/([+-]\d\d)$/, '$1:00'),
})

/** The driver keeps `numeric` and `bigint` as text; PostgREST answers with numbers, as PostgreSQL's own JSON has them. */
const plainNumber = (type: number) => ({ to: type, from: [type], serialize: String, parse: Number })

const isJsonType = (type: string | undefined) => type === 'json' || type === 'jsonb'
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * The REST service's connection to PostgreSQL, with three of its habits taken away so that a project sees what PostgREST would do.
 *
 * 1. It grants ALL on every exposed table to anon, authenticated and service_role when the first request arrives (`ensureRlsContext`), and
 *    does not switch roles at all while no table has row-level security. Here the roles are always switched and nothing is ever granted.
 * 2. It encodes a jsonb argument twice: once itself, once in the driver. Here JSON is written once, in `onPostgrestAST`, and passed as text.
 * 3. It sets up a request with up to twelve statements. Here it is one, as PostgREST does it.
 *
 * And times and numbers are answered as PostgREST writes them.
 */
export class FaithfulConnection extends PostgresConnection {
  constructor(url: string, applicationName: string) {
    const passText = (type: number) => ({
      to: type,
      from: [type],
      serialize: (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value)),
      parse: (value: string) => JSON.parse(value),
    })
    super({
      url,
      postgresOptions: {
        max: 20,
        onnotice: () => undefined,
        connection: { application_name: applicationName },
        types: {
          json: passText(114),
          jsonb: passText(3802),
          timestamp: isoTime(1114),
          timestamptz: isoTime(1184),
          numeric: plainNumber(1700),
          bigint: plainNumber(20),
        },
      },
    })
    // These are private in the type declarations but ordinary methods at run time; the tests in tests/platform hold this to account.
    Object.assign(this, {
      rlsState: 'active',
      ensureRlsContext: async () => true,
      applyJwtSessionContext,
      applyRpcRequestGucs,
    })
  }

  override async onPostgrestAST(parsed: never): Promise<never> {
    const request = (await super.onPostgrestAST(parsed)) as ParsedRequest
    if (request.type === 'rpc') return (await this.encodeArguments(request)) as never
    if (request.values) return (await this.encodeValues(request)) as never
    return request as never
  }

  /**
   * Every statement here runs on a reserved connection, and postgres.js never closes one that is released after `end` was called: `end` then
   * waits for ever (github.com/porsager/postgres/issues/925). So nothing may be in flight when this is called, and what is nevertheless is cut.
   */
  override async close(): Promise<void> {
    // Reserving would connect again, on a connection that `end` no longer knows.
    const reserve = () => Promise.reject(new Error('the platform is stopping'))
    Object.assign(this.driver, { reserve })
    await this.driver.end({ timeout: 0.1 })
  }

  private async encodeArguments(request: ParsedRequest): Promise<ParsedRequest> {
    if (request.httpMethod === 'GET' || !isRecord(request.args)) return request
    const { functions = [] } = await this.introspect({ useCache: true })
    const schema = request.schema ?? 'public'
    const jsonNames = new Set<string>()
    for (const candidate of functions) {
      if (candidate.schema !== schema || candidate.name !== request.function) continue
      candidate.arg_names.forEach((name, index) => {
        if (isJsonType(candidate.arg_types[index])) jsonNames.add(name)
      })
    }
    if (jsonNames.size === 0) return request
    const args = Object.entries(request.args).map(([name, value]) => [
      name,
      jsonNames.has(name) && value !== null ? JSON.stringify(value) : value,
    ])
    return { ...request, args: Object.fromEntries(args) }
  }

  private async encodeValues(request: ParsedRequest): Promise<ParsedRequest> {
    const { columns } = await this.introspect({ useCache: true })
    const schema = request.schema ?? 'public'
    const jsonNames = new Set(
      columns
        .filter((column) => column.table === request.from && column.schema === schema && isJsonType(column.pg_type ?? column.type))
        .map((column) => column.name),
    )
    if (jsonNames.size === 0) return request
    // Twice, because the service parses a text meant for a json column once before it hands it to the driver.
    const encodeRow = (row: unknown) =>
      isRecord(row)
        ? Object.fromEntries(
            Object.entries(row).map(([name, value]) => [
              name,
              jsonNames.has(name) && value !== null ? JSON.stringify(JSON.stringify(value)) : value,
            ]),
          )
        : row
    return { ...request, values: Array.isArray(request.values) ? request.values.map(encodeRow) : encodeRow(request.values) }
  }
}

const roleName = /^[a-zA-Z_][a-zA-Z0-9_]*$/

async function applyJwtSessionContext(executor: Executor, context: RequestContext): Promise<void> {
  const role = context.auth?.role && roleName.test(context.auth.role) ? context.auth.role : 'anon'
  const claims = JSON.stringify({ role, ...context.auth?.jwt })
  const subject = String(context.auth?.uid ?? '')
  const operation = String(context.storage?.operation ?? '')
  await sql`select set_config('request.jwt.claims', ${claims}, true), set_config('request.jwt.claim.sub', ${subject}, true),
    set_config('request.jwt.claim.role', ${role}, true), set_config('storage.operation', ${operation}, true), set_config('role', ${role}, true)`.execute(
    executor,
  )
}

async function applyRpcRequestGucs(executor: Executor, rpc: RpcContext): Promise<void> {
  const headers = JSON.stringify(rpc.requestHeaders ?? {})
  await sql`select set_config('response.status', '', true), set_config('response.headers', '', true), set_config('request.method', ${rpc.method}, true),
    set_config('request.path', ${rpc.path}, true), set_config('request.headers', ${headers}, true)`.execute(executor)
}
