import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Arena, simpleProvider, startArena } from '../support/arena.ts'
import { startWireText } from '../support/wire-text.ts'

// An answer that is longer than a slice, in the functions themselves. The half hour is in runner-core, under a clock that can be turned.

const answer = Array.from({ length: 900 }, (_, nth) => `Sentence ${nth} of a long story.`).join(' ')
let wire: Awaited<ReturnType<typeof startWireText>>
let arena: Arena

beforeAll(async () => {
  wire = await startWireText({ answer, deltaCharacters: 100, deltaMs: 115 })
  arena = await startArena({ functionEnv: { COMPATIBLE_BASE_URL: `${wire.url}/v1`, AGON_SLICE_MS: '20000' } })
  simpleProvider(arena.provider)
})
afterAll(async () => {
  await arena.stop()
  await wire.stop()
})

test('an answer goes on over several slices and a killed driver, and its deltas are the answer, once', async () => {
  const id = await arena.create({
    contenders: [{ model: 'compatible:novelist' }, { model: 'sparring-anthropic:ember' }],
    max_tokens: 20_000,
  })
  const deltas = async () =>
    (
      await arena.database.query<{ offset: number; text: string }>(
        `select (data ->> 'offset')::int as offset, data ->> 'text' as text from battles.events
         where battle_id = $1 and type = 'contender.delta' and data ->> 'slot' = 'A' order by event_id`,
        [id],
      )
    ).rows
  await expect.poll(async () => (await deltas()).length, { timeout: 20_000 }).toBeGreaterThan(3)
  // A driver that is gone: its lease runs out, and what it still writes is refused.
  await arena.database.query(`update execution.leases set expires_at = now() - interval '1 second'`)
  await arena.database.query('select execution.sweep()')

  let battle = await arena.battle(id)
  for (let tries = 0; battle.status === 'executing' && tries < 3; tries++)
    battle = await arena.until(id, ({ status }) => status !== 'executing').catch(() => battle)
  expect(battle.contenders[0]).toMatchObject({
    status: 'submitted',
    submission: { content_text: answer, is_final: true },
    job: { attempts: 1 },
  })
  const shown = await deltas()
  expect(shown.map(({ text }) => text).join('')).toBe(answer)
  let at = 0
  for (const { offset, text } of shown) {
    expect(offset).toBe(at)
    at += text.length
  }
  expect(wire.calls.length).toBeGreaterThanOrEqual(3)
  expect(
    wire.calls
      .map(({ from }) => from)
      .slice(1)
      .every((from) => from > 0),
  ).toBe(true)
}, 120_000)
