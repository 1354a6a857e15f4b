import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { nodeTypes } from '@agon/runner-core/workflow'
import { expect, test } from 'vitest'
import { projectDir } from '../support/clusters.ts'

// What the README and the pages say of the project: the numbers that code can count, and where they lead.

const pages = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(projectDir, 'docs'), { recursive: true }).map((name) => `docs/${name}`),
].filter((page) => page.endsWith('.md'))
const read = (page: string) => readFileSync(join(projectDir, page), 'utf8')

test('the README counts the types of nodes right', () => {
  expect(/and (\d+) types of nodes/.exec(read('README.md'))?.[1]).toBe(String(nodeTypes.size))
})

test('the README leads to every page', () => {
  const readme = read('README.md')
  expect(readdirSync(join(projectDir, 'docs')).filter((name) => name.endsWith('.md') && !readme.includes(`(docs/${name})`))).toEqual([])
})

test.each(pages)('%s leads nowhere that is not there', (page) => {
  const text = read(page).replaceAll(/```[\s\S]*?```/g, '')
  const links = [...text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)].map(([, path, anchor]) => ({
    file: path ? join(dirname(page), path) : page,
    anchor,
  }))
  const slugs = (file: string) =>
    new Set([
      ...[...read(file).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
        heading!
          .toLowerCase()
          .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
          .replaceAll(' ', '-'),
      ),
      ...[...read(file).matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id),
    ])
  const broken = links.filter(
    ({ file, anchor }) => !existsSync(join(projectDir, file)) || (anchor !== undefined && file.endsWith('.md') && !slugs(file).has(anchor)),
  )
  expect(broken).toEqual([])
})
