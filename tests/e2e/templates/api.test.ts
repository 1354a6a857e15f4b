import { createAgonClient } from '@agon/client'
import { allTemplates } from '@agon/templates'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Arena, startArena } from '../../support/arena.ts'

// The templates over HTTP, through the client. templates.test.ts runs what is forked here.

let arena: Arena
let agon: ReturnType<typeof createAgonClient>
let visitor: ReturnType<typeof createAgonClient>
beforeAll(async () => {
  arena = await startArena({ functionEnv: { AGON_DEFAULT_MODELS: '{"text":"sparring:quill"}' } })
  const { url, publishableKey } = arena.platform
  const token = arena.asOwner.authorization.replace('Bearer ', '')
  agon = createAgonClient({ url, publishableKey, accessToken: () => token })
  visitor = createAgonClient({ url, publishableKey })
})
afterAll(() => arena?.stop())

test('anybody may list them and read one, by slug, number or name', async () => {
  const listed = await visitor.templates.list()
  if (!listed.ok) throw new Error(JSON.stringify(listed))
  expect(listed.value.templates.map(({ slug }) => slug)).toEqual(allTemplates.map(({ slug }) => slug))
  expect(listed.value.templates[8]).toMatchObject({ asks: ['text', 'image', 'video'], kinds: ['routing', 'transform', 'image', 'video'] })
  for (const name of ['22-merge-branches', '22', 'merge-branches'])
    expect(await visitor.templates.get(name)).toMatchObject({
      ok: true,
      value: { slug: '22-merge-branches', document: { format: 'agon.workflow/v1' }, samples: [{}] },
    })
  expect(await visitor.templates.get('26')).toMatchObject({
    ok: false,
    problem: { code: 'not_found', detail: expect.stringContaining('workflow-templates') },
  })
})

test('a fork is a workflow of whoever asks, with the models they name', async () => {
  const forked = await agon.templates.fork('fallback', { title: 'Mine', models: { text: 'sparring:ember', primary: 'sparring:mute' } })
  if (!forked.ok) throw new Error(JSON.stringify(forked))
  expect(forked.value).toMatchObject({
    title: 'Mine',
    number: 1,
    yours: true,
    visibility: 'private',
    tags: ['template:15-fallback'],
    warnings: [],
  })
  const keys = Object.fromEntries(
    forked.value.document.nodes.map(({ id, lens }) => [id, (lens as { model_key?: string } | undefined)?.model_key]),
  )
  expect(keys).toMatchObject({ primary: 'sparring:mute', backup: 'sparring:ember' })
  expect(await visitor.templates.fork('fallback')).toMatchObject({ ok: false, problem: { code: 'unauthenticated' } })
})

test('what nobody names asks the defaults of the project; where there is none, the nodes are named that need one', async () => {
  expect(await agon.templates.fork('article')).toMatchObject({ ok: true, value: { warnings: [] } })
  const refused = await agon.templates.fork('image-brief')
  expect(refused).toMatchObject({
    ok: false,
    problem: { code: 'workflow_invalid', errors: [{ code: 'model_missing', node_id: 'picture' }] },
  })
})

test('a model that there is not, or of another kind, is refused with its node', async () => {
  expect(await agon.templates.fork('article', { models: { text: 'nobody:x' } })).toMatchObject({
    ok: false,
    problem: { code: 'workflow_invalid', errors: [{ code: 'model_unknown', node_id: 'write' }] },
  })
  expect(await agon.templates.fork('article', { models: { write: 'fal:flux-2' } })).toMatchObject({
    ok: false,
    problem: { code: 'workflow_invalid', errors: [{ code: 'model_kind', node_id: 'write' }] },
  })
})
