import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { functionNames, generatedFiles, staleFiles } from './generated.ts'
import { root } from './root.ts'
import { typesInDeno } from './types-in-deno.ts'

// npm run check: lint and arrows, types in Node and in Deno, generated files. Within a minute.
const bin = (name: string) => join(root, 'node_modules/.bin', name)
const startedAt = performance.now()
let failures = 0

async function step(name: string, work: () => Promise<string | undefined>): Promise<void> {
  const began = performance.now()
  const problem = await work().catch((error: unknown) => String(error))
  if (problem !== undefined) failures++
  console.log(`${problem === undefined ? 'ok    ' : 'FAILED'} ${name} (${((performance.now() - began) / 1000).toFixed(1)} s)`)
  if (problem !== undefined) console.log(problem)
}

function run(command: string, args: string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root })
    let output = ''
    child.stdout.on('data', (data) => (output += data))
    child.stderr.on('data', (data) => (output += data))
    child.on('error', (error) => resolve({ code: null, output: error.message }))
    child.on('close', (code) => resolve({ code, output }))
  })
}

/** Runs a program; its output when it fails. */
async function program(command: string, args: string[]): Promise<string | undefined> {
  const { code, output } = await run(command, args)
  return code === 0 ? undefined : output
}

await Promise.all([
  step('lint, format and arrows', () => program(bin('biome'), ['ci', '--error-on-warnings', '--colors=off'])),
  step('types in Node', () => program(bin('tsc'), ['-p', 'tsconfig.json'])),
])
await step('types in Deno', async () => typesInDeno(bin('deno'), await functionNames(), run))
await step('generated files', async () => {
  const stale = await staleFiles(await generatedFiles())
  return stale.length === 0 ? undefined : `Not current: ${stale.join(', ')}. Run npm run generate and commit what it writes.`
})
console.log(`check ${failures === 0 ? 'passed' : 'FAILED'} in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
process.exit(failures === 0 ? 0 : 1)
