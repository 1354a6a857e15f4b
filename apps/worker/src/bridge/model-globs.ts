export interface ModelGlobs {
  readonly globs: readonly string[]
  match(modelKey: string): boolean
}

/**
 * Which models AGON_BRIDGE_MODELS means: keys between commas, `*` for any characters. Unset or empty: every one.
 *
 * @example modelGlobs('openai:*, anthropic:claude-*').match('openai:gpt-5') // true
 */
export function modelGlobs(text: string | undefined): ModelGlobs {
  const given = (text ?? '').split(',').flatMap((part) => part.trim() || [])
  for (const glob of given)
    if (!/^[A-Za-z0-9*][A-Za-z0-9*._:/@-]*$/.test(glob))
      throw new Error(`must be model keys between commas, * for any characters; ${glob} is none`)
  const globs = given.length === 0 ? ['*'] : given
  return { globs, match: (modelKey) => globs.some((glob) => matches(glob.split('*'), modelKey)) }
}

/** By the parts between the stars, leftmost first: no expression that a key could make slow. */
function matches(parts: readonly string[], key: string): boolean {
  const [first, ...rest] = parts as [string, ...string[]]
  if (rest.length === 0) return key === first
  if (!key.startsWith(first)) return false
  const last = rest.pop()!
  let at = first.length
  for (const part of rest) {
    const found = key.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return key.length - last.length >= at && key.endsWith(last)
}
