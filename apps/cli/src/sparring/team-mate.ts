const fenced = /<<<TASK ([0-9a-f]+)>>>\n([\s\S]*?)\n<<<END TASK \1>>>/
const turn = /This is round (\d+) of at most (\d+)\./
const phrase = /end with a line that says (.+) and nothing else\./

/**
 * What a partner is asked that works in a team: the task alone, in other words each round, so that it does not repeat itself. From the
 * second round on it says that it has done, where it is told how. Undefined: it is asked something else.
 */
export function teamMate(prompt: string): { task: string; said: (text: string) => string } | undefined {
  const task = fenced.exec(prompt)?.[2]
  if (task === undefined) return undefined
  const asked = prompt.slice(prompt.lastIndexOf('>>>'))
  const round = Number(turn.exec(asked)?.[1] ?? 0)
  const end = phrase.exec(asked)?.[1]
  return {
    // Marks carry no word and change every lot.
    task: `${task}${'.'.repeat(round)}`,
    said: (text) => (end !== undefined && round >= 2 ? `${text}\n${end}` : text),
  }
}
