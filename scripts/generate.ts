import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { generatedFiles, staleFiles } from './generated.ts'
import { root } from './root.ts'

// npm run generate: writes every generated file anew.
const files = await generatedFiles()
const stale = await staleFiles(files)
for (const path of stale) {
  await mkdir(dirname(join(root, path)), { recursive: true })
  await writeFile(join(root, path), files.get(path)!)
}
console.log(stale.length === 0 ? 'Every generated file is current.' : `Wrote ${stale.join(', ')}.`)
