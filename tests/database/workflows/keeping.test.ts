import { createHash, randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { type Client, rows, useDatabase, value } from '../../support/database.ts'
import { compiledGraph, saveWorkflow } from '../../support/workflows.ts'

// Lenses and workflows as people keep them: versions, who sees them, forks.

const database = useDatabase()

interface Lens {
  lens_id: string
  title: string
  kind: string
  number: number
  version_id: string
  visibility: string
  yours: boolean
  tags: string[]
  published_at: string | null
  forked_from_version_id: string | null
  document: Record<string, unknown>
  refused?: string
}
const haiku = {
  kind: 'text',
  template: 'A haiku about [[topic]].',
  input_contract: { parameters: { topic: { type: 'string', required: true } } },
}
const asSaved = (document: Record<string, unknown>, more: object = {}) =>
  JSON.stringify({
    title: 'Haiku',
    document,
    content_hash: createHash('sha256').update(JSON.stringify(document)).digest('hex'),
    ...more,
  })
const create = (sql: Client, owner: string, document: Record<string, unknown> = haiku, more: object = {}) =>
  value<Lens>(sql, 'select lenses.fn_lenses_create($1, $2)', [owner, asSaved(document, more)])
const save = (sql: Client, lens: Lens, owner: string, document: Record<string, unknown>, more: object = {}) =>
  value<Lens>(sql, 'select lenses.fn_lenses_save($1, $2, $3)', [lens.lens_id, owner, asSaved(document, more)])
const get = (sql: Client, lens: Lens, viewer: string, number: number | null = null) =>
  value<Lens | null>(sql, 'select lenses.fn_lenses_get($1, $2, $3)', [lens.lens_id, viewer, number])
const publish = (sql: Client, lens: Lens, owner: string, number: number | null = null) =>
  value<Lens | null>(sql, 'select lenses.fn_lenses_publish($1, $2, $3)', [lens.lens_id, owner, number])
const list = async (sql: Client, viewer: string, filter: object = {}, most = 20, cursor: string | null = null) =>
  value<{ lenses: Lens[]; next_cursor: string | null }>(sql, 'select lenses.fn_lenses_list($1, $2, $3, $4)', [
    viewer,
    JSON.stringify(filter),
    most,
    cursor,
  ])

describe('a lens', () => {
  test('is its versions: a change makes the next, the same again makes none, and what was said stays said', async () => {
    const { sql } = database
    const owner = randomUUID()
    const first = await create(sql, owner)
    expect(first).toMatchObject({ number: 1, kind: 'text', visibility: 'private', yours: true, document: haiku, tags: ['kind:text'] })
    expect(await save(sql, first, owner, haiku)).toMatchObject({ number: 1, version_id: first.version_id })
    const routes = { ...haiku, kind: 'routing', temperature: 0.7, output_contract: { kind: 'text' } }
    expect(await save(sql, first, owner, routes, { title: 'Router' })).toMatchObject({ number: 2, title: 'Router', document: routes })
    expect(await get(sql, first, owner, 1)).toMatchObject({ number: 1, kind: 'text', document: haiku })
    expect(await save(sql, first, owner, haiku), 'an old text is a new version').toMatchObject({ number: 3, kind: 'text' })
  })

  test('has one kind among its tags, that of its latest version, whatever tags are given', async () => {
    const { sql } = database
    const owner = randomUUID()
    const lens = await create(sql, owner, haiku, { tags: ['poetry', 'kind:image', 'lang:en'] })
    expect(lens.tags).toEqual(['kind:text', 'lang:en', 'poetry'])
    expect((await save(sql, lens, owner, { ...haiku, kind: 'validation' })).tags).toEqual(['kind:validation', 'lang:en', 'poetry'])
    expect((await save(sql, lens, owner, { ...haiku, kind: 'validation' }, { tags: [] })).tags).toEqual(['kind:validation'])
  })

  test('is its owner’s alone until a version is published; then others see what is published and nothing else', async () => {
    const { sql } = database
    const [owner, stranger] = [randomUUID(), randomUUID()]
    const lens = await create(sql, owner)
    await save(sql, lens, owner, { ...haiku, template: 'second' })
    expect(await get(sql, lens, stranger)).toBeNull()
    expect(await publish(sql, lens, stranger)).toBeNull()
    expect(await publish(sql, lens, owner, 1)).toMatchObject({ number: 1, visibility: 'public' })
    expect(await get(sql, lens, stranger)).toMatchObject({ number: 1, yours: false })
    expect(await get(sql, lens, stranger, 2)).toBeNull()
    expect(await get(sql, lens, owner)).toMatchObject({ number: 2, published_at: null })
    expect(await publish(sql, lens, stranger, 1), 'who sees it does not own it').toBeNull()
    expect(await save(sql, lens, stranger, haiku)).toEqual({ refused: 'not_found' })
    expect(await value(sql, 'select jsonb_array_length(lenses.fn_lenses_versions($1, $2))', [lens.lens_id, stranger])).toBe(1)
    expect((await list(sql, stranger)).lenses).toMatchObject([{ lens_id: lens.lens_id, number: 1 }])

    await sql.query(`select lenses.fn_lenses_save($1, $2, '{"visibility": "private"}')`, [lens.lens_id, owner])
    expect(await get(sql, lens, stranger)).toBeNull()
    expect((await list(sql, stranger)).lenses).toEqual([])
  })

  test('is forked by whoever sees it, and the fork knows where it came from', async () => {
    const { sql } = database
    const [owner, stranger] = [randomUUID(), randomUUID()]
    const lens = await create(sql, owner, haiku, { tags: ['poetry'] })
    const fork = () => value<Lens | null>(sql, `select lenses.fn_lenses_fork($1, $2, '{"title": "Mine"}')`, [lens.lens_id, stranger])
    expect(await fork()).toBeNull()
    await publish(sql, lens, owner)
    expect(await fork()).toMatchObject({
      title: 'Mine',
      number: 1,
      yours: true,
      visibility: 'private',
      forked_from_version_id: lens.version_id,
      document: haiku,
      tags: ['kind:text', 'poetry'],
    })
  })

  test('that is put away is in no list and nobody else’s to see, and is not changed any more', async () => {
    const { sql } = database
    const [owner, stranger] = [randomUUID(), randomUUID()]
    const lens = await create(sql, owner)
    await publish(sql, lens, owner)
    const archive = (by: string) => value<boolean>(sql, 'select lenses.fn_lenses_archive($1, $2)', [lens.lens_id, by])
    expect([await archive(stranger), await archive(owner)]).toEqual([false, true])
    expect([await get(sql, lens, stranger), (await list(sql, owner)).lenses]).toEqual([null, []])
    expect(await get(sql, lens, owner)).toMatchObject({ number: 1 })
    expect(await save(sql, lens, owner, haiku)).toEqual({ refused: 'not_found' })
    expect(await publish(sql, lens, owner)).toBeNull()
  })

  test('is found by kind, tag and words, and pages neither lose nor repeat one', async () => {
    const { sql } = database
    const owner = randomUUID()
    // Made in one transaction, they are of one moment.
    await sql.query('begin')
    for (const name of ['a', 'b', 'c', 'd', 'e']) await create(sql, owner, haiku, { title: `Haiku ${name}`, tags: [`nth:${name}`] })
    await sql.query('commit')
    const seen: string[] = []
    for (let cursor: string | null = null, pages = 0; pages === 0 || cursor !== null; pages++) {
      const page = await list(sql, owner, { mine: true }, 2, cursor)
      seen.push(...page.lenses.map(({ title }) => title))
      cursor = page.next_cursor
    }
    expect(seen.toSorted()).toEqual(['Haiku a', 'Haiku b', 'Haiku c', 'Haiku d', 'Haiku e'])
    expect((await list(sql, owner, { tag: 'nth:c' })).lenses.map(({ title }) => title)).toEqual(['Haiku c'])
    expect((await list(sql, owner, { search: 'HAIKU D' })).lenses).toHaveLength(1)
    expect((await list(sql, owner, { kind: 'pdf' })).lenses).toEqual([])
    expect((await list(sql, randomUUID())).lenses).toEqual([])
  })
})

describe('a workflow', () => {
  const graph = { nodes: ['a', 'b'], edges: [['a', 'b']] as [string, string][] }
  const seen = (sql: Client, id: string, viewer: string) =>
    value<Record<string, unknown> | null>(sql, 'select lenses.fn_workflows_get($1, $2)', [id, viewer])

  test('is shown, published and put away as a lens is', async () => {
    const { sql } = database
    const stranger = randomUUID()
    const { ownerId, workflowId } = await saveWorkflow(sql, graph)
    expect(await seen(sql, workflowId, stranger)).toBeNull()
    expect(await seen(sql, workflowId, ownerId)).toMatchObject({ number: 1, nodes: 2, yours: true, document: { title: 'A workflow' } })
    const call = (name: string, by: string) => value(sql, `select lenses.fn_workflows_${name}($1, $2)`, [workflowId, by])
    expect(await call('publish', stranger)).toBeNull()
    expect(await call('publish', ownerId)).toMatchObject({ visibility: 'public', published_at: expect.any(String) })
    expect(await seen(sql, workflowId, stranger)).toMatchObject({ number: 1, yours: false })
    await sql.query('select lenses.fn_workflows_save($1, $2, $3, $4)', [
      workflowId,
      ownerId,
      '{"tags": ["x"]}',
      JSON.stringify(compiledGraph({ nodes: ['c'] })),
    ])
    expect([(await seen(sql, workflowId, ownerId))!.number, (await seen(sql, workflowId, stranger))!.number]).toEqual([2, 1])
    expect(((await call('versions', stranger)) as unknown[]).length).toBe(1)
    const found = await value<{ workflows: { tags: string[] }[] }>(sql, `select lenses.fn_workflows_list($1, '{"tag": "x"}')`, [ownerId])
    expect(found.workflows).toMatchObject([{ tags: ['x'] }])
    expect([await call('archive', stranger), await call('archive', ownerId)]).toEqual([false, true])
    expect([await seen(sql, workflowId, stranger), await call('publish', ownerId)]).toEqual([null, null])
    const refused = await value(sql, 'select lenses.fn_start_workflow_run($1, $2)', [ownerId, JSON.stringify({ workflow_id: workflowId })])
    expect(refused).toEqual({ refused: 'not_found' })
  })

  test('whose version no other may see is none they may run', async () => {
    const { sql } = database
    const stranger = randomUUID()
    const { ownerId, workflowId } = await saveWorkflow(sql, graph)
    const start = (by: string) =>
      value<{ refused?: string; run_id?: string }>(sql, 'select lenses.fn_start_workflow_run($1, $2)', [
        by,
        JSON.stringify({ workflow_id: workflowId }),
      ])
    expect(await start(stranger)).toEqual({ refused: 'not_found' })
    await sql.query('select lenses.fn_workflows_publish($1, $2)', [workflowId, ownerId])
    expect((await start(stranger)).run_id).toBeDefined()
    expect(await rows(sql, 'select 1 from lenses.workflow_runs where owner_id = $1', [stranger])).toHaveLength(1)
  })

  test('knows of what it names what its owner may use, and nothing of others', async () => {
    const { sql } = database
    const [owner, stranger] = [randomUUID(), randomUUID()]
    const lens = await create(sql, owner)
    const { workflowId, versionId } = await saveWorkflow(sql, graph, owner)
    const named = {
      lens_version_ids: [lens.version_id, randomUUID()],
      workflow_ids: [workflowId],
      version_ids: [versionId],
      credential_ids: [randomUUID()],
    }
    const known = (viewer: string) => value(sql, 'select lenses.fn_workflows_known($1, $2)', [viewer, JSON.stringify(named)])
    expect(await known(owner)).toEqual({
      lenses: { [lens.version_id]: haiku },
      workflows: { [workflowId]: versionId },
      versions: { [versionId]: workflowId },
      connections: {},
      capabilities: [],
    })
    expect(await known(stranger)).toEqual({ lenses: {}, workflows: {}, versions: {}, connections: {}, capabilities: [] })
  })
})
