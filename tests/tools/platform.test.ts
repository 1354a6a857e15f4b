import { type Platform, startPlatform } from '@agon/local-platform'
import { toolRunners } from '@agon/runner-core/tool-runners'
import { createCallableRpcs } from '@agon/store/callable-rpc-store'
import { connect } from '@agon/store/connection'
import { createDocuments } from '@agon/tools/documents'
import { createWorkflowFiles } from '@agon/tools/files'
import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { projectDir } from '../support/arena.ts'
import { beginningAs } from '../support/clusters.ts'
import { samples } from '../support/media-samples.ts'
import { nodeContext } from './context.ts'

// Storage and PostgREST of the platform, as the functions reach them.

let platform: Platform
let project: { url: string; secretKey: string }
const asked: string[] = []
beforeAll(async () => {
  platform = await startPlatform({ projectDir, temporary: true, ...beginningAs('platform'), functionsEnabled: false, cronEnabled: false })
  project = { url: platform.url, secretKey: platform.secretKeys.worker! }
})
afterAll(() => platform?.stop())
beforeEach(() => {
  asked.length = 0
})

const files = () =>
  createWorkflowFiles({
    ...project,
    fetch: (input, init) => {
      asked.push(String(input))
      return fetch(input, init)
    },
  })
const owner = '11111111-1111-4111-8111-111111111111'
type Given = Parameters<typeof nodeContext>[0]
const run = (type: string, given: Given) =>
  toolRunners[type]!(
    nodeContext({
      ...given,
      world: { files: files(), documents: createDocuments(), ...given.world },
      job: { nodeType: type, ownerId: owner, rootRunId: 'root-1', ...given.job },
      timeoutMs: 20_000,
    }),
  )
const upload = (config: Record<string, unknown>, given: Given = {}) => run('object_storage_upload', { ...given, config })
const download = (config: Record<string, unknown>, given: Given = {}) => run('object_storage_download', { ...given, config })
const dataOf = (outcome: Awaited<ReturnType<typeof run>>) => {
  if (outcome.kind !== 'completed') throw new Error(JSON.stringify(outcome))
  return outcome.result.envelope as { output: string; data: Record<string, unknown>; media: { url: string; mime: string } }
}

describe('files of a workflow', () => {
  test('are kept in the folder of their run, and opened by a link that nobody can guess', async () => {
    const kept = dataOf(
      await upload(
        { key: 'notes/[[day]].md', content: '# Füße\n[[said]]', content_type: 'text/markdown' },
        { inputs: { day: 'monday', said: 'high' } },
      ),
    )
    expect(kept).toMatchObject({
      kind: 'text',
      artifact_kind: 'text',
      data: { path: `${owner}/runs/root-1/notes/monday.md`, bytes: 13, mime_type: 'text/markdown' },
      media: { mime: 'text/markdown' },
    })
    expect(kept.output).toBe(kept.media.url)
    const opened = await fetch(kept.media.url)
    expect([opened.status, await opened.text()]).toEqual([200, '# Füße\nhigh'])
    const path = `object/workflow-files/${owner}/runs/root-1/notes/monday.md`
    for (const closed of [`public/${path.slice(7)}`, path.slice(7), `sign/${path.slice(7)}`, `sign/${path.slice(7)}?token=x`])
      for (const headers of [
        {} as Record<string, string>,
        { apikey: platform.publishableKey, authorization: `Bearer ${platform.publishableKey}` },
      ])
        expect((await fetch(`${platform.url}/storage/v1/object/${closed}`, { headers })).ok, closed).toBe(false)
  })

  test('are found again: as a link, a text, JSON or bytes', async () => {
    await upload({ key: 'tides.json', content: { lisbon: 3.8 }, content_type: 'application/json' })
    expect(dataOf(await download({ key: 'tides.json' })).data).toEqual({
      path: `${owner}/runs/root-1/tides.json`,
      bytes: 14,
      mime_type: 'application/json',
    })
    expect(dataOf(await download({ key: 'tides.json', encoding: 'json' })).data).toMatchObject({ content: { lisbon: 3.8 } })
    expect(dataOf(await download({ key: 'tides.json', encoding: 'text' })).output).toBe('{"lisbon":3.8}')
    expect(dataOf(await download({ key: 'tides.json', encoding: 'base64' })).data.content).toBe(btoa('{"lisbon":3.8}'))
  })

  test('are of their run, or of their owner: another run, and another owner, does not find them', async () => {
    await upload({ key: 'a.txt', content: 'of the run' })
    await upload({ key: 'a.txt', content: 'of the owner', folder: 'owner' })
    const missing = { kind: 'failed', error: { code: 'file_not_found' } }
    expect(dataOf(await download({ key: 'a.txt', encoding: 'text' })).output).toBe('of the run')
    expect(await download({ key: 'a.txt' }, { job: { rootRunId: 'root-2', ownerId: owner } })).toMatchObject(missing)
    expect(
      dataOf(await download({ key: 'a.txt', encoding: 'text', folder: 'owner' }, { job: { rootRunId: 'root-2', ownerId: owner } })).output,
    ).toBe('of the owner')
    for (const folder of ['run', 'owner'])
      expect(
        await download({ key: 'a.txt', folder }, { job: { ownerId: '22222222-2222-4222-8222-222222222222', rootRunId: 'root-3' } }),
      ).toMatchObject(missing)
  })

  test.each([
    '../a.txt',
    'a/../../b',
    '/a',
    'a//b',
    'a/',
    '.hidden',
    'a\\b',
    'a\0b',
    'a\nb',
    '..',
    '%2e%2e/a',
    'a?b',
    'x'.repeat(301),
    'ä',
    '',
  ])('have keys that lead nowhere else: %j is refused', async (key) => {
    for (const outcome of [await upload({ key, content: 'x' }), await download({ key })])
      expect(outcome).toMatchObject({ kind: 'failed', error: { code: 'node_config', message: expect.stringContaining('config.key') } })
    expect(asked).toEqual([])
  })

  test('are overwritten, unless that was not wanted', async () => {
    await upload({ key: 'once.txt', content: 'first' })
    expect(await upload({ key: 'once.txt', content: 'second', overwrite: false })).toMatchObject({
      kind: 'failed',
      error: { code: 'file_refused' },
    })
    await upload({ key: 'once.txt', content: 'third' })
    expect(dataOf(await download({ key: 'once.txt', encoding: 'text' })).output).toBe('third')
  })

  test('are what their bytes say, and no file that pretends is kept', async () => {
    const png = samples.image.bytes.toString('base64')
    expect(dataOf(await upload({ key: 'image', content: png, encoding: 'base64' }))).toMatchObject({
      kind: 'image',
      media: { mime: 'image/png' },
    })
    expect(await upload({ key: 'a.pdf', content: png, encoding: 'base64', content_type: 'application/pdf' })).toMatchObject({
      error: { code: 'file_refused', message: expect.stringMatching(/application\/pdf, and is image\/png/) },
    })
    expect(await upload({ key: 'a.png', content: 'no image', content_type: 'image/png' })).toMatchObject({
      error: { code: 'file_refused' },
    })
    const page = dataOf(await upload({ key: 'page.html', content: '<script>alert(1)</script>', content_type: 'text/html' }))
    expect(page.media.mime).toBe('text/plain')
    expect((await fetch(page.media.url)).headers.get('content-type')).toMatch(/^text\/plain/)
    const drawing = dataOf(
      await upload({
        key: 'a.svg',
        content: '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script/></svg>',
        content_type: 'image/svg+xml',
      }),
    )
    expect(drawing.media.mime).toBe('text/plain')
    expect(
      await upload({
        key: 'a.exe',
        content: Buffer.from('7f454c4602010100000000000000000002003e00', 'hex').toString('base64'),
        encoding: 'base64',
      }),
    ).toMatchObject({
      error: { code: 'file_refused' },
    })
  })

  test('weigh no more than they may', async () => {
    expect(await upload({ key: 'large', content: 'x'.repeat(21 * 1024 * 1024) })).toMatchObject({ error: { code: 'file_refused' } })
    await upload({ key: 'middle', content: 'x'.repeat(300 * 1024) })
    expect(await download({ key: 'middle', encoding: 'text' })).toMatchObject({
      error: { code: 'file_refused', message: expect.stringContaining('encoding to url') },
    })
    expect(dataOf(await download({ key: 'middle' })).data.bytes).toBe(300 * 1024)
  })

  test('are not begun by a driver that lost its lease', async () => {
    expect(await upload({ key: 'a.txt', content: 'x' }, { signal: AbortSignal.abort() } as Given)).toMatchObject({
      kind: 'failed',
      error: { code: 'lease_lost' },
    })
  })
})

describe('a lens of kind pdf', () => {
  const lens = { kind: 'pdf', title: 'Tides of [[city]]', template: '…' }

  test('prints its template and the sources of what came in, and keeps the file', async () => {
    const outcome = await run('lens', {
      prompt: '# Tides\n\nThey rise.',
      inputs: {
        input: {
          findings: 'x',
          sources: [{ title: 'Of tides', url: 'https://example.com/1' }, { url: 'javascript:alert(1)' }, 'no source'],
        },
      },
      job: { lens },
    })
    const envelope = dataOf(outcome)
    expect(envelope).toMatchObject({
      kind: 'pdf',
      artifact_kind: 'json',
      data: { output_type: 'pdf', pages: 1, path: `${owner}/runs/root-1/tell.pdf` },
      media: { mime: 'application/pdf' },
    })
    const opened = await fetch(envelope.media.url)
    expect(opened.headers.get('content-type')).toBe('application/pdf')
    const bytes = Buffer.from(await opened.arrayBuffer())
    expect(bytes.subarray(0, 5).toString()).toBe('%PDF-')
    expect(bytes.toString('latin1')).toContain('https://example.com/1')
    expect(bytes.toString('latin1')).not.toContain('javascript')
  })

  test('names the characters it cannot print, or prints boxes', async () => {
    expect(await run('lens', { prompt: 'こんにちは', job: { lens } })).toMatchObject({
      kind: 'failed',
      error: { code: 'unsupported_characters', message: expect.stringContaining('こ') },
    })
    const printed = await run('lens', { prompt: 'Hi 😀', config: { unsupported_characters: 'replace' }, job: { lens } })
    expect(dataOf(printed).data).toMatchObject({ replaced_characters: ['😀'] })
  })

  test('prints nothing of nothing', async () => {
    expect(await run('lens', { prompt: '  ', job: { lens } })).toMatchObject({ kind: 'failed', error: { code: 'node_config' } })
  })
})

test('functions of the database are called over PostgREST as the owner of the run', async () => {
  const database = new Client({ connectionString: platform.dbUrl })
  await database.connect()
  try {
    await database.query(`
      create function public.who_calls(greeting text) returns jsonb language sql stable as
        $$select jsonb_build_object('said', greeting, 'role', current_user, 'sub', current_setting('request.jwt.claims', true)::jsonb ->> 'sub')$$;
      grant execute on function public.who_calls to authenticated;
      insert into lenses.callable_rpcs (schema_name, function_name) values ('public', 'who_calls')`)
    const rpcs = createCallableRpcs(connect(project))
    const bounds = { signal: new AbortController().signal, timeoutMs: 5_000 }
    expect(await rpcs.call({ ownerId: owner, name: 'public.who_calls', params: { greeting: 'hi' } }, bounds)).toEqual({
      ok: true,
      value: { rows: [{ said: 'hi', role: 'authenticated', sub: owner }], truncated: false },
    })
    expect(await rpcs.call({ ownerId: owner, name: 'public.others', params: {} }, bounds)).toMatchObject({
      ok: false,
      error: { code: 'rpc_not_allowed' },
    })
    expect(await rpcs.call({ ownerId: owner, name: 'public.who_calls', params: {} }, bounds)).toMatchObject({
      ok: false,
      error: { code: 'rpc_failed' },
    })
    expect(
      await rpcs.call({ ownerId: owner, name: 'public.who_calls', params: {} }, { ...bounds, signal: AbortSignal.abort() }),
    ).toMatchObject({ error: { code: 'lease_lost' } })
  } finally {
    await database.end()
  }
})
