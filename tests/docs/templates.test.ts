import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { allTemplates, findTemplate, templates } from '@agon/templates'
import { expect, test } from 'vitest'
import { expectCommand, quotedCommands } from './commands.ts'

const page = readFileSync(join(fileURLToPath(new URL('../..', import.meta.url)), 'docs/templates.md'), 'utf8')

test('the table is of all templates, as they say of themselves', () => {
  const rows = [...page.matchAll(/^\| \d+ \|.*\|$/gm)].map(([row]) => row)
  expect(rows).toEqual(
    templates.map(({ slug, task, kinds, shows }, nth) => `| ${nth + 1} | ${task} | \`${slug}\` | ${kinds.join(', ')} | ${shows} |`),
  )
})

test('so is the one of those beyond them', () => {
  const rows = [...page.matchAll(/^\| \D.* \| `[a-z-]+` \|.*\|$/gm)].map(([row]) => row)
  expect(rows).toEqual(
    allTemplates
      .slice(templates.length)
      .map(({ slug, task, kinds, shows }) => `| ${task} | \`${slug}\` | ${kinds.join(', ')} | ${shows} |`),
  )
})

const commands = quotedCommands(page)
test('there are commands to check', () => expect(commands.length).toBeGreaterThan(6))
test.each(commands)('agon %s is a command with these options', expectCommand)

test('what they run and fork are templates, with inputs that these take', () => {
  const named = commands.flatMap((line) => /^workflow (?:run|fork|templates show) (\S+)/.exec(line)?.[1] ?? [])
  for (const name of named.filter((each) => !each.includes('/'))) expect(findTemplate(name), name).toBeDefined()
  for (const line of commands) {
    const input = /-i (\w+)=/.exec(line)?.[1]
    const template = findTemplate(/^workflow run (?:\S*\/)?([\w-]+)/.exec(line)?.[1] ?? '')
    if (input) expect(Object.keys(template!.document.inputs as object)).toContain(input)
  }
})
