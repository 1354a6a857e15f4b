import document from '../../docs/api/openapi.json' with { type: 'json' }

interface Operation {
  responses: Record<string, { content?: Record<string, { schema: { allOf?: { properties?: { code?: { enum?: string[] } } }[] } }> }>
}

/** Fails when a route answers with a problem that the OpenAPI document does not name for it. Every end-to-end test asks through this. */
export async function checkDeclared(method: string, path: string, response: Response): Promise<void> {
  if (response.headers.get('content-type') !== 'application/problem+json' || method === 'HEAD') return
  const { code } = (await response.clone().json()) as { code: string }
  const operation = operationFor(method, path)
  if (!operation) return // no route: not_found or method_not_allowed, which belong to none
  const named = operation.responses[response.status]?.content?.['application/problem+json']?.schema.allOf?.[1]?.properties?.code?.enum
  if (!named?.includes(code))
    throw new Error(
      `${method} ${path} answered ${response.status} ${code}, which the OpenAPI document does not name: add it to the errors of its route`,
    )
}

function operationFor(method: string, path: string): Operation | undefined {
  const asked = `/api${path.split('?', 1)[0]}`.split('/')
  const found = Object.entries(document.paths as Record<string, Record<string, Operation>>)
    .filter(([template]) => {
      const parts = template.split('/')
      return parts.length === asked.length && parts.every((part, nth) => part.startsWith('{') || part === asked[nth])
    })
    .toSorted(([a], [b]) => a.split('{').length - b.split('{').length)[0]
  return found?.[1][method.toLowerCase()]
}
