import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Arena } from '../support/arena.ts'
import { drainBacklog, startBacklogArena } from './backlog.ts'

let arena: Arena
beforeAll(async () => {
  arena = await startBacklogArena()
})
afterAll(() => arena.stop())

test.each([1, 2, 4])(
  '%i worker processes and the functions drain one backlog: no job twice, none lost',
  async (processes) => {
    const { jobs, wrong } = await drainBacklog(arena, { battles: 20, processes, name: `of-${processes}` })
    expect(wrong).toEqual([])
    expect(jobs).toBe(60)
  },
  240_000,
)
