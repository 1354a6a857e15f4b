import type { StepError } from '../errors.ts'
import { ok, type Result } from '../result.ts'

/** A string that is one reference and nothing else means the value itself: a list stays a list. */
const reference = /^\s*(?:\[\[|\{\{)\s*([A-Za-z_][\w.-]*)\s*(?:\]\]|\}\})\s*$/
const isTemplate = /\[\[|\{\{|\{%/

/**
 * A value of a config with the templates in its strings rendered, also in lists and objects. `'[[order.items]]'` alone is the list itself,
 * and a value is never looked at again. Errors: `template_invalid`, `expression_invalid`.
 */
export async function renderedValue(value: unknown, scope: Record<string, unknown>): Promise<Result<unknown, StepError>> {
  if (typeof value === 'string') {
    if (!isTemplate.test(value)) return ok(value)
    const { renderTemplate, evaluate } = await import('../template.ts')
    const named = reference.exec(value)?.[1]
    if (named === undefined) return renderTemplate(value, scope, { lists: 'json' })
    // What is not there is missed as it is in a template.
    const found = evaluate(named, scope)
    return found.ok && found.value !== undefined ? found : renderTemplate(value, scope, { lists: 'json' })
  }
  if (Array.isArray(value)) {
    const items: unknown[] = []
    for (const item of value) {
      const rendered = await renderedValue(item, scope)
      if (!rendered.ok) return rendered
      items.push(rendered.value)
    }
    return ok(items)
  }
  if (typeof value === 'object' && value !== null) {
    const entries: [string, unknown][] = []
    for (const [key, part] of Object.entries(value)) {
      const rendered = await renderedValue(part, scope)
      if (!rendered.ok) return rendered
      entries.push([key, rendered.value])
    }
    return ok(Object.fromEntries(entries))
  }
  return ok(value)
}

/** Text that is a JSON object or list, as that; anything else as it is. Edges bring what a node made as text. */
export function structured(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}
