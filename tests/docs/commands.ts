import type { Command } from 'commander'
import { expect } from 'vitest'
import { createProgram } from '../../apps/cli/src/program.ts'

/** The commands a page quotes, without `npm run agon --`. */
export const quotedCommands = (page: string): string[] => [
  ...new Set([...page.matchAll(/`([^`\n]+)`/g)].flatMap(([, text]) => /^npm run agon -- (.+)$/.exec(text!)?.[1] ?? [])),
]

/** Fails unless the line is a whole command with options it has and as many arguments as it takes. */
export function expectCommand(line: string): void {
  const words = [...line.matchAll(/(?:[^\s"]|"[^"]*")+/g)].map(([word]) => word)
  let command: Command = createProgram({ signal: new AbortController().signal } as never, () => undefined)
  for (let next = command.commands.find((child) => child.name() === words[0]); next; ) {
    command = next
    words.shift()
    next = command.commands.find((child) => child.name() === words[0])
  }
  // A whole command, not a group; a group that does something by itself is one too.
  if (command.commands.length > 0) expect(words.filter((word) => !word.startsWith('-'))).toEqual([])
  const values: string[] = []
  for (let nth = 0; nth < words.length; nth++) {
    const word = words[nth]!
    if (!word.startsWith('-')) {
      values.push(word)
      continue
    }
    const option = command.options.find(({ long, short }) => long === word || short === word)
    expect(option?.flags, word).toBeDefined()
    if (option!.required) nth++
  }
  expect(values.length).toBeGreaterThanOrEqual(command.registeredArguments.filter(({ required }) => required).length)
  expect(values.length).toBeLessThanOrEqual(command.registeredArguments.length)
}
