// @ts-nocheck
// Makes packages/tools/src/pdf/font-data.ts: the fonts of printed documents, reduced to the characters named here. Its two packages are
// needed for nothing else, so they are no dependencies:
//   npm install --no-save dejavu-fonts-ttf@2.37.3 subset-font@2.9.0 && node scripts/make-fonts.mjs
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { gzipSync } from 'node:zlib'
import subsetFont from 'subset-font'

const require = createRequire(import.meta.url)
const file = (name) => readFileSync(require.resolve(`dejavu-fonts-ttf/${name}`))

/** Latin with its extensions and Vietnamese, Greek, Cyrillic, punctuation, currencies, arrows, mathematics, boxes, and the marks of lists. */
const text =
  '0020-024f 0300-0328 0370-03ff 0400-045f 0490-0491 1e00-1eff 2000-206f 2070-209f 20a0-20bf 2100-2122 2126 2150-2160 2190-2194 21d0-21d4 2200-222b 2248-2265 2500-257f 2588-2593 25a0-25cf 2605-2606 2610-2612 2713-2718 fb00-fb02 fffd'
const code = '0020-017f 0370-03ff 0400-045f 2010-2026 20ac 2190-2194 2260-2265 2500-257f 2588-2593 25a0-25a1'
const characters = (ranges) =>
  ranges
    .split(' ')
    .flatMap((range) => {
      const [from, to = from] = range.split('-').map((hex) => Number.parseInt(hex, 16))
      return Array.from({ length: to - from + 1 }, (_, nth) => String.fromCodePoint(from + nth))
    })
    .join('')

const fonts = { regular: ['DejaVuSans', text], bold: ['DejaVuSans-Bold', text], mono: ['DejaVuSansMono', code] }
const lines = [
  '// Made by scripts/make-fonts.mjs from DejaVu 2.37, whose licence stands beside it in FONT-LICENSE. TrueType, gzip, base64.',
  '// biome-ignore-all format: data',
]
for (const [name, [font, ranges]] of Object.entries(fonts)) {
  const reduced = await subsetFont(file(`ttf/${font}.ttf`), characters(ranges), { targetFormat: 'truetype', noLayoutClosure: true })
  lines.push(`export const ${name} = '${gzipSync(reduced, { level: 9 }).toString('base64')}'`)
}
writeFileSync(new URL('../packages/tools/src/pdf/font-data.ts', import.meta.url), `${lines.join('\n')}\n`)
writeFileSync(new URL('../packages/tools/src/pdf/FONT-LICENSE', import.meta.url), file('LICENSE'))
