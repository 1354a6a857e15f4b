interface Schema {
  $ref?: string
  type?: string | string[]
  description?: string
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  enum?: unknown[]
  anyOf?: Schema[]
  allOf?: Schema[]
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
  default?: unknown
  format?: string
  additionalProperties?: Schema | boolean
}

interface Operation {
  summary?: string
  security?: Record<string, unknown>[]
  parameters?: { name: string; in: string; required?: boolean; description?: string; schema: Schema }[]
  requestBody?: { content: Record<string, { schema: Schema }> }
  responses: Record<string, { description: string; content?: Record<string, { schema: Schema }> }>
}

interface Document {
  info: { title: string; version: string; description?: string }
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}

const credentials: Record<string, string> = {
  user: 'a user token (`Authorization: Bearer`)',
  publishable_key: 'a publishable key (`apikey`)',
  secret_key: 'a secret key of the project (`apikey`)',
}

/** docs/api/reference.md: the OpenAPI document as a page. */
export function renderApiReference(document: Document): string {
  const lines = [`# ${document.info.title} ${document.info.version}`, '', document.info.description ?? '', '']
  lines.push(
    'Base: `https://<project>.supabase.co/functions/v1`. The machine-readable form is [openapi.json](openapi.json), also served at `GET /api/openapi.json`. What holds for every route: [conventions](conventions.md).',
    '',
  )
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      lines.push(`## ${method.toUpperCase()} ${path}`, '', `${operation.summary ?? ''}.`, '')
      const callers = (operation.security ?? []).map((entry) => Object.keys(entry)[0]).map((name) => credentials[name ?? ''] ?? name)
      lines.push(`Credential: ${callers.length > 0 ? callers.join(' or ') : 'none'}.`, '')
      for (const parameter of operation.parameters ?? []) {
        lines.push(
          `- ${parameter.in} \`${parameter.name}\`${parameter.required ? '' : ' (optional)'}: ${kind(parameter.schema)}${parameter.description ? `. ${parameter.description}` : ''}`,
        )
      }
      if (operation.parameters?.length) lines.push('')
      const body = operation.requestBody?.content['application/json']
      if (body) lines.push(`Body: ${kind(body.schema)}.`, '')
      for (const [status, response] of Object.entries(operation.responses)) {
        const [type, content] = Object.entries(response.content ?? {})[0] ?? []
        lines.push(`- ${status}: ${response.description}${content ? ` (${kind(content.schema)}, \`${type}\`)` : ''}`)
      }
      lines.push('')
    }
  }
  lines.push('# Shapes', '')
  for (const [name, schema] of Object.entries(document.components.schemas)) {
    lines.push(`## ${name}`, '', '| field | type | |', '|---|---|---|')
    fields(schema, '', lines)
    lines.push('')
  }
  return `${lines.join('\n').replaceAll('\n\n\n', '\n\n').trimEnd()}\n`
}

function fields(schema: Schema, prefix: string, lines: string[]): void {
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const optional = !schema.required?.includes(name)
    const notes = [
      field.description,
      optional ? 'optional' : '',
      field.default === undefined ? '' : `default ${JSON.stringify(field.default)}`,
    ]
      .filter(Boolean)
      .join('; ')
    lines.push(`| \`${prefix}${name}\` | ${kind(field)} | ${notes} |`)
    const inner = field.items ?? field
    if (!inner.$ref && inner.properties) fields(inner, `${prefix}${name}${field.items ? '[]' : ''}.`, lines)
  }
}

function kind(schema: Schema): string {
  if (schema.$ref) {
    const name = schema.$ref.split('/').at(-1)!
    return `[${name}](#${name.toLowerCase()})`
  }
  if (schema.allOf?.[0]) return kind(schema.allOf[0])
  if (schema.anyOf) return schema.anyOf.map(kind).join(' or ')
  if (schema.enum) return schema.enum.map((value) => `\`${String(value)}\``).join(', ')
  const type = Array.isArray(schema.type) ? schema.type.join(' or ') : (schema.type ?? 'any')
  if (type === 'array' && schema.items) return `list of ${kind(schema.items)}${bounds(schema.minItems, schema.maxItems, ' items')}`
  const size =
    bounds(schema.minLength, schema.maxLength, ' characters') || bounds(schema.minimum ?? schema.exclusiveMinimum, schema.maximum, '')
  return `${type}${schema.format ? ` (${schema.format})` : ''}${size}`
}

function bounds(least: number | undefined, most: number | undefined, unit: string): string {
  if (least === undefined && most === undefined) return ''
  return `, ${least ?? ''}–${most ?? ''}${unit}`
}
