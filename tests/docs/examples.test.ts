import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Arena, projectDir, simpleProvider, startArena } from '../support/arena.ts'
import { saveWorkflow } from '../support/workflows.ts'

// Every example of the docs that stands under <!-- runs --> is run as it stands, on the embedded platform.

interface Example {
  page: string
  language: string
  code: string
}

const pages = [
  'README.md',
  ...(await readdir(join(projectDir, 'docs'))).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`),
]
const examples: Example[] = []
for (const page of pages) {
  const text = await readFile(join(projectDir, page), 'utf8')
  for (const [, language, code] of text.matchAll(/<!-- runs -->\n```(\w+)\n([\s\S]*?)```/g))
    examples.push({ page, language: language!, code: code! })
}

let arena: Arena
beforeAll(async () => {
  arena = await startArena({
    functionEnv: {
      AGON_SEALING_KEYS: JSON.stringify({ k1: randomBytes(32).toString('base64') }),
      AGON_OUTBOUND_ALLOW: 'http://127.0.0.1:*',
    },
  })
  simpleProvider(arena.provider)
})
afterAll(() => arena.stop())

test('the docs have examples that run', () => {
  expect(examples.map((example) => example.language).sort()).toEqual(['sh', 'sh', 'ts'])
})

test.each(examples)('the $language example of $page runs', async ({ language, code }) => {
  const env = {
    PATH: `${join(projectDir, 'node_modules/node/bin')}:${process.env.PATH}`,
    SUPABASE_URL: arena.platform.url,
    PUBLISHABLE_KEY: arena.platform.publishableKey,
    ACCESS_TOKEN: await arena.signUp(`reader-${examples.findIndex((example) => example.code === code)}`),
  }
  const run = promisify(execFile)
  if (language === 'sh') {
    const { stdout } = await run('sh', ['-euc', code], { env, cwd: projectDir })
    const battle = JSON.parse(stdout) as { battle_id: string; status: string }
    expect((await arena.settled(battle.battle_id)).winner_slot).toBe('A')
  } else {
    const script = join(projectDir, 'tests/docs', `example-${process.pid}.ts`)
    await writeFile(script, code)
    try {
      const { stdout } = await run(process.execPath, [script], { env, cwd: projectDir })
      expect(stdout.trim()).toBe('winner A')
    } finally {
      await rm(script)
    }
  }
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((listening) => server.once('listening', listening))
  const { port } = server.address() as { port: number }
  await new Promise((closed) => server.close(closed))
  return port
}

test('the receiver of docs/webhooks.md verifies what it is sent, refuses the rest, and tells of a battle once', async () => {
  const page = await readFile(join(projectDir, 'docs/webhooks.md'), 'utf8')
  const [, code] = /<!-- runs: receiver -->\n```ts\n([\s\S]*?)```/.exec(page) ?? []
  const port = await freePort()
  const url = `http://127.0.0.1:${port}/agon`
  const { secret } = (await (await arena.post('/webhooks', { url })).json()) as { secret: string }
  const script = join(projectDir, 'tests/docs', `receiver-${process.pid}.ts`)
  await writeFile(script, code!)
  const receiver = spawn(process.execPath, [script], {
    env: { WEBHOOK_SECRET: secret, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    let told = ''
    receiver.stdout.on('data', (data) => {
      told += data
    })
    const listening = () =>
      fetch(url, { method: 'POST', body: '{}' }).then(
        ({ status }) => status,
        () => 0,
      )
    await expect.poll(listening, { timeout: 10_000 }).toBe(401)
    const id = await arena.create({})
    await arena.settled(id)
    await expect.poll(() => told, { timeout: 20_000 }).toBe(`battle ${id}: winner\n`)
  } finally {
    receiver.kill()
    await rm(script)
  }
})

test('the sender of docs/triggers.md starts a workflow with a signed request', async () => {
  const page = await readFile(join(projectDir, 'docs/triggers.md'), 'utf8')
  const [, code] = /<!-- runs: hook -->\n```ts\n([\s\S]*?)```/.exec(page) ?? []
  const { workflowId } = await saveWorkflow(arena.database, { nodes: ['a'] }, arena.ownerId)
  const made = await arena.post('/triggers', { workflow_id: workflowId, kind: 'webhook', config: { auth: 'hmac' } })
  const { url, secret } = (await made.json()) as { url: string; secret: string }
  const script = join(projectDir, 'tests/docs', `sender-${process.pid}.ts`)
  await writeFile(script, code!)
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [script], { env: { HOOK_URL: url, HOOK_SECRET: secret } })
    expect(stdout).toMatch(/^202 .*run_id/s)
  } finally {
    await rm(script)
  }
})

test('every link of the docs leads to a page that is there', async () => {
  const broken: string[] = []
  for (const page of pages) {
    const text = await readFile(join(projectDir, page), 'utf8')
    for (const [, target] of text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
      const path = join(projectDir, page, '..', target!)
      await readFile(path).catch(() => broken.push(`${page} → ${target}`))
    }
  }
  expect(broken).toEqual([])
})

test('the pages name every variable that the functions and the worker read', async () => {
  const operating = await readFile(join(projectDir, 'docs/operating.md'), 'utf8')
  const read = await Promise.all(
    ['supabase/functions/_shared/environment.ts', 'apps/worker/src/configuration.ts'].map((path) =>
      readFile(join(projectDir, path), 'utf8'),
    ),
  )
  const names = read.flatMap((text) => [...text.matchAll(/\b(AGON_[A-Z_]+):/g)].map((match) => match[1]!))
  const told = operating + (await readFile(join(projectDir, 'docs/worker.md'), 'utf8'))
  expect(names.length).toBeGreaterThan(8)
  expect(names.filter((name) => !told.includes(name))).toEqual([])
})
