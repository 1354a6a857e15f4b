import { Context, Liquid } from 'liquidjs'
import { type StepError, stepError } from './errors.ts'
import { fail, ok, type Result } from './result.ts'

/** Bounds of one rendering, far above any prompt the API takes (32,000 characters): a template that meets one of them is an attack or a bug. */
const limits = { templateChars: 300_000, outputChars: 1_000_000, renderMs: 1_000, memoryUnits: 10_000_000 } as const

/** Liquid prints an object as [object Object], which no model can use. */
function asText(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.map(asText).join('')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** In a workflow a list is data like an object is: a model is shown it as JSON. */
const asJson = (value: unknown): string => (Array.isArray(value) ? JSON.stringify(value) : asText(value))

const engineOf = (outputEscape: (value: unknown) => string): Liquid => {
  const engine = new Liquid({
    strictVariables: true,
    strictFilters: true,
    // `{% if x %}` and `x | default: …` may ask for an input that is not there.
    lenientIf: true,
    // Inputs are data: nothing inherited can be read or called.
    ownPropertyOnly: true,
    // Templates are looked up in this empty map, never in a file system.
    templates: {},
    dynamicPartials: false,
    outputEscape,
    // The same on every driver, whatever its locale and time zone.
    locale: 'en-US',
    timezoneOffset: 0,
    parseLimit: limits.templateChars,
    renderLimit: limits.renderMs,
    memoryLimit: limits.memoryUnits,
  })
  for (const tag of ['include', 'render', 'layout', 'block']) delete engine.tags[tag]

  /**
   * A retried call must have the prompt of the first attempt, or the provider takes its idempotency key for another call: what reads
   * a clock or dice is refused.
   */
  delete engine.filters.sample
  for (const name of Object.keys(engine.filters).filter((name) => name.startsWith('date'))) {
    const original = engine.filters[name]
    if (typeof original !== 'function') continue
    engine.registerFilter(name, function (value, ...args) {
      if (value === 'now' || value === 'today') throw new Error(`the filter ${name} cannot read the clock: supply the date as an input`)
      return original.call(this, value, ...args)
    })
  }
  return engine
}

/** How lists are printed: their items one after another, or as JSON. */
const engines = { joined: engineOf(asText), json: engineOf(asJson) }

/**
 * What keeps its text: raw and comment blocks, tags and outputs. Only outside of these is `[[x]]` an alias. What is not closed lasts to
 * the end, which also keeps the search linear.
 */
const liquidOrAlias = new RegExp(
  [
    /\{%-?\s*(raw|comment)\s*-?%\}[\s\S]*?(?:\{%-?\s*end\1\s*-?%\}|$)/,
    /\{\{[\s\S]*?(?:\}\}|$)/,
    /\{%[\s\S]*?(?:%\}|$)/,
    /\[\[\s*([A-Za-z_][\w.-]*)\s*(\|[^[\]{}\n]*)?\]\]/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'g',
)

const withoutAliases = (template: string): string =>
  template.replace(liquidOrAlias, (whole, _block, name: string | undefined, filters = '') =>
    name === undefined ? whole : `{{ ${name} ${filters} }}`,
  )

/** The first line: what follows in LiquidJS is an excerpt of the template with a caret. */
const firstLine = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!.slice(0, 300)

/**
 * Renders a Liquid template: `{{ x }}`, filters and control tags, with `[[x]]` as an alias of `{{ x }}`. No file is read, inputs are
 * data and never parsed, and the same inputs give the same text. Errors: `template_invalid`, naming the missing input or the fault.
 *
 * @example renderTemplate('Translate [[text]] into {{ language | upcase }}', { text: 'ja', language: 'en' })
 */
export function renderTemplate(
  template: string,
  inputs: Record<string, unknown>,
  { lists = 'joined' }: { lists?: keyof typeof engines } = {},
): Result<string, StepError> {
  if (template.length > limits.templateChars) {
    return fail(stepError('template_invalid', `The template has ${template.length} characters; ${limits.templateChars} are allowed.`))
  }
  try {
    const text: string = engines[lists].parseAndRenderSync(withoutAliases(template), inputs)
    if (text.length <= limits.outputChars) return ok(text)
    return fail(stepError('template_invalid', `The rendered template is longer than ${limits.outputChars} characters.`))
  } catch (error) {
    return fail(stepError('template_invalid', `The template cannot be rendered: ${firstLine(error)}.`))
  }
}

/** What is not there is nothing, in an expression: `input.score` of an input without one is nil, and nil is false. */
const lenient = { ...engines.joined.options, strictVariables: false }

/**
 * The value of a Liquid expression, as `{% if … %}` takes one: `input.score >= 7 and input.kind == "blog"`, also with filters. It reads
 * its inputs and nothing else. Error: `expression_invalid`, naming the fault.
 *
 * @example evaluate('input.tags contains "red"', { input: { tags: ['red'] } }) // true
 */
export function evaluate(expression: string, inputs: Record<string, unknown>): Result<unknown, StepError> {
  if (expression.length > 10_000) return fail(stepError('expression_invalid', 'The expression is longer than 10,000 characters.'))
  try {
    return ok(engines.joined.evalValueSync(expression, new Context(inputs, lenient, { sync: true }, { liquid: engines.joined })))
  } catch (error) {
    return fail(stepError('expression_invalid', `The expression cannot be evaluated: ${firstLine(error)}.`))
  }
}

/**
 * The inputs that a template reads, each as the path it takes: `[['topic'], ['inputs', 'tone']]`. What the template itself assigns or
 * loops over is left out; of a path, what is computed. Errors: `template_invalid`.
 *
 * @example templateVariables('{{ inputs.tone }} about [[topic]]') // [['inputs', 'tone'], ['topic']]
 */
export function templateVariables(template: string): Result<string[][], StepError> {
  if (template.length > limits.templateChars) {
    return fail(stepError('template_invalid', `The template has ${template.length} characters; ${limits.templateChars} are allowed.`))
  }
  try {
    const paths = engines.joined.globalVariableSegmentsSync(withoutAliases(template))
    return ok(
      paths.map((path) => {
        const computed = path.findIndex((part) => typeof part !== 'string' && typeof part !== 'number')
        return (computed < 0 ? path : path.slice(0, computed)).map(String)
      }),
    )
  } catch (error) {
    return fail(stepError('template_invalid', `The template cannot be parsed: ${firstLine(error)}.`))
  }
}

/** The inputs that a condition reads, as `{% if … %}` takes it. Errors: `template_invalid`. */
export const expressionVariables = (expression: string): Result<string[][], StepError> =>
  /%\}|\{%/.test(expression)
    ? fail(stepError('template_invalid', 'The expression cannot be parsed: it is what stands in {% if … %}, without the tag.'))
    : templateVariables(`{% if ${expression} %}{% endif %}`)
