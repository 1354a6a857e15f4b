import { lot, pick, telling } from './words.ts'

type Schema = Record<string, unknown>
type Json = Record<string, unknown>

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)

/** What the scribe is asked: the words it writes with, and what else it was told. */
interface Asked {
  prompt: string
  system: string
  words: readonly string[]
}

const frames = [
  'Of %a it can be said that %b comes first.',
  'What matters about %a is %b.',
  '%a and %b belong together here.',
  'Begin with %a; %b follows from it.',
] as const

/** A sentence about two words of the task, the same for the same place in the same task. */
function sentence({ prompt, words }: Asked, place: string): string {
  const [a, b] = [
    pick([words[0] ?? 'the task', ...words], `${place}/a/${prompt}`),
    pick([words[1] ?? 'the rest', ...words], `${place}/b/${prompt}`),
  ]
  const said = pick(frames, `${place}/${prompt}`).replace('%a', a).replace('%b', b)
  return `${said[0]?.toUpperCase() ?? ''}${said.slice(1)}`
}

function text(schema: Schema, asked: Asked, place: string): string {
  const pattern = typeof schema.pattern === 'string' ? new RegExp(schema.pattern, 'u') : undefined
  if (schema.format === 'uri') return 'https://simulated.example.com/'
  const words = asked.words.map((word) => word.replaceAll(/[^a-z0-9]/g, '')).filter((word) => word !== '')
  if (pattern) return [sentence(asked, place), ...words, 'a', 'A', '1'].find((each) => pattern.test(each)) ?? ''
  let said = sentence(asked, place)
  for (let nth = 1; said.length < (number(schema.minLength) ?? 0); nth++) said += ` ${sentence(asked, `${place}/${nth}`)}`
  return said.slice(0, number(schema.maxLength) ?? said.length)
}

/** How much of what a choice says of itself is in the task. */
function fits(choice: string, { prompt, system }: Asked): number {
  const line = system.split('\n').find((each) => each.startsWith(`- ${choice}:`)) ?? choice
  const said = new Set(telling(prompt))
  return telling(line).filter((word) => said.has(word)).length
}

/** One of several: what the task speaks of most, else the first. */
const chosen = (choices: readonly unknown[], asked: Asked): unknown =>
  choices.reduce((best, each) => (fits(String(each), asked) > fits(String(best), asked) ? each : best), choices[0])

/** A value that fits a JSON Schema, made of the words of the task. */
function instance(schema: unknown, asked: Asked, place: string): unknown {
  if (!isObject(schema)) return sentence(asked, place)
  if ('const' in schema) return schema.const
  if (Array.isArray(schema.enum)) return chosen(schema.enum, asked)
  if (Array.isArray(schema.anyOf))
    return instance(
      schema.anyOf.find((each) => isObject(each) && each.type !== 'null'),
      asked,
      place,
    )
  switch ([schema.type].flat()[0]) {
    case 'boolean':
      return true
    case 'integer':
    case 'number':
      return Math.min(
        number(schema.maximum) ?? Number.POSITIVE_INFINITY,
        Math.max(number(schema.minimum) ?? 1, place.endsWith('/confidence') ? 0.8 : 1),
      )
    case 'array':
      return list(schema, asked, place)
    case 'object': {
      const properties = isObject(schema.properties) ? schema.properties : {}
      return Object.fromEntries(Object.entries(properties).map(([key, part]) => [key, instance(part, asked, `${place}/${key}`)]))
    }
    case 'null':
      return null
    default:
      return text(schema, asked, place)
  }
}

function list(schema: Schema, asked: Asked, place: string): unknown[] {
  const named = isObject(schema.items) && isObject(schema.items.properties) ? schema.items.properties.name : undefined
  // A list of decisions: each of what has to be decided, once.
  if (isObject(named) && Array.isArray(named.enum))
    return named.enum.map((name, nth) => ({ ...(instance(schema.items, asked, `${place}/${nth}`) as Json), name }))
  const count = Math.min(Math.max(number(schema.minItems) ?? 2, 1 + (lot(`${place}/${asked.prompt}`) % 3)), number(schema.maxItems) ?? 10)
  return Array.from({ length: count }, (_, nth) => instance(schema.items, asked, `${place}/${nth}`))
}

/**
 * A plan of an orchestration: every lens at hand once, each with what the one before it made, as deep as it may be. Undefined: no plan
 * is asked for.
 */
function plan(schema: Schema, { prompt, system }: Asked): object | undefined {
  const limits = /Plan at most (\d+) steps, at most (\d+) after one another/.exec(system)
  if (!limits || !isObject(schema.properties) || !('steps' in schema.properties)) return undefined
  const [most, deepest] = [Number(limits[1]), Number(limits[2])]
  const offered = system
    .slice(limits.index)
    .split('\n')
    .flatMap((line) => {
      const [, name, parameters] = /^- ([a-z][\w-]*)(?: \(([^)]*)\))?(?::|$)/.exec(line) ?? []
      return name === undefined ? [] : [{ name, parameters: parameters?.split(', ') ?? ['input'] }]
    })
  const lenses = offered.length === 1 && offered[0] ? [offered[0], offered[0]] : offered
  const steps = lenses.slice(0, most).map(({ name, parameters }, nth) => {
    const before = nth > 0 && nth < deepest ? `step_${nth}` : undefined
    return {
      id: `step_${nth + 1}`,
      lens: name,
      inputs: parameters.map((label) => ({ label, value: before === undefined ? prompt.slice(0, 2000) : `[[${before}]]` })),
      depends_on: before === undefined ? [] : [before],
    }
  })
  return { steps }
}

const asksForJson = 'It fits this JSON Schema:\n'

function schemaIn(system: string): Schema | undefined {
  const at = system.indexOf(asksForJson)
  if (at < 0) return undefined
  try {
    const schema: unknown = JSON.parse(system.slice(at + asksForJson.length))
    return isObject(schema) ? schema : undefined
  } catch {
    return undefined
  }
}

/**
 * The partner that works in workflows: where it is told a JSON Schema, it answers with a value that fits, made of the words of its task;
 * else with a few sentences. It understands nothing, and says so in prose: what a template is worth, a real model shows.
 */
export function scribe(system: string, prompt: string): string {
  const asked: Asked = { prompt, system, words: telling(prompt).slice(0, 40) }
  const schema = schemaIn(system)
  if (schema) return JSON.stringify(plan(schema, asked) ?? instance(schema, asked, ''))
  return ['Simulated.', ...[1, 2, 3].map((nth) => sentence(asked, String(nth)))].join(' ')
}
