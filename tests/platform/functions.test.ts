import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Platform, PlatformError, startPlatform } from '../../packages/local-platform/src/index.ts'
import { beginningAs } from '../support/clusters.ts'
import { copyOf, denoBinary, until } from './support.ts'

const project = copyOf('basic')
let platform: Platform

beforeAll(async () => {
  writeFileSync(join(project.dir, 'supabase/functions/.env'), 'FROM_FILE=from the file\nSUPABASE_URL=not allowed here\n')
  process.env.SECRET_OF_THE_PARENT = 'not for functions'
  process.env.PLATFORM_TEST_FUNCTION_VALUE = 'from the environment'
  platform = await startPlatform({ projectDir: project.dir, temporary: true, functionEnv: { FROM_OPTION: 'from the option' } })
})

afterAll(async () => {
  delete process.env.SECRET_OF_THE_PARENT
  delete process.env.PLATFORM_TEST_FUNCTION_VALUE
  await platform?.stop()
  project.remove()
})

const call = (path: string, init?: RequestInit, on = platform) => fetch(`${on.url}/functions/v1/${path}`, init)
const codeOf = (response: Response) => [response.status, response.headers.get('sb-error-code')]
const printed = (name: string, text: string, on = platform) => on.functionLogs(name).some((entry) => entry.message.includes(text))
const met = (name: string, executionId: string, event: string, on = platform) =>
  on.functionLogs(name).some((entry) => entry.executionId === executionId && entry.event === event)

describe('a function', () => {
  it('answers through Deno.serve', async () => {
    const response = await call('hello')
    expect([response.status, await response.text()]).toEqual([200, 'hello'])
  })

  it('answers through a default export, with paths that begin with its name', async () => {
    expect(await (await call('exported/a/b?c=d')).text()).toBe('/exported/a/b')
  })

  it('may answer before it has read a large body, and the next request is not held up by what is left', async () => {
    for (let round = 0; round < 3; round++) {
      const early = await call('hello', { method: 'POST', body: 'x'.repeat(2_000_000) })
      expect([early.status, await early.text()]).toEqual([200, 'hello'])
      expect(await (await call('hello', { signal: AbortSignal.timeout(3000) })).text()).toBe('hello')
    }
  })

  it('is kept warm in one process, requests at the same time included', async () => {
    const ids = await Promise.all(Array.from({ length: 8 }, async () => (await call('life')).text()))
    ids.push(await (await call('life')).text())
    expect(new Set(ids).size).toBe(1)
    expect(ids[0]).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('is found when it is added while the platform runs', async () => {
    expect(codeOf(await call('added'))).toEqual([404, 'NOT_FOUND'])
    mkdirSync(join(project.dir, 'supabase/functions/added'))
    writeFileSync(
      join(project.dir, 'supabase/functions/added/index.ts'),
      `import { word } from 'words'\nDeno.serve(() => new Response(word))\n`,
    )
    writeFileSync(join(project.dir, 'supabase/functions/added/words.ts'), `export const word = 'mapped'\n`)
    writeFileSync(join(project.dir, 'supabase/functions/added/deno.json'), `{ "imports": { "words": "./words.ts" } }`)
    const response = await call('added', { headers: { apikey: platform.publishableKey } })
    expect(await response.text()).toBe('mapped') // and its own deno.json is honoured
  })

  it('runs its new code after a restart of the functions', async () => {
    const file = join(project.dir, 'supabase/functions/hello/index.ts')
    await call('hello')
    writeFileSync(file, `Deno.serve(() => new Response('changed'))`)
    await platform.restartFunctions('hello')
    expect(await (await call('hello')).text()).toBe('changed')
  })

  it('does not exist when its folder begins with an underscore, or is not there', async () => {
    expect(codeOf(await call('_shared'))).toEqual([404, 'NOT_FOUND'])
    expect(codeOf(await call('nobody'))).toEqual([404, 'NOT_FOUND'])
    expect(codeOf(await call('..%2fhello'))).toEqual([404, 'NOT_FOUND'])
  })
})

describe('the environment of a function', () => {
  let env: Record<string, string>
  beforeAll(async () => {
    env = (await (await call('environment')).json()) as Record<string, string>
  })

  it('has what the hosted platform injects', () => {
    expect(env).toMatchObject({
      SUPABASE_URL: platform.url,
      SUPABASE_DB_URL: platform.dbUrl,
      SUPABASE_ANON_KEY: platform.publishableKey,
      SUPABASE_SERVICE_ROLE_KEY: platform.secretKeys.default,
      SUPABASE_FUNCTION_SLUG: 'environment',
    })
    expect(JSON.parse(env.SUPABASE_PUBLISHABLE_KEYS!)).toEqual({ default: platform.publishableKey })
    expect(JSON.parse(env.SUPABASE_SECRET_KEYS!)).toEqual(platform.secretKeys)
    expect(Object.keys(platform.secretKeys)).toEqual(['default', 'worker'])
    expect(env.SB_EXECUTION_ID).toMatch(/^[0-9a-f-]{36}$/)
    expect(env).toHaveProperty('SB_REGION')
    expect(env).toHaveProperty('DENO_DEPLOYMENT_ID')
  })

  it('has keys that verify a user session', async () => {
    const response = await fetch(`${platform.url}/auth/v1/signup`, {
      method: 'POST',
      headers: { apikey: platform.publishableKey, 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'fay@example.test', password: 'a-long-password' }),
    })
    const { access_token } = (await response.json()) as { access_token: string }
    const { payload } = await jwtVerify(access_token, createLocalJWKSet(JSON.parse(env.SUPABASE_JWKS!)))
    expect(payload.role).toBe('authenticated')
  })

  it('has the project’s secrets, and no name that belongs to the platform is overridden', () => {
    expect(env).toMatchObject({
      FROM_FILE: 'from the file',
      FROM_CONFIG: 'from the config',
      FROM_OPTION: 'from the option',
      ONLY_HERE: 'from the environment',
      SUPABASE_URL: platform.url,
    })
  })

  it('has nothing else: neither secrets nor paths of the platform’s own environment', () => {
    const injected =
      /^(SUPABASE_(URL|DB_URL|PUBLISHABLE_KEYS|SECRET_KEYS|JWKS|ANON_KEY|SERVICE_ROLE_KEY|FUNCTION_SLUG)|SB_REGION|SB_EXECUTION_ID|DENO_DEPLOYMENT_ID|FROM_\w+|ONLY_HERE)$/
    expect(Object.keys(env).filter((name) => !injected.test(name))).toEqual([])
    expect(process.env.PATH).toBeTruthy()
  })

  it('may not be given names that belong to the platform', async () => {
    const starting = startPlatform({ projectDir: project.dir, temporary: true, functionEnv: { SUPABASE_URL: 'x' } })
    await expect(starting).rejects.toThrow(PlatformError)
    await expect(starting).rejects.toThrow(/functionEnv contains SUPABASE_URL/)
  })

  it('lets it write to the temporary folder and nowhere else, run nothing and read no secrets', async () => {
    expect(await (await call('files')).json()).toEqual({
      run: 'NotCapable',
      readSecrets: 'NotCapable',
      writeHere: 'NotCapable',
      writeTemporary: 'allowed',
    })
  })
})

describe('a request', () => {
  const key = { apikey: '' }
  beforeAll(() => {
    key.apikey = platform.publishableKey
  })

  it('streams in and out, chunk by chunk', async () => {
    const answer: string[] = []
    await new Promise<void>((resolve, reject) => {
      const request = httpRequest(`${platform.url}/functions/v1/echo/stream`, { method: 'POST', headers: key }, (response) => {
        response.on('data', (chunk) => {
          answer.push(String(chunk))
          // The second chunk is sent only when the first has come back: nothing in between waits for the whole.
          if (answer.length === 1) request.end('two')
        })
        response.on('end', resolve)
      })
      request.on('error', reject)
      request.write('one')
    })
    expect(answer).toEqual(['one', 'two'])
  })

  it('keeps its method, path and body', async () => {
    const response = await call('echo/x/y?z=1', { method: 'PUT', headers: key, body: 'body' })
    expect([response.headers.get('x-path'), response.headers.get('x-method'), await response.text()]).toEqual(['/echo/x/y', 'PUT', 'body'])
  })

  it('reaches the function as a CORS preflight without any key', async () => {
    const response = await call('echo', { method: 'OPTIONS' })
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([204, 'https://app.example'])
  })
})

describe('verify_jwt', () => {
  const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })

  it('lets publishable and secret keys through, in apikey or as bearer', async () => {
    for (const key of [platform.publishableKey, platform.secretKeys.worker!]) {
      expect((await call('guarded', { headers: { apikey: key } })).status).toBe(200)
      expect((await call('guarded', bearer(key))).status).toBe(200)
    }
  })

  it('lets a user session through', async () => {
    const response = await fetch(`${platform.url}/auth/v1/signup`, {
      method: 'POST',
      headers: { apikey: platform.publishableKey, 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'gil@example.test', password: 'a-long-password' }),
    })
    const { access_token } = (await response.json()) as { access_token: string }
    expect((await call('guarded', bearer(access_token))).status).toBe(200)
  })

  it('refuses a request without authorization, saying so', async () => {
    const response = await call('guarded')
    expect(codeOf(response)).toEqual([401, 'UNAUTHORIZED_NO_AUTH_HEADER'])
    expect(await response.json()).toEqual({ code: 'UNAUTHORIZED_NO_AUTH_HEADER', message: 'Missing authorization header' })
  })

  it('refuses what is not a JWT, and a JWT that is not this project’s', async () => {
    expect(codeOf(await call('guarded', bearer('not-a-token')))).toEqual([401, 'UNAUTHORIZED_INVALID_JWT_FORMAT'])
    expect(codeOf(await call('guarded', bearer('eyJhbGciOiJIUzI1NiJ9.e30.c2ln')))).toEqual([401, 'UNAUTHORIZED_INVALID_JWT'])
    expect(codeOf(await call('guarded', { headers: { apikey: 'sb_secret_unknown' } }))).toEqual([401, 'UNAUTHORIZED_INVALID_API_KEY'])
  })
})

describe('a function that fails', () => {
  it('to start is a BOOT_ERROR, with the reason in the logs, each time it is called', async () => {
    const response = await call('broken')
    expect(codeOf(response)).toEqual([503, 'BOOT_ERROR'])
    expect(await response.json()).toMatchObject({ code: 'BOOT_ERROR' })
    expect(printed('broken', 'no way to begin')).toBe(true)
    expect(codeOf(await call('broken'))).toEqual([503, 'BOOT_ERROR'])
  })

  it('by throwing answers 500 and lives on', async () => {
    const before = await (await call('life')).text()
    expect(codeOf(await call('life?throw'))).toEqual([500, 'EDGE_FUNCTION_ERROR'])
    expect(await (await call('life')).text()).toBe(before)
    await until('the reason is in the logs', () => printed('life', 'thrown on request'))
  })

  it('by ending its process is an EDGE_FUNCTION_ERROR, and the next request has a new process', async () => {
    const before = await (await call('life')).text()
    expect(codeOf(await call('life?exit'))).toEqual([502, 'EDGE_FUNCTION_ERROR'])
    const after = await call('life')
    expect(after.status).toBe(200)
    expect(await after.text()).not.toBe(before)
  })
})

describe('a function’s life', () => {
  let short: Platform
  const wallClockMs = 1600
  beforeAll(async () => {
    short = await startPlatform({
      projectDir: project.dir,
      temporary: true,
      ...beginningAs('bare'),
      wallClockMs,
      idleMs: 10_000,
      requestIdleMs: 10_000,
      migrate: false,
    })
  })
  afterAll(() => short?.stop())

  it('goes on after the answer for as long as waitUntil has something to do', async () => {
    await (await call('life?background=700', {}, short)).text()
    expect(printed('life', 'background done', short)).toBe(false)
    await until('the background work is done', () => printed('life', 'background done', short))
    await short.restartFunctions()
  })

  it('takes no new requests after half of its wall clock, and finishes what it began', async () => {
    const begun = call(`life?wait=${wallClockMs * 0.6}`, {}, short)
    const first = await (await call('life', {}, short)).text()
    await until('it is retired', () => met('life', first, 'retired', short))
    const second = await (await call('life', {}, short)).text()
    expect(second).not.toBe(first)
    const finished = await begun
    expect([finished.status, await finished.text()]).toEqual([200, first])
    await until('the retired process is dropped, having heard why', () =>
      short.functionLogs('life').some((entry) => entry.executionId === first && entry.message === 'unload early_drop'),
    )
    await short.restartFunctions()
  })

  it('ends at its wall clock, in-flight requests answered with 546, after a beforeunload', async () => {
    const asked = performance.now()
    const response = await call('life?wait=60000', {}, short)
    expect(codeOf(response)).toEqual([546, 'WORKER_RESOURCE_LIMIT'])
    expect(performance.now() - asked).toBeGreaterThan(wallClockMs - 100)
    expect(printed('life', 'unload wall_clock', short)).toBe(true)
  })

  it('does not outlast the wall clock by waiting in the background', async () => {
    const id = await (await call('life?background=60000', {}, short)).text()
    await until('it is killed', () => met('life', id, 'killed', short))
  })

  it('is over when it has been idle, and after a request without an answer the caller is told', async () => {
    const idle = await startPlatform({
      projectDir: project.dir,
      temporary: true,
      ...beginningAs('bare'),
      idleMs: 100,
      requestIdleMs: 200,
      migrate: false,
    })
    try {
      const first = await (await call('life', {}, idle)).text()
      await until('it is dropped', () => met('life', first, 'dropped', idle))
      expect(await (await call('life', {}, idle)).text()).not.toBe(first)
      expect(codeOf(await call('life?wait=60000', {}, idle))).toEqual([504, 'IDLE_TIMEOUT'])
    } finally {
      await idle.stop()
    }
  })

  it('hears of its end when the platform stops', async () => {
    const stopping = await startPlatform({ projectDir: project.dir, temporary: true, ...beginningAs('bare'), migrate: false })
    await (await call('life', {}, stopping)).text()
    await stopping.stop()
    expect(printed('life', 'unload termination', stopping)).toBe(true)
  })
})

describe('a cold start', () => {
  const bareFile = join(project.dir, 'bare.ts')
  beforeAll(() => {
    writeFileSync(
      bareFile,
      `Deno.serve({ port: 0, hostname: '127.0.0.1', onListen: ({ port }) => console.log(port) }, () => new Response('hello'))`,
    )
  })

  /** A bare Deno.serve, spawned the plainest way there is: what the same machine can do in the same minute. */
  async function bareStart(): Promise<number> {
    const began = performance.now()
    const child = spawn(denoBinary, ['run', '--quiet', '--no-config', '--allow-net', bareFile], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, DENO_NO_UPDATE_CHECK: '1' },
    })
    const port = await new Promise<string>((resolve) => child.stdout.once('data', (data) => resolve(String(data).trim())))
    await (await fetch(`http://127.0.0.1:${port}`)).text()
    child.kill('SIGKILL')
    return performance.now() - began
  }

  async function coldStart(): Promise<number> {
    await platform.restartFunctions('hello')
    const began = performance.now()
    await (await call('hello')).text()
    return performance.now() - began
  }

  it('takes no more than three times a bare Deno.serve', async () => {
    await bareStart()
    await coldStart()
    const [bare, cold]: [number[], number[]] = [[], []]
    for (let round = 0; round < 5; round += 1) {
      bare.push(await bareStart())
      cold.push(await coldStart())
    }
    // The quickest of each: what else the machine does slows both down, and never speeds one up.
    const [coldMs, bareMs] = [Math.min(...cold), Math.min(...bare)]
    console.log(`cold start: at best ${coldMs.toFixed(1)} ms, bare Deno.serve ${bareMs.toFixed(1)} ms`)
    expect(coldMs).toBeLessThan(3 * bareMs)
  })
})
