import { PDF } from '@libpdf/core'
import { expect, test } from 'vitest'
import { createDocuments } from './documents.ts'

const documents = createDocuments()
const bounds = { signal: new AbortController().signal, timeoutMs: 10_000 }
const print = (
  markdown: string,
  more: { title?: string; sources?: { title: string; url: string }[]; unsupported?: 'fail' | 'replace' } = {},
) => documents.pdf({ title: '', sources: [], unsupported: 'fail', ...more, markdown }, bounds)

/** The document as another reader of PDF sees it: the text of each page, and where its links lead. */
async function read(printed: Awaited<ReturnType<typeof print>>) {
  if (!printed.ok) throw new Error(printed.error.message)
  const pdf = await PDF.load(printed.value.bytes)
  const pages = pdf.getPages().map((page) => page.extractText().text)
  const links = pdf.getPages().flatMap((page) => page.getLinkAnnotations().map(({ uri }) => uri))
  return { pages, text: pages.join('\n'), links, bytes: printed.value.bytes }
}

test('Markdown becomes a PDF that another reader reads: headings, lists, tables, code, quotes and links', async () => {
  const { text, links, bytes } = await read(
    await print(
      [
        '# Report *on* tides',
        'A paragraph with **bold**, `code()`, and [a link](https://example.com/tides?a=1&b=2), &amp; <b>no tags</b>.',
        '- first\n  - nested\n- [x] done\n\n3. third\n4. fourth',
        '| name | height |\n|---|---|\n| Lisbon | 3.8 m |',
        '```js\nconst a = 1\n    indented()\n```',
        '> quoted https://auto.example/',
        '---',
        'The end.',
      ].join('\n\n'),
    ),
  )
  expect(new TextDecoder('latin1').decode(bytes.slice(0, 5))).toBe('%PDF-')
  for (const said of ['Report on tides', 'A paragraph with bold, code(), and a link, & no tags.', 'nested', '☑', 'done', '3.', 'fourth'])
    expect(text, said).toContain(said)
  for (const said of ['Lisbon', '3.8 m', 'const a = 1', 'indented()', 'quoted', 'The end.', '1 / 1']) expect(text, said).toContain(said)
  expect(links).toEqual(['https://example.com/tides?a=1&b=2', 'https://auto.example/'])
  expect(bytes.byteLength, 'only what is used of the fonts is in it').toBeLessThan(80_000)
})

test('what a model found has its sources at the end, as links', async () => {
  const { text, links } = await read(
    await print('Findings.', {
      title: 'Tides, researched',
      sources: [
        { title: 'Of tides', url: 'https://example.com/1' },
        { title: '', url: 'https://example.com/2' },
      ],
    }),
  )
  expect(text).toMatch(
    /Tides, researched[\s\S]*Findings\.[\s\S]*Sources[\s\S]*1\.[\s\S]*Of tides[\s\S]*https:\/\/example\.com\/1[\s\S]*2\./,
  )
  expect(links).toEqual(['https://example.com/1', 'https://example.com/2'])
})

test('European texts are printed as they are', async () => {
  const said = 'Žluťoučký kůň, Łódź, Ğüş, naïve “quotes” – Ελληνικά, Українська, Tiếng Việt; 5 ≥ 3 → ✓ €'
  expect((await read(await print(said))).text).toContain(said.split(',')[0])
  expect((await read(await print(said))).text.replaceAll('\n', ' ')).toContain('Ελληνικά, Українська, Tiếng Việt; 5 ≥ 3 → ✓ €')
})

test('a character that no font has is named, and the document refused; or printed as a box, when that was asked for', async () => {
  expect(await print('Kyoto is 京都, says 😀. 京都!')).toEqual({
    ok: false,
    error: { code: 'unsupported_characters', message: 'The fonts have no 京 (U+4EAC), 都 (U+90FD), 😀 (U+1F600).' },
  })
  const replaced = await print('Kyoto is 京都.', { unsupported: 'replace' })
  expect(replaced).toMatchObject({ ok: true, value: { replaced: ['京', '都'] } })
  expect((await read(replaced)).text).toContain('Kyoto is □□.')
})

test('what nobody sees in a text is no reason to refuse it', async () => {
  expect((await read(await print('co\u00adop\u200b \ufeff✓\ufe0f e\u0301t\u0000e\u0301'))).text).toContain('coop ✓ été')
})

test('a long document has many pages, each with its number, and every word of it', async () => {
  const words = Array.from({ length: 6_000 }, (_, nth) => `word${nth}`)
  const { pages, text } = await read(await print(words.join(' ')))
  expect(pages.length).toBeGreaterThan(8)
  expect(pages.at(-1)).toContain(`${pages.length} / ${pages.length}`)
  for (const word of [0, 999, 3000, 5999]) expect(text).toMatch(new RegExp(`\\bword${word}\\b`))
})

test('a word wider than the page is broken, and a table wider than the page is narrowed', async () => {
  const { text } = await read(await print(`${'x'.repeat(400)}\n\n| ${'a b '.repeat(60)} | ${'c'.repeat(200)} |\n|--|--|\n| 1 | 2 |`))
  expect(text.replaceAll(/[^x]/g, '')).toHaveLength(400)
  expect(text.replaceAll(/[^c]/g, '')).toHaveLength(200)
})

test('a link that runs something is text', async () => {
  const { links, text } = await read(await print('[click](javascript:alert(1)) [data](data:text/html,x) [mail](mailto:a@example.com)'))
  expect(links).toEqual(['mailto:a@example.com'])
  expect(text).toContain('click data mail')
})

test('what is too long is refused', async () => {
  expect(await print('x'.repeat(100_001))).toMatchObject({ ok: false, error: { code: 'document_too_long' } })
  expect(await print('a\n\n'.repeat(33_000))).toMatchObject({ ok: false, error: { code: 'document_too_long' } })
})

test.each([
  '',
  '\n\n',
  '#',
  '- ',
  '|a|\n|-|',
  '```',
  '>',
  '[',
  '![](',
  '<!--',
  '&#x110000;',
  '**'.repeat(5000),
  `${'> '.repeat(500)}deep`,
  '- '.repeat(500),
])('Markdown that is no document does not break it: %.20s', async (markdown) => {
  expect(await print(markdown.slice(0, 20_000))).toMatchObject({ ok: true })
})
