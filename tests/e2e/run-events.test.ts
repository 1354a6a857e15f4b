import { createAgonClient, type RunEvent, WatchError } from '@agon/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Arena, startArena } from '../support/arena.ts'
import { hear } from '../support/stage.ts'
import { drainNodes, eventsOf, startRun } from '../support/workflows.ts'

// The stream of a run's log in real Deno, for its owner, cut and gone on with.

let arena: Arena
beforeAll(async () => {
  arena = await startArena({ functionEnv: { AGON_STREAM_MS: '2500' } })
  await arena.database.query('update execution.job_kinds set wake_function = null')
})
afterAll(() => arena.stop())

const wide = {
  nodes: ['a', 'b', 'c'],
  edges: [
    ['a', 'b'],
    ['a', 'c'],
  ] as [string, string][],
}
const urlOf = (runId: string) => `${arena.platform.url}/functions/v1/battle-events/runs/${runId}`
const clientOf = (token?: string) =>
  createAgonClient({ url: arena.platform.url, publishableKey: arena.platform.publishableKey, accessToken: () => token })
const tokenOf = (headers: { authorization: string }) => headers.authorization.slice('Bearer '.length)

test('its owner hears the whole log of a run, wherever the connection is cut, and then that nothing follows', async () => {
  const { runId } = await startRun(arena.database, wide, {}, arena.ownerId)
  await drainNodes(arena.database)
  const log = (await eventsOf(arena.database, runId)).map(({ event_id }) => event_id)
  for (const cutAt of [40, 700, Infinity]) {
    const first = await hear(urlOf(runId), arena.asOwner, { cutAt })
    const last = first.ids.at(-1)
    const rest = first.ended
      ? []
      : (await hear(urlOf(runId), { ...arena.asOwner, ...(last !== undefined && { 'last-event-id': String(last) }) })).ids
    expect([...first.ids, ...rest]).toEqual(log)
  }
  const over = await hear(urlOf(runId), { ...arena.asOwner, 'last-event-id': String(log.at(-1)) })
  expect(over.status).toBe(204)
})

test('nobody else hears anything: not a stranger, not an application with its key', async () => {
  const { runId } = await startRun(arena.database, wide, {}, arena.ownerId)
  const stranger = { authorization: `Bearer ${await arena.signUp('eavesdropper')}`, apikey: arena.platform.publishableKey }
  expect((await hear(urlOf(runId), stranger)).status).toBe(404)
  expect((await hear(urlOf(runId), { apikey: arena.platform.publishableKey })).status).toBe(401)
  expect((await hear(`${urlOf(runId)}?apikey=${arena.platform.publishableKey}`, {})).status).toBe(401)
  expect((await hear(urlOf('nonsense'), arena.asOwner)).status).toBe(422)
  const refused = clientOf(tokenOf(stranger)).watchRun(runId).next()
  await expect(refused).rejects.toThrow(WatchError)
})

test('the client goes on through pauses while the run goes on, and ends with it', async () => {
  const { runId } = await startRun(arena.database, wide, {}, arena.ownerId)
  const heard: RunEvent[] = []
  let reconnects = 0
  const watching = (async () => {
    for await (const event of clientOf(tokenOf(arena.asOwner)).watchRun(runId, { onReconnect: () => reconnects++ })) heard.push(event)
  })()
  // Longer than a stream lasts.
  await expect.poll(() => reconnects, { timeout: 10_000 }).toBeGreaterThan(0)
  await drainNodes(arena.database)
  await watching
  const log = await eventsOf(arena.database, runId)
  expect(heard.map(({ type, node_id }) => [type, node_id])).toEqual(log.map(({ type, node_id }) => [type, node_id]))
})

test('a run that is run again has more to tell to who had heard its end', async () => {
  const { runId } = await startRun(arena.database, { nodes: ['a'] }, {}, arena.ownerId)
  await drainNodes(arena.database)
  const heard = (await hear(urlOf(runId), arena.asOwner)).ids.at(-1)!
  await arena.post(`/runs/${runId}/retry`, { node_id: 'a' })
  await drainNodes(arena.database)
  const more = await hear(urlOf(runId), { ...arena.asOwner, 'last-event-id': String(heard) })
  expect([more.status, more.ended, more.ids.length > 0]).toEqual([200, true, true])
})
