import { z } from 'zod'
import { type ErrorCode, errorTable } from '../packages/runner-core/src/errors.ts'
import { shapes } from '../supabase/functions/api/responses.ts'
import type { Route } from '../supabase/functions/api/route.ts'
import { routes } from '../supabase/functions/api/routes.ts'

type JsonSchema = Record<string, unknown>

const info = {
  title: 'Agon API',
  version: '0.1.0',
  description: 'Battles, verdicts and ratings. Errors are RFC 9457 problems; GET /errors lists the codes.',
}
const securitySchemes = {
  user: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
  publishable_key: { type: 'apiKey', in: 'header', name: 'apikey' },
  secret_key: { type: 'apiKey', in: 'header', name: 'apikey' },
}
const security = { user: [{ user: [] }], any: [{ user: [] }, { publishable_key: [] }], operator: [{ secret_key: [] }] }

const componentUri = (name: string) => `#/components/schemas/${name}`

/** The OpenAPI document: the table of routes, and the zod schemas they name. Schemas with an id are its components. */
export function openApiDocument(): string {
  const components = z.toJSONSchema(z.globalRegistry, { uri: componentUri, io: 'input', override: readable }).schemas
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of Object.values<Route>(routes)) {
    const path = `/api${route.path}`
    paths[path] = { ...paths[path], [route.method]: operation(route) }
  }
  const document = {
    openapi: '3.1.0',
    info,
    servers: [{ url: 'https://{project}.supabase.co/functions/v1' }],
    components: {
      securitySchemes,
      schemas: Object.fromEntries(Object.entries(components).map(([name, schema]) => [name, withoutName(schema)])),
    },
    paths,
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

function operation(route: Route) {
  const parameters = [
    ...parametersOf(route.params, 'path'),
    ...parametersOf(route.query, 'query'),
    ...parametersOf(route.headers, 'header'),
  ]
  const answers = Object.entries(route.responses).map(([status, [description, shape]]) => [
    status,
    {
      description,
      content: route.streams
        ? Object.fromEntries(route.streams.map((type) => [type, { schema: { type: 'string' } }]))
        : { 'application/json': { schema: schemaOf(shapes[shape]) } },
    },
  ])
  const byStatus = Map.groupBy(errorsOf(route), (code) => errorTable[code].status)
  const refusals = [...byStatus].map(([status, codes]) => [status, refusal(codes)])
  return {
    summary: route.summary,
    ...(route.caller && { security: security[route.caller] }),
    ...(parameters.length > 0 && { parameters }),
    ...(route.body && {
      requestBody: {
        required: true,
        content: {
          'application/json': { schema: schemaOf(route.body) },
          ...(route.forms && { 'application/x-www-form-urlencoded': { schema: schemaOf(route.body) } }),
        },
      },
    }),
    responses: { ...Object.fromEntries(answers), ...Object.fromEntries(refusals) },
  }
}

/** Every problem a route can answer with: what follows from its caller and its parts, and what it names itself. */
export function errorsOf(route: Route): ErrorCode[] {
  const parsed = route.query ?? route.params ?? route.headers ?? route.body
  return [
    ...new Set<ErrorCode>([
      ...(route.caller ? (['unauthenticated', 'store_refused', 'store_unavailable'] as const) : []),
      ...(route.caller === 'user' && route.method !== 'get' ? (['rate_limited'] as const) : []),
      ...(route.body ? (['invalid_json', 'unsupported_media_type', 'payload_too_large'] as const) : []),
      ...(parsed ? (['invalid_request'] as const) : []),
      ...(route.errors ?? []),
      'internal',
    ]),
  ]
}

/** A problem that is one of these. */
function refusal(codes: ErrorCode[]) {
  const narrowed = { type: 'object', properties: { code: { type: 'string', enum: codes } } }
  const limited = codes.some((code) => errorTable[code].status === 429 || errorTable[code].status === 503)
  return {
    description: codes.map((code) => `${code}: ${errorTable[code].title}`).join('; '),
    ...(limited && { headers: { 'Retry-After': { description: 'Seconds to wait', schema: { type: 'integer' } } } }),
    content: { 'application/problem+json': { schema: { allOf: [schemaOf(shapes.problem), narrowed] } } },
  }
}

function parametersOf(schema: z.ZodObject | undefined, where: 'path' | 'query' | 'header') {
  return Object.entries(schema?.shape ?? {}).map(([name, field]) => {
    const { description, ...rest } = schemaOf(field as z.ZodType)
    const required = !z.safeParse(field as z.ZodType, undefined).success
    return { name, in: where, required, ...(description !== undefined && { description }), schema: rest }
  })
}

function schemaOf(schema: z.ZodType): JsonSchema {
  const id = z.globalRegistry.get(schema)?.id
  return id ? { $ref: componentUri(id) } : withoutName(z.toJSONSchema(schema, { io: 'input', override: readable }))
}

const withoutName = ({ $schema, $id, id, ...schema }: JsonSchema): JsonSchema => schema

/**
 * What zod writes, as people read it: without the bounds of a safe integer, the pattern beside a format and the names of a record's
 * keys, and with null among the types.
 */
function readable({ jsonSchema: schema }: { jsonSchema: JsonSchema }): void {
  delete schema.propertyNames
  if (schema.format === 'uuid') delete schema.pattern
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum
  const [first, second, ...more] = (schema.anyOf ?? []) as JsonSchema[]
  if (second?.type !== 'null' || typeof first?.type !== 'string' || more.length > 0) return
  delete schema.anyOf
  Object.assign(
    schema,
    { ...first, ...schema, type: [first.type, 'null'] },
    first.enum ? { enum: [...(first.enum as unknown[]), null] } : {},
  )
}
