import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import type { Backend } from './configuration.ts'

/** What is at a path of keys in JSON: of the whole text, or of the last of its lines that has it, as tools that stream events write. */
function atPath(text: string, path: string): unknown {
  const keys = path.split('.')
  const reach = (value: unknown): unknown =>
    keys.reduce<unknown>(
      (at, key) => (at !== null && typeof at === 'object' && Object.hasOwn(at, key) ? (at as Record<string, unknown>)[key] : undefined),
      value,
    )
  const parsed = (part: string): unknown => {
    try {
      return JSON.parse(part)
    } catch {
      return undefined
    }
  }
  const whole = reach(parsed(text))
  if (whole !== undefined) return whole
  const lines = text.split('\n')
  for (let nth = lines.length - 1; nth >= 0; nth--) {
    const found = lines[nth]!.startsWith('{') ? reach(parsed(lines[nth]!)) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

/**
 * The beginning of a file that a program wrote, as far as it is kept. Undefined: it wrote none. What is no file is none either: reading a
 * pipe would wait for ever, and the whole worker with it.
 */
export function beginningOf(path: string, mostBytes: number): string | undefined {
  let file: number
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch {
    return undefined
  }
  try {
    const found = fstatSync(file)
    if (!found.isFile()) return undefined
    const bytes = Buffer.alloc(Math.min(found.size, mostBytes))
    return bytes.toString('utf8', 0, readSync(file, bytes, 0, bytes.length, 0))
  } finally {
    closeSync(file)
  }
}

/** The answer of a backend, of what it wrote. Where it is not where the configuration says, it is all that was said: a word too many beats none. */
export function resultOf(backend: Pick<Backend, 'result'>, stdout: string, file: string | undefined): string {
  const { result } = backend
  if (result && 'file' in result) return (file ?? stdout).trim()
  if (!result) return stdout.trim()
  const found = atPath(stdout, result.json_path)
  return (typeof found === 'string' ? found : found === undefined ? stdout : JSON.stringify(found)).trim()
}

/** The tokens a backend says it wrote; undefined where it does not. */
export function tokensOf(backend: Pick<Backend, 'tokens'>, output: string): number | undefined {
  const { tokens } = backend
  if (!tokens) return undefined
  const found = 'json_path' in tokens ? atPath(output, tokens.json_path) : lastMatch(output, tokens.regex)
  const count = typeof found === 'string' ? Number(found.replaceAll(/[,_]/g, '')) : found
  return typeof count === 'number' && Number.isFinite(count) && count >= 0 && count <= 2_147_483_647 ? Math.round(count) : undefined
}

function lastMatch(text: string, pattern: string): string | undefined {
  let found: string | undefined
  for (const match of text.matchAll(new RegExp(pattern, 'g'))) found = match[1] ?? match[0]
  return found
}
