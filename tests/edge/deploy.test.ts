import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BundleSize, bundleSize, serverSideBundleLimit, sizeTable } from './bundle-size.ts'
import { type Deployment, deploy, repository } from './deploy.ts'
import type { Upload } from './management-api.ts'
import { type ProjectStub, startProjectStub } from './project-stub.ts'
import { moduleGraph, type ServedFunction, serve, type UnpackedFunction, unpack } from './uploaded-function.ts'

const config = readFileSync(join(repository, 'supabase/config.toml'), 'utf8')
const slugs = [...config.matchAll(/^\[functions\.([\w-]+)\]$/gm)].map((match) => match[1]!)
const providerFunctions = ['dispatch-jobs', 'ai-judge-battle'] as const
const machineFunctions = [
  ...providerFunctions,
  'poll-async-executions',
  'deliver-webhooks',
  'run-tools',
  'scan-votes',
  'refresh-ratings',
  'start-workflows',
] as const

let deployment: Deployment

beforeAll(async () => {
  deployment = await deploy()
}, 120_000)

function uploadOf(slug: string): Upload {
  const upload = deployment.uploads.find((one) => one.slug === slug)
  if (!upload) throw new Error(`${slug} was not deployed:\n${deployment.output}`)
  return upload
}

describe('supabase functions deploy', () => {
  test('deploys every function of config.toml and no other', () => {
    expect(deployment.exitCode, deployment.output).toBe(0)
    expect(deployment.unknown).toEqual([])
    expect(slugs.length).toBeGreaterThan(0)
    expect(deployment.uploads.map(({ slug }) => slug).sort()).toEqual(slugs.toSorted())
    expect(deployment.live.map(({ slug }) => slug).sort()).toEqual(slugs.toSorted())
  })

  test('says nothing that an operator would have to look into', () => {
    const said = deployment.output.split('\n').filter((line) => !line.startsWith('Uploading asset'))
    expect(said.join('\n')).not.toMatch(/warn|error|deprecated|skipping/i)
  })

  test.each(slugs)('%s checks its callers itself and brings its import map', (slug) => {
    const { metadata, files } = uploadOf(slug)
    expect(metadata.verify_jwt).toBe(false)
    expect(metadata.import_map_path).toBe(`supabase/functions/${slug}/deno.json`)
    expect(metadata.entrypoint_path).toBe(`supabase/functions/${slug}/index.ts`)
    expect([...files.keys()]).toEqual(expect.arrayContaining([metadata.import_map_path, metadata.entrypoint_path]))
    expect(deployment.live).toContainEqual(expect.objectContaining({ slug, verify_jwt: false, import_map: true }))
  })

  test.each(slugs)('%s is uploaded with sources of its own and of the packages below it, and with nothing else', (slug) => {
    const source = new RegExp(
      `^((supabase/functions/(${slug}|_shared)|packages/(runner-core|providers|store|outbound|templates|tools)/src)/.+\\.ts|docs/api/openapi\\.json|packages/templates/documents/.+\\.json)$`,
    )
    const names = [...uploadOf(slug).files.keys()].filter((name) => name !== `supabase/functions/${slug}/deno.json`)
    expect(names.filter((name) => !source.test(name))).toEqual([])
    expect(names.filter((name) => /\.test\.ts$|(^|\/)(tests?|testing|apps|node_modules|\.env[^/]*)(\/|$)/.test(name))).toEqual([])
  })
})

describe('what was uploaded, alone in an empty folder', () => {
  const unpacked = new Map<string, UnpackedFunction>()
  const served = new Map<string, ServedFunction>()
  let project: ProjectStub

  beforeAll(async () => {
    project = await startProjectStub()
    for (const slug of slugs) unpacked.set(slug, await unpack(uploadOf(slug)))
  })
  afterAll(async () => {
    await Promise.all([...served.values()].map((one) => one.stop()))
    await Promise.all([...unpacked.values()].map((one) => one.remove()))
    await project?.close()
  })

  /** Serves a function on its first use; the first boot on a machine also downloads its npm packages. */
  async function serving(slug: string): Promise<ServedFunction> {
    const running = served.get(slug) ?? (await serve(unpacked.get(slug)!, project.variables))
    served.set(slug, running)
    return running
  }

  async function ask(slug: string, path = '', init?: RequestInit): Promise<Response> {
    const { url } = await serving(slug)
    return fetch(`${url}/${slug}${path}`, { signal: AbortSignal.timeout(10_000), ...init })
  }

  const wake = (slug: string, key?: string) => ask(slug, '', { method: 'POST', ...(key && { headers: { apikey: key } }) })

  async function expectProblem(response: Response, status: number, code: string): Promise<void> {
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/)
    expect(await response.json()).toMatchObject({ status, code, title: expect.any(String), detail: expect.any(String) })
  }

  test.each(slugs)('%s boots', async (slug) => expect((await serving(slug)).url).toMatch(/^http:/), 240_000)

  test.each(slugs)('%s has every module it imports, also those it imports on first use', async (slug) => {
    const { broken, packages } = await moduleGraph(unpacked.get(slug)!)
    expect(broken).toEqual([])
    expect(packages.length).toBeGreaterThan(0)
  })

  const sdksOf = async (slug: string) => {
    const { packages } = await moduleGraph(unpacked.get(slug)!)
    return packages.flatMap(({ name }) => /^(openai|@anthropic-ai\/sdk|@fal-ai\/client)@/.exec(name)?.[1] ?? []).sort()
  }
  test.each(providerFunctions)('%s carries the SDKs of text, and no other', async (slug) => {
    expect(await sdksOf(slug)).toEqual(['@anthropic-ai/sdk', 'openai'])
  })

  test('poll-async-executions carries the SDKs of media and of tasks, and no other; provider-callback the one that verifies', async () => {
    expect(await sdksOf('poll-async-executions')).toEqual(['@fal-ai/client', 'openai'])
    expect(await sdksOf('provider-callback')).toEqual(['openai'])
  })

  test('deliver-webhooks carries no provider’s SDK', async () => {
    expect(await sdksOf('deliver-webhooks')).toEqual([])
  })

  test('a function that lacks one file does not boot', async () => {
    const whole = uploadOf('dispatch-jobs')
    const files = new Map(whole.files)
    expect(files.delete('packages/store/src/connection.ts')).toBe(true)
    const incomplete = await unpack({ ...whole, files })
    try {
      await expect(serve(incomplete, project.variables)).rejects.toThrow(/Module not found.*packages\/store\/src\/connection\.ts/s)
      expect((await moduleGraph(incomplete)).broken).toHaveLength(1)
    } finally {
      await incomplete.remove()
    }
  })

  describe('api', () => {
    test('tells its errors and its routes to anyone', async () => {
      const errors = await ask('api', '/errors')
      expect(errors.status).toBe(200)
      expect(await errors.json()).toHaveProperty('unauthenticated')
      const document = await ask('api', '/openapi.json')
      expect(document.status).toBe(200)
      expect(await document.json()).toMatchObject({ openapi: '3.1.0', paths: expect.any(Object) })
    })

    test('refuses the leaderboard without a key', async () => {
      await expectProblem(await ask('api', '/leaderboard'), 401, 'unauthenticated')
    })

    test('reads the leaderboard for the publishable key, and asks the database with the worker key', async () => {
      const board = await ask('api', '/leaderboard', { headers: { apikey: 'sb_publishable_default' } })
      expect(board.status).toBe(200)
      expect(await board.json()).toEqual({ board: 'elo', leaderboard: [], next_cursor: null })
      expect(project.calls).toContainEqual(expect.objectContaining({ rpc: 'fn_leaderboard', key: 'sb_secret_worker' }))
    })

    test('answers an unknown route with a problem', async () => {
      await expectProblem(await ask('api', '/no-such-route'), 404, 'not_found')
    })
  })

  describe('battle-events', () => {
    const battle = '/00000000-0000-4000-8000-000000000001'

    test('refuses who shows no key', async () => {
      await expectProblem(await ask('battle-events', battle), 401, 'unauthenticated')
    })

    test('streams for the publishable key in the URL, and asks the database with the worker key', async () => {
      const stream = await ask('battle-events', `${battle}?apikey=sb_publishable_default`)
      expect(stream.status).toBe(200)
      expect(stream.headers.get('content-type')).toMatch(/^text\/event-stream/)
      expect(await stream.text()).toMatch(/^: agon\nretry: 2000\n\nevent: battle.cancelled\ndata: {.*}\nid: 7\n\nevent: end\n/)
      expect(project.calls).toContainEqual(expect.objectContaining({ rpc: 'fn_events_after', key: 'sb_secret_worker' }))
    })

    test('answers an unknown route with a problem', async () => {
      await expectProblem(await ask('battle-events', '/no/such/route'), 404, 'not_found')
    })
  })

  describe.each(machineFunctions)('%s', (slug) => {
    test('refuses everyone but the worker', async () => {
      await expectProblem(await wake(slug), 401, 'unauthenticated')
      await expectProblem(await wake(slug, 'sb_publishable_default'), 401, 'unauthenticated')
      await expectProblem(await wake(slug, 'sb_secret_default'), 401, 'unauthenticated')
    })

    test('is woken by POST alone', async () => {
      await expectProblem(await ask(slug, '', { headers: { apikey: 'sb_secret_worker' } }), 405, 'method_not_allowed')
    })

    test('accepts the worker key, and claims with it', async () => {
      project.calls.length = 0
      expect((await wake(slug, 'sb_secret_worker')).status).toBe(202)
      await expect
        .poll(() => project.calls)
        .toContainEqual(expect.objectContaining({ rpc: expect.stringMatching(/claim|outbox/), key: 'sb_secret_worker' }))
    })
  })

  describe.each(providerFunctions)('%s', (slug) => {
    test.each([
      ['openai', 'sparring:echo', '/openai/chat/completions'],
      ['@anthropic-ai/sdk', 'sparring-anthropic:echo', '/anthropic/v1/messages'],
    ])('reaches a provider through %s, which it loads on first use', async (_sdk, model, path) => {
      project.prompted.length = 0
      project.enqueue(slug, model)
      expect((await wake(slug, 'sb_secret_worker')).status).toBe(202)
      const { output } = await serving(slug)
      await expect.poll(() => project.prompted, { timeout: 10_000, message: output() }).toContain(path)
    })
  })

  test('dispatch-jobs records what the provider answered', async () => {
    project.calls.length = 0
    project.enqueue('dispatch-jobs', 'sparring:echo')
    expect((await wake('dispatch-jobs', 'sb_secret_worker')).status).toBe(202)
    const recorded = { rpc: 'fn_worker_complete_battle_job', key: 'sb_secret_worker' }
    await expect.poll(() => project.calls, { timeout: 10_000 }).toContainEqual(expect.objectContaining(recorded))
    const call = project.calls.find(({ rpc }) => rpc === recorded.rpc)
    expect(call!.arguments).toMatchObject({ job_id: 1, lease_token: 7, output: { content_text: 'waves' } })
  })

  describe('provider-callback', () => {
    test('believes nobody without a signature, and knows no other provider', async () => {
      const post = (path: string) => ask('provider-callback', path, { method: 'POST', body: '{"request_id":"r"}' })
      await expectProblem(await post('/fal'), 401, 'callback_refused')
      await expectProblem(await post('/openai'), 401, 'callback_refused')
      await expectProblem(await post('/midjourney'), 404, 'not_found')
      await expectProblem(await ask('provider-callback', '/fal'), 405, 'method_not_allowed')
    })
  })

  describe('the bundle the platform makes', () => {
    const sizes = new Map<string, BundleSize>()

    beforeAll(async () => {
      for (const slug of slugs) sizes.set(slug, await bundleSize(uploadOf(slug), await moduleGraph(unpacked.get(slug)!)))
      console.log(sizeTable([...sizes.values()]))
    })

    test.each(slugs)('of %s fits the limit for bundles made on the server', (slug) => {
      expect(sizes.get(slug)!.brotliBytes).toBeLessThan(serverSideBundleLimit)
    })
  })
})
