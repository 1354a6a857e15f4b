/**
 * Whether a regular expression may be given by a user: it must compile, and no repetition may hold another, because matching `(a+)+` takes
 * time that doubles with every character. JavaScript's engine cannot be stopped, and a step has two seconds of CPU.
 *
 * @example patternFault('^(a+)+$') // 'repeats a group that itself repeats: matching it may take forever'
 */
export function patternFault(source: string): string | undefined {
  try {
    new RegExp(source, 'u')
  } catch (error) {
    return `is no regular expression: ${String(error).split(': ').at(-1)}`
  }
  if (/\\[1-9k]/.test(source)) return 'refers back to a group: matching it may take forever'
  // One entry a group that is open: whether what it matches can vary in length.
  const open: boolean[] = [false]
  const repeats = (at: number): boolean => /^(?:[*+]|\{\d+(?:,\d*)?\})/.test(source.slice(at, at + 12))
  const varies = (at: number): boolean => /^(?:[*+?]|\{\d+,\d*\})/.test(source.slice(at, at + 12))
  let i = 0
  while (i < source.length) {
    const character = source[i]!
    if (character === '(') {
      open.push(false)
      i += source[i + 1] === '?' ? 2 : 1
      continue
    }
    if (character === ')') {
      const inside = open.pop()!
      if (inside && repeats(i + 1))
        return 'repeats a group of which a part repeats, is optional or has alternatives: matching it may take forever'
      if (inside) open[open.length - 1] = true
    }
    if (character === '|') open[open.length - 1] = true
    i = character === '\\' ? i + 2 : character === '[' ? endOfClass(source, i) : i + 1
    if (varies(i)) open[open.length - 1] = true
  }
  return undefined
}

function endOfClass(source: string, from: number): number {
  let i = from + 1
  while (i < source.length && source[i] !== ']') i += source[i] === '\\' ? 2 : 1
  return i + 1
}
