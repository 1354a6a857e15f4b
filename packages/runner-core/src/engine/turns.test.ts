import { expect, test } from 'vitest'
import { createTurns } from './turns.ts'

/** Lines with so much work each, asked in rounds of so many free slots; the kinds claimed, in order. */
function scene(work: Record<string, number>, weights?: Record<string, number>) {
  const left = { ...work }
  const lines = Object.keys(work).map((kind) => ({ kind }))
  const turns = createTurns(lines, weights)
  return async (slots: number) => {
    const claimed: Record<string, number> = {}
    let free = slots
    const open = new Set(Object.keys(work))
    await turns.round({
      free: () => free,
      isOpen: ({ kind }) => open.has(kind),
      claim: async ({ kind }, most) => {
        const got = Math.min(most, left[kind]!)
        if (got < most) open.delete(kind)
        left[kind]! -= got
        free -= got
        if (got > 0) claimed[kind] = (claimed[kind] ?? 0) + got
        return got
      },
    })
    return { claimed, more: open.size > 0 }
  }
}

test('without weights the first line gets all that is free', async () => {
  expect(await scene({ a: 50, b: 50 })(10)).toEqual({ claimed: { a: 10 }, more: true })
})

test('with weights free slots are shared out by them', async () => {
  expect((await scene({ a: 50, b: 50 }, { a: 3, b: 1 })(40)).claimed).toEqual({ a: 30, b: 10 })
})

test('what one line leaves, the others get', async () => {
  expect(await scene({ a: 50, b: 2, c: 0 }, { b: 8 })(10)).toEqual({ claimed: { a: 8, b: 2 }, more: true })
  expect(await scene({ a: 3, b: 2 }, { b: 8 })(10)).toEqual({ claimed: { a: 3, b: 2 }, more: false })
})

test('slots that free one by one are shared out by weight too', async () => {
  const round = scene({ a: 500, b: 500, c: 0 }, { a: 3 })
  const got: Record<string, number> = {}
  for (let n = 0; n < 100; n++) for (const [kind, many] of Object.entries((await round(1)).claimed)) got[kind] = (got[kind] ?? 0) + many
  expect(got.a).toBeGreaterThanOrEqual(74)
  expect(got.a).toBeLessThanOrEqual(76)
  expect(got.a! + got.b!).toBe(100)
})

test('a line that had nothing to do saves up nothing', async () => {
  const left: Record<string, number> = { a: 1000, b: 0 }
  const turns = createTurns([{ kind: 'a' }, { kind: 'b' }], {})
  let claimed: string[] = []
  const one = async () => {
    let free = 1
    await turns.round({
      free: () => free,
      isOpen: () => true,
      claim: async ({ kind }, most) => {
        const got = Math.min(most, left[kind]!)
        left[kind]! -= got
        free -= got
        if (got) claimed.push(kind)
        return got
      },
    })
  }
  for (let n = 0; n < 50; n++) await one()
  left.b = 1000
  claimed = []
  for (let n = 0; n < 20; n++) await one()
  expect(claimed.filter((kind) => kind === 'b').length).toBeLessThanOrEqual(11)
})

test('only lines that are open are asked', async () => {
  for (const weights of [undefined, {}]) {
    const asked: string[] = []
    const claim = async ({ kind }: { kind: string }) => asked.push(kind) * 0
    await createTurns([{ kind: 'a' }, { kind: 'b' }], weights).round({ free: () => 5, isOpen: ({ kind }) => kind === 'b', claim })
    expect(asked).toEqual(['b'])
  }
})
